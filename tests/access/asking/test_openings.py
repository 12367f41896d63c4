"""« Nouveau service : droits à attribuer »: which services opened, what is proposed, one confirmation, told once."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from parvis.access import registry
from parvis.access.asking import daily, settling
from parvis.access.asking.openings import is_new, opened_on, openings
from parvis.access.levels import Level
from parvis.access.models import Opening, Right
from parvis.establishments.models import Contract
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.post.models import Message
from tests.access.asking.hands import SignedIn, alter, messages, rights, written
from tests.access.reading import DAY, acting, events, html, kinds, later, value, words
from tests.entering import code_now
from tests.identity.factors.hands import CONFIRM, stale
from tests.world import World, someone


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@contextmanager
def younger(code: str, **changed: Any) -> Iterator[None]:
    """The service declared otherwise, for a while."""
    service = registry.get(code)
    assert service is not None
    registry._services[code] = replace(service, **changed)
    registry._offered.cache_clear()
    try:
        yield
    finally:
        registry._services[code] = service
        registry._offered.cache_clear()


@pytest.fixture
def unheld(world: World) -> World:
    """Nobody of Annecy holds « Correspondants » and « Contrats »; Léa and Marc hold « Mon établissement »."""
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.exclude(service="mon-etablissement").delete()
    return world


def page(world: World, code: str = "contrats") -> str:
    return f"/etablissements/{world.here.siret}/comptes/nouveaux-services/{code}/"


def home(world: World) -> str:
    return f"/etablissements/{world.here.siret}/"


# They come with the same contracts as « Contrats avec les fonds ».
MONTHLY = ("agents", "declarations", "cotisations")


def new_here(world: World) -> list[str]:
    with acting(world.administrator) as who:
        return [one.service.code for one in openings(who.funds)]


def contract(world: World, **fields: Any) -> None:
    Contract.objects.filter(establishment=world.here).update(**fields)


@pytest.mark.parametrize(
    ("opens_on", "funds", "first", "found"),
    [
        (None, (), {}, None),
        (None, (), {"cnracl": "2010-01-01"}, None),
        ("2026-11-01", (), {}, "2026-11-01"),
        (None, ("cnracl",), {}, None),
        (None, ("cnracl",), {"rafp": "2026-11-01"}, None),
        (None, ("cnracl", "rafp"), {"cnracl": "2010-01-01", "rafp": "2026-11-01"}, "2010-01-01"),
        (None, ("ircantec",), {"cnracl": "2010-01-01", "ircantec": "2026-11-01"}, "2026-11-01"),
        ("2020-01-01", ("ircantec",), {"ircantec": "2026-11-01"}, "2026-11-01"),
        ("2026-11-01", ("ircantec",), {"ircantec": "2010-01-01"}, "2026-11-01"),
    ],
)
def test_day_on_which_a_service_opens(
    opens_on: str | None, funds: tuple[str, ...], first: dict[str, str], found: str | None
) -> None:
    service = registry.get("correspondants")
    assert service is not None
    made = replace(service, opens_on=day(opens_on) if opens_on else None, funds=frozenset(funds))
    days = {fund: day(text) for fund, text in first.items()}
    assert opened_on(made, days) == (day(found) if found else None)


def test_what_opened_is_new_for_the_window_alone(settings: Any) -> None:
    today, window = day("2026-11-28"), settings.PARVIS_OPENING_WINDOW
    assert is_new(today, today) and is_new(today - window + DAY, today)
    assert not is_new(today - window, today) and not is_new(today + DAY, today) and not is_new(None, today)


def test_first_contract_opens_and_a_second_one_does_not(as_owner: object, unheld: World) -> None:
    assert new_here(unheld) == []
    contract(unheld, starts_on=clock.today() - 20 * DAY)
    assert new_here(unheld) == ["contrats", *MONTHLY, "correspondants"]
    # One that ended before brought the services already, but for those that are of other funds.
    Contract.objects.create(
        establishment=unheld.here, fund="fnc", number="1", starts_on=day("1990-01-01"), ends_on=day("1995-01-01")
    )
    assert new_here(unheld) == ["agents", "declarations"]
    Contract.objects.create(
        establishment=unheld.here, fund="ircantec", number="2", starts_on=day("1990-01-01"), ends_on=day("1995-01-01")
    )
    assert new_here(unheld) == []


def test_held_by_somebody_or_settled_is_not_new(as_owner: object, unheld: World) -> None:
    contract(unheld, starts_on=clock.today())
    right = Right.objects.create(
        establishment=unheld.here, membership=unheld.reader.membership, service="contrats", level=1,
        granted_at=clock.now(),
    )  # fmt: skip
    assert new_here(unheld) == [*MONTHLY, "correspondants"]
    alter(unheld.reader, deactivated_at=clock.now())
    assert new_here(unheld) == ["contrats", *MONTHLY, "correspondants"]
    alter(unheld.reader, deactivated_at=None)
    Right.objects.filter(pk=right.pk).update(ends_on=clock.today() - DAY)
    assert new_here(unheld) == ["contrats", *MONTHLY, "correspondants"]
    Opening.objects.create(establishment=unheld.here, service="contrats", settled_at=clock.now())
    Opening.objects.create(establishment=unheld.here, service="correspondants", told_at=clock.now())
    assert new_here(unheld) == [*MONTHLY, "correspondants"]


def test_task_leads_to_the_page_and_leaves_when_it_is_settled(unheld: World, signed_in: SignedIn) -> None:
    browser = signed_in(unheld.administrator)
    assert "Nouveau service" not in words(browser.get(home(unheld)))
    with younger("contrats", opens_on=clock.today() - 3 * DAY):
        assert "Nouveau service : droits à attribuer" in words(browser.get(home(unheld)))
        assert page(unheld) in html(browser.get(home(unheld)))
        assert "Nouveau service" not in words(signed_in(unheld.user).get(home(unheld)))
        answer = browser.post(page(unheld), {"personne": "1"}, follow=True)
        assert "personne pour l’instant" in html(answer)
        assert "Nouveau service" not in words(browser.get(home(unheld)))
        late = browser.get(page(unheld), follow=True)
        assert "rien à régler" in html(late)
    assert [event.after for event in events(unheld.here.pk, kind="opening.")] == [{"service": "contrats", "people": 0}]
    assert "contrats" not in rights(unheld.user)


def test_service_in_the_future_or_long_open_is_no_task(unheld: World, signed_in: SignedIn, settings: Any) -> None:
    browser = signed_in(unheld.administrator)
    for opens_on in (clock.today() + DAY, clock.today() - settings.PARVIS_OPENING_WINDOW):
        with younger("contrats", opens_on=opens_on):
            assert "Nouveau service" not in words(browser.get(home(unheld)))


def test_several_are_one_task_that_leads_to_their_list(as_owner: object, unheld: World, signed_in: SignedIn) -> None:
    contract(unheld, starts_on=clock.today() - DAY)
    browser = signed_in(unheld.administrator)
    front = words(browser.get(home(unheld)))
    assert front.count("à attribuer") == 1 and "Nouveaux services" in front
    listed = browser.get(f"{home(unheld)}comptes/nouveaux-services/")
    assert page(unheld, "contrats") in html(listed) and page(unheld, "correspondants") in html(listed)


def test_proposal_is_the_level_held_on_a_neighbour_or_the_highest_offered_below(
    unheld: World, signed_in: SignedIn
) -> None:
    """« Contrats » offers « Lecture seule » at most; Léa may modify its neighbour, Marc reads it."""
    with younger("contrats", opens_on=clock.today()):
        shown = signed_in(unheld.administrator).get(page(unheld))
        assert value(shown, f"niveau-{unheld.user.account_id}") == "lecture"
        assert value(shown, f"niveau-{unheld.reader.account_id}") == "lecture"
        assert value(shown, f"niveau-{unheld.second.account_id}") == "aucun"
        # Not oneself.
        assert f"niveau-{unheld.administrator.account_id}" not in html(shown)
    # The only service of its theme: nobody has a neighbour, everybody is there.
    with younger("correspondants", opens_on=clock.today()):
        shown = signed_in(unheld.administrator).get(page(unheld, "correspondants"))
        assert "Personne n’a de droit sur un service voisin" in words(shown)
        assert value(shown, f"niveau-{unheld.user.account_id}") == "aucun"


def test_one_confirmation_gives_them_all_and_leaves_the_other_rights(unheld: World, signed_in: SignedIn) -> None:
    before = {who: rights(who) for who in (unheld.user, unheld.reader)}
    with younger("contrats", opens_on=clock.today()):
        sent = {
            f"niveau-{unheld.user.account_id}": "lecture",
            f"niveau-{unheld.reader.account_id}": "aucun",
            f"niveau-{unheld.second.account_id}": "lecture",
        }
        answer = signed_in(unheld.administrator).post(page(unheld), sent, follow=True)
    assert "2\N{NO-BREAK SPACE}personnes l’ont dès maintenant" in html(answer)
    assert rights(unheld.user) == {**before[unheld.user], "contrats": (1, None)}
    assert rights(unheld.reader) == before[unheld.reader]
    assert rights(unheld.second) == {"contrats": (1, None)}
    assert kinds(unheld.here.pk, unheld.user.membership.ref) == ["rights.changed"]
    assert [event.after["people"] for event in events(unheld.here.pk, kind="opening.")] == [2]


@pytest.mark.parametrize("forged", ["modification", "tout", ""])
def test_forged_level_gives_nothing_to_anybody(unheld: World, signed_in: SignedIn, forged: str) -> None:
    with younger("contrats", opens_on=clock.today()):
        sent = {f"niveau-{unheld.user.account_id}": forged, f"niveau-{unheld.second.account_id}": "lecture"}
        answer = signed_in(unheld.administrator).post(page(unheld), sent)
        assert answer.status_code == 200
        assert "rien n’est enregistré" in words(answer)
        assert value(answer, f"niveau-{unheld.second.account_id}") == "lecture"
    assert rights(unheld.second) == {}


def test_oneself_a_stranger_and_a_closed_account_get_nothing(unheld: World, signed_in: SignedIn) -> None:
    alter(unheld.reader, deactivated_at=clock.now())
    with younger("contrats", opens_on=clock.today()):
        for other in (unheld.administrator, unheld.stranger, unheld.reader):
            sent = {f"niveau-{other.account_id}": "lecture", f"niveau-{unheld.user.account_id}": "lecture"}
            answer = signed_in(unheld.administrator).post(page(unheld), sent)
            assert "rien n’est enregistré" in words(answer)
        for odd in ("niveau-x", "niveau--1", "niveau-" + "9" * 30, "niveau-²"):
            assert signed_in(unheld.administrator).post(page(unheld), {odd: "lecture"}).status_code == 200
        empty = signed_in(unheld.administrator).post(page(unheld), {})
        assert "Choisissez un niveau" in words(empty)
        with acting(unheld.administrator) as who:
            for number in (unheld.administrator.account_id, unheld.stranger.account_id):
                with pytest.raises(Refused):
                    settling.give(who=who, code="contrats", levels={number: Level.READ})
    assert "contrats" not in rights(unheld.user)
    assert not Opening.objects.exists()


def test_page_is_for_who_administers_here(unheld: World, signed_in: SignedIn, client: Any) -> None:
    with younger("contrats", opens_on=clock.today()):
        assert signed_in(unheld.user).get(page(unheld)).status_code == 403
        assert signed_in(unheld.user).post(page(unheld), {"personne": "1"}).status_code == 403
        assert signed_in(unheld.stranger).post(page(unheld), {"personne": "1"}).status_code == 404
        assert client.get(page(unheld)).status_code == 302
        assert new_here(unheld) == ["contrats"]
    # A service that is none, or nothing new: back to the accounts, with a word.
    for code in ("inconnu", "contrats"):
        assert "rien à régler" in html(signed_in(unheld.administrator).get(page(unheld, code), follow=True))


def test_who_settles_second_is_told(unheld: World, signed_in: SignedIn) -> None:
    with younger("contrats", opens_on=clock.today()):
        signed_in(unheld.second).post(page(unheld), {"personne": "1"})
        sent = {f"niveau-{unheld.user.account_id}": "lecture"}
        answer = signed_in(unheld.administrator).post(page(unheld), sent, follow=True)
        assert "C’est déjà réglé, par Paul Girard" in html(answer)
    assert "contrats" not in rights(unheld.user)


def test_sensitive_service_asks_a_fresh_second_factor(unheld: World, signed_in: SignedIn) -> None:
    browser = stale(signed_in(unheld.administrator))
    with younger("contrats", opens_on=clock.today(), asks_fresh_factor=True):
        sent = {f"niveau-{unheld.user.account_id}": "lecture"}
        answer = browser.post(page(unheld), sent)
        assert answer.headers["Location"] == CONFIRM
        assert "contrats" not in rights(unheld.user)
        browser.post(CONFIRM, {"code": code_now()})
        assert rights(unheld.user)["contrats"] == (1, None)


def test_settling_that_nobody_gets_it_asks_no_second_factor(unheld: World, signed_in: SignedIn) -> None:
    browser = stale(signed_in(unheld.administrator))
    with younger("contrats", opens_on=clock.today(), asks_fresh_factor=True):
        assert browser.post(page(unheld), {"personne": "1"}).headers["Location"] == home(unheld)


def test_administrators_are_told_once_of_all_that_opened(as_owner: object, unheld: World) -> None:
    assert daily.announce_openings() == 0
    contract(unheld, starts_on=clock.today())
    assert daily.announce_openings() == 1
    assert daily.announce_openings() == 0
    told = messages(unheld.here, "opening")
    assert sorted(message.object_id for message in told) == sorted(
        [unheld.administrator.account_id, unheld.second.account_id]
    )
    letter = written(told[0])
    assert letter is not None
    assert "Contrats avec les fonds" in letter.text and "Correspondants" in letter.text
    with later(5 * DAY):
        assert daily.announce_openings() == 0
    # Settled before it leaves: nothing to say any more.
    Opening.objects.filter(establishment=unheld.here).update(settled_at=clock.now())
    assert written(told[0]) is None


def test_what_the_daily_run_tells_is_what_the_page_shows(as_owner: object, unheld: World) -> None:
    with younger("contrats", opens_on=clock.today() - DAY):
        assert daily.announce_openings() == 2  # here, and there, where nobody holds anything either
        assert [opening.service for opening in Opening.objects.filter(establishment=unheld.here)] == ["contrats"]
    contract(unheld, starts_on=clock.today() + DAY)
    assert daily.announce_openings() == 0


def test_establishment_without_administrator_is_told_when_it_has_one(as_owner: object, world: World) -> None:
    from tests.world import establishment

    bare = establishment("21740093400015", "Cruseilles", ("cnracl",))
    Contract.objects.filter(establishment=bare).update(starts_on=clock.today())
    assert daily.announce_openings() == 0
    someone(bare, "Zoé", "Blanc", "administrateur")
    assert daily.announce_openings() == 1
    assert Message.objects.filter(kind="access.opening", establishment_id=bare.pk).count() == 1


def test_page_costs_the_same_for_many_people(
    as_owner: object, unheld: World, signed_in: SignedIn, settings: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = signed_in(unheld.administrator)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(page(unheld)).status_code == 200
        return len(found)

    with younger("contrats", opens_on=clock.today()):
        cost()
        first = cost()
        for number in range(12):
            someone(unheld.here, f"Ana{number}", "Essai", rights={"mon-etablissement": Level.READ})
        assert cost() == first
        settings.PARVIS_OPENING_PEOPLE = 5
        assert "5\N{NO-BREAK SPACE}personnes sont affichées" in html(browser.get(page(unheld)))
