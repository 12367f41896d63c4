"""As it was on a given day: from the journal alone, with what it cannot say said."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.actions import changes, lifecycle
from parvis.access.actions.creation import Grant
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.models import Membership
from parvis.access.registry import catalogue
from parvis.access.standing import standings
from parvis.access.why.past import past
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM, Actor, record
from parvis.journal.queries import pseudonym
from parvis.journal.retention import erase
from tests.access.accounts.hands import SignedIn
from tests.access.reading import DAY, acting, later, words
from tests.access.why.test_matrix import CONTRACTS, CORRESPONDENTS, cells, where
from tests.world import Someone, World

YEAR = 365 * DAY


def told(world: World, who: Someone, rights: dict[str, Level] | None = None) -> None:
    """What creating this account would have left in the journal."""
    account = who.membership
    with tenancy.scope(establishment=world.here.pk):
        given = {code: {"level": int(level)} for code, level in (rights or {}).items()}
        record("account.created", actor=SYSTEM, object=account.ref,
               after={"profile": account.profile, "rights": given})  # fmt: skip
        record("account.confirmed", actor=Actor(account.ref), object=account.ref)


@pytest.fixture
def history(world: World) -> World:
    """The four people of the world, as the journal would know them."""
    told(world, world.administrator)
    told(world, world.second)
    told(world, world.user, {"mon-etablissement": Level.WRITE, CONTRACTS: Level.READ})
    told(world, world.reader, {"mon-etablissement": Level.READ, CONTRACTS: Level.READ, CORRESPONDENTS: Level.READ})
    return world


def on(day: datetime.date) -> dict[str, str]:
    return {"au": f"{day:%d/%m/%Y}"}


def level(world: World, day: datetime.date, who: Someone, code: str) -> Level | None:
    """What the journal says of that evening; None: not an account then."""
    with tenancy.scope(establishment=world.here.pk):
        for one in past(day).standings:
            if one.ref == who.membership.ref:
                return decide(one, next(service for service in catalogue(one.funds) if service.code == code)).level
    return None


def test_each_evening_is_told_as_it_was(history: World, signed_in: SignedIn) -> None:
    world, first = history, clock.today()
    with later(DAY), acting(world.administrator) as who:
        changes.set_rights(who=who, account_id=world.user.account_id, grants=[Grant(CONTRACTS, Level.READ),
                           Grant(CORRESPONDENTS, Level.WRITE, None, clock.today() + 2 * DAY)])  # fmt: skip
    with later(5 * DAY), acting(world.administrator) as who:
        lifecycle.deactivate(who=who, account_id=world.user.account_id)
    with later(7 * DAY), acting(world.administrator) as who:
        lifecycle.reactivate(who=who, account_id=world.user.account_id)
    with later(9 * DAY), acting(world.administrator) as who:
        lifecycle.delete(who=who, account_id=world.user.account_id)
    with later(12 * DAY):
        expected = {0: Level.NONE, 1: Level.WRITE, 3: Level.WRITE, 4: Level.NONE, 5: Level.NONE, 9: None}
        found = {day: level(world, first + day * DAY, world.user, CORRESPONDENTS) for day in expected}
        assert found == expected
        sheets = [level(world, first + day * DAY, world.user, "mon-etablissement") for day in (0, 1)]
        assert sheets == [Level.WRITE, Level.NONE]
        contracts = [level(world, first + day * DAY, world.user, CONTRACTS) for day in (4, 5, 6, 7, 8)]
        assert contracts == [Level.READ, Level.NONE, Level.NONE, Level.READ, Level.READ]


def test_the_page_shows_that_day_and_who_is_gone_since(history: World, signed_in: SignedIn) -> None:
    first = clock.today()
    with later(2 * DAY):
        with acting(history.administrator) as who:
            lifecycle.delete(who=who, account_id=history.user.account_id)
        browser = signed_in(history.administrator)
        answer = browser.get(where(history), on(first))
        assert cells(answer)["Léa Martin"]["Contrats avec les fonds"] == "Lecture seule"
        assert "Léa Martin" not in cells(browser.get(where(history)))
        page = browser.get(where(history, f"{history.user.membership.ref}/{CONTRACTS}/"), on(first))
        assert "d’après l’historique" in words(page) and "Lecture seule" in words(page)
        assert browser.get(where(history, f"{history.user.membership.ref}/{CONTRACTS}/")).status_code == 404
        file = browser.get(where(history, "qui-peut-faire-quoi.csv"), on(first))
        assert "Léa Martin" in file.content.decode()


def test_a_right_out_of_its_days_and_a_changed_profile_follow_their_own_day(history: World) -> None:
    first = clock.today()
    with acting(history.administrator) as who:
        changes.set_rights(who=who, account_id=history.user.account_id,
                           grants=[Grant(CONTRACTS, Level.READ, first + 2 * DAY, first + 3 * DAY)])  # fmt: skip
        changes.change_dates(who=who, account_id=history.reader.account_id, starts_on=None, ends_on=first + DAY)
    with later(6 * DAY):
        levels = [level(history, first + day * DAY, history.user, CONTRACTS) for day in range(5)]
        assert levels == [Level.NONE, Level.NONE, Level.READ, Level.READ, Level.NONE]
        ended = [level(history, first + day * DAY, history.reader, CONTRACTS) for day in range(3)]
        assert ended == [Level.READ, Level.READ, Level.NONE]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("32/13/2026", "Cette date n’existe pas"),
        ("hier", "Cette date n’existe pas"),
        ("01/01/1999", "L’historique ne remonte pas jusqu’à ce jour"),
        ("01/01/2099", "Ce jour n’est pas encore venu"),
    ],
)
def test_a_day_that_cannot_be_shown_is_said_and_kept_and_no_file_is_made(
    typed: str, said: str, history: World, signed_in: SignedIn
) -> None:
    browser = signed_in(history.administrator)
    answer = browser.get(where(history), {"au": typed, "q": "lea"})
    assert answer.status_code == 200 and said in words(answer)
    assert f'value="{typed}"' in answer.content.decode() and list(cells(answer)) == ["Léa Martin"]
    assert browser.get(where(history, "qui-peut-faire-quoi.csv"), {"au": typed}).status_code == 404


def test_today_is_the_present(history: World, signed_in: SignedIn) -> None:
    answer = signed_in(history.administrator).get(where(history), on(clock.today()))
    assert "Le niveau de chaque personne sur chaque service aujourd’hui" in words(answer)


def test_accounts_whose_creation_nobody_wrote_down_are_named_and_not_guessed(world: World, signed_in: SignedIn) -> None:
    told(world, world.administrator)
    told(world, world.user, {CONTRACTS: Level.READ})
    first = clock.today()
    with later(2 * DAY):
        answer = signed_in(world.administrator).get(where(world), on(first))
        assert "Des comptes manquent à ce jour-là" in words(answer)
        assert "Marc Petit, Paul Girard" in words(answer)
        assert set(cells(answer)) == {"Claire Dubois", "Léa Martin"}


def test_a_name_that_was_erased_is_marked(as_owner: object, history: World, signed_in: SignedIn) -> None:
    first = clock.today()
    with later(2 * DAY), acting(history.administrator) as who:
        lifecycle.delete(who=who, account_id=history.user.account_id)
    with later(5 * YEAR + 5 * DAY):
        assert erase("journal.names") == 1
        with tenancy.scope(establishment=history.here.pk):
            found = past(first + DAY)
        ref = history.user.membership.ref
        assert found.erased == {ref}
        (gone,) = [one for one in found.standings if one.ref == ref]
        assert gone.name == pseudonym(ref)


def test_a_past_day_costs_the_same_however_many_events(history: World) -> None:
    first = clock.today()
    with later(DAY), tenancy.scope(establishment=history.here.pk):
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                past(first)
            counts.append(len(asked))
            for code in (CONTRACTS, CORRESPONDENTS) * 10:
                record("rights.changed", actor=SYSTEM, object=history.user.membership.ref,
                       before={"rights": {}}, after={"rights": {code: {"level": 1}}})  # fmt: skip
    assert counts[0] == counts[1] and counts[0] <= 5


def test_what_stands_today_is_what_the_journal_says_of_this_evening(history: World) -> None:
    with tenancy.scope(establishment=history.here.pk):
        now = {who.ref: [decide(who, one).level for one in catalogue(who.funds)] for who in standings(history.here.pk)}
        then = past(clock.today())
        assert {who.ref: [decide(who, one).level for one in catalogue(who.funds)] for who in then.standings} == now
        assert Membership.objects.count() == len(now) and not then.untold
