"""The home of an establishment: its parts in their order, what each shows, what an empty one says will come."""

import itertools
from collections.abc import Callable

import pytest

from parvis.access import tasks
from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.tasks import Alike, Source, Task
from parvis.ground import clock, tenancy
from parvis.inbox.cards import BY_FUND, groups
from parvis.inbox.waiting import FEW, Waiting, folded, shown
from tests.access.reading import DAY, html, words
from tests.notices.hands import here
from tests.notices.test_telling import left
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


def home(world: World) -> str:
    return f"/etablissements/{world.here.siret}/"


def test_the_parts_come_in_their_order_and_each_says_what_it_will_hold(world: World, signed_in: SignedIn) -> None:
    page = words(signed_in(world.reader).get(home(world)))
    places = [page.index(part) for part in ("faire", "Notifications", "Vos services", "Prochaines", "Actualités")]
    assert places == sorted(places)
    assert "Ici arrivent les courriers des fonds" in page


def test_what_came_stands_on_the_home_until_it_is_read(world: World, signed_in: SignedIn) -> None:
    number = left(world, people=[world.reader.account_id])
    browser = signed_in(world.reader)
    assert "Un essai n° 3 est arrivé" in words(browser.get(home(world)))
    browser.get(f"{home(world)}notifications/{number}/")
    assert "Un essai n° 3 est arrivé" not in words(browser.get(home(world)))


def test_services_stand_under_their_theme_or_under_each_of_their_funds(world: World, signed_in: SignedIn) -> None:
    with tenancy.scope(person=world.administrator.person.pk, establishment=world.here.pk):
        Right.objects.filter(membership=world.user.membership).delete()
        for code, level in (("mon-etablissement", Level.WRITE), ("contrats", Level.READ)):
            Right.objects.create(
                establishment=world.here, membership=world.user.membership, service=code, level=level,
                granted_at=clock.now(), granted_by=world.administrator.membership.ref,
            )  # fmt: skip
    with tenancy.scope(person=world.user.person.pk, establishment=world.here.pk, read_only=True):
        who = here(world.user)
        by_theme = {heading: [one.name for one in cards] for heading, cards in groups(who)}
        by_fund = {heading: [one.name for one in cards] for heading, cards in groups(who, BY_FUND)}
    assert by_theme == {"Établissement": ["Mon établissement", "Contrats avec les fonds"]}
    assert by_fund.pop("Tous les fonds") == ["Mon établissement"]
    assert by_fund and set(map(tuple, by_fund.values())) == {("Contrats avec les fonds",)}
    browser = signed_in(world.user)
    for path in (home(world), f"{home(world)}services/"):
        assert "Ranger par fonds" in words(browser.get(path))
        assert "Ranger par thème" in words(browser.get(f"{path}?par=fonds"))
        assert "Correspondants" not in words(browser.get(path))


def test_a_task_says_how_many_days_are_left_and_what_is_late() -> None:
    today = clock.today()
    tasks = [Task("a", "", "/", today + step * DAY, taken_by="Léa") for step in (-2, 0, 1, 5)] + [Task("b", "", "/")]
    found = shown(tasks, today)
    assert [one.label.rpartition(", ")[2] for one in found] == [
        "En retard de 2\u00a0jours", "aujourd’hui", "demain", "dans 5 jours", "À faire",
    ]  # fmt: skip
    assert [one.tone for one in found] == ["wrong", *["attention"] * 3, "act"]
    assert isinstance(found[0], Waiting) and found[0].taken_by == "Léa"


def test_the_ways_of_the_frame_lead_to_what_keeps_informed(world: World, signed_in: SignedIn) -> None:
    page = html(signed_in(world.user).get(home(world)))
    for rest in ("services/", "courriers/", "echanges/", "echeancier/", "notifications/", "recherche/"):
        assert f'"{home(world)}{rest}"' in page, rest


def answers(count: int, *, due: int | None = None, name: str = "", taken_by: str = "") -> list[Task]:
    alike = Alike("réponses de fonds à lire", "/toutes/")
    return [
        Task("Lire", "Une.", f"/{one}/", None if due is None else clock.today() + due * DAY, "Non lue", taken_by, alike,
             name or f"Objet {one}")
        for one in range(count)
    ]  # fmt: skip


def test_tasks_that_are_alike_are_one_line_where_there_are_several() -> None:
    today = clock.today()

    def lines(*some: list[Task]) -> list[tuple[str, str, str, str]]:
        return [(one.title, one.sentence, one.href, one.label) for one in shown(itertools.chain(*some), today)]

    assert lines() == []
    assert [one[0] for one in lines(answers(1))] == ["Lire"]
    assert [one[2] for one in lines(answers(2))] == ["/0/", "/1/"]
    several = ("3\u00a0réponses de fonds à lire", "Objet 0, objet 1 et 1\u00a0autre.", "/toutes/", "Non lue")
    assert lines(answers(3)) == [several]
    assert lines(answers(4, name="Objet")) == [("4\u00a0réponses de fonds à lire", "Objet.", "/toutes/", "Non lue")]
    # Late ones, those of the days to come and those without a day are never together; each stands where its first does.
    other = [Task("Autre", "", "/x/", today + 1 * DAY)]
    found = lines(answers(3, due=-2), other, answers(2, due=1), answers(1, due=4), answers(40))
    assert [one[0].replace("\u00a0", " ") for one in found] == [
        "3 réponses de fonds à lire", "Autre", "3 réponses de fonds à lire", "40 réponses de fonds à lire",
    ]  # fmt: skip
    assert found[0][3] == "En retard de 2\u00a0jours"
    assert found[2][3].startswith("Le premier : ") and found[2][3].endswith("demain")
    assert found[3][1] == "Objet 0, objet 1 et 38\u00a0autres."
    # Somebody sees to it where they see to all of them.
    (line,) = shown(answers(3, taken_by="Léa"), today)
    assert line.taken_by == "Léa"
    (line,) = shown([*answers(3, taken_by="Léa"), *answers(1)], today)
    assert line.taken_by == ""
    # Nobody unfolds one line.
    assert [(len(a), len(b)) for a, b in map(folded, (answers(n) for n in (0, FEW, FEW + 1, FEW + 2)))] == [  # type: ignore[arg-type]
        (0, 0), (FEW, 0), (FEW + 1, 0), (FEW, 2),
    ]  # fmt: skip


def test_the_home_shows_the_most_urgent_few_and_unfolds_the_others(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[Task] = []
    monkeypatch.setattr(tasks, "SOURCES", {"test": Source("test", "SELECT 1", lambda who, value: wanted)})
    browser = signed_in(world.administrator)
    for count, others in ((0, 0), (1, 0), (FEW + 1, 0), (40, 40 - FEW)):
        wanted[:] = [Task(f"Chose {one}", "", "/x/", clock.today() + (one - 3) * DAY) for one in reversed(range(count))]
        page = browser.get(home(world))
        text = words(page)
        assert (f"À faire {count}" in text) == bool(count) and ("Rien à faire pour l’instant" in text) == (not count)
        assert html(page).count('<li class="task">') == count
        assert html(page).count('<details class="others">') == (1 if others else 0)
        if others:
            assert f"Et {others} autres choses à faire" in text
            assert text.index("Chose 0") < text.index("Chose 4") < text.index("autres choses") < text.index("Chose 5")
