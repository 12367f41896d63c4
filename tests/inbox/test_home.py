"""The home of an establishment: its parts in their order, what each shows, what an empty one says will come."""

from collections.abc import Callable

from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.tasks import Task
from parvis.ground import clock, tenancy
from parvis.inbox.cards import BY_FUND, groups
from parvis.inbox.waiting import Waiting, shown
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
