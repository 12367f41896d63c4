"""The demo's people: complete, fictitious, able to sign in, and a journal that agrees with them."""

import csv
import json
import re
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.http import HttpRequest
from django.test import RequestFactory, override_settings

from parvis.access.decision import decide
from parvis.access.models import Draft, Membership, Profile
from parvis.access.queries.account import status_of
from parvis.access.queries.accounts import Filters, accounts
from parvis.access.registry import catalogue
from parvis.access.standing import Standing, standing
from parvis.access.status import Status
from parvis.demo import people
from parvis.demo.people import ACCOUNTS, KNOWN
from parvis.demo.seeding import EXTRACT, ref_of, seed
from parvis.establishments.models import Contract, Establishment
from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account as identifiers
from parvis.ground.identifiers.numbers import parse_siret
from parvis.identity.actions.sign_in import Login, check_credentials
from parvis.identity.sessions import SessionStore
from parvis.journal.models import Event, Name
from parvis.journal.queries import HistoryFilters, history
from parvis.ledger.queries import book
from parvis.obligations.models import Occurrence
from parvis.regulations.periods import Period
from tests.plugins.database import owner_connection


def asking() -> HttpRequest:
    """A browser that nobody knows, each time."""
    request = RequestFactory().post("/connexion/")
    request.session = SessionStore()
    return request


@contextmanager
def standing_in(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """That connection is Django's default one for a while."""
    before = connections["default"]
    connections["default"] = connection
    try:
        yield
    finally:
        connections["default"] = before


# For pytest-django to make the database at all: it looks for this among the tests collected.
pytestmark = pytest.mark.django_db
FICTION = re.compile(r"\+33(19900|26191|35301|46571|53649|63998)\d{4}")


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    settings.PARVIS_MAILBOX = tmp_path / "mailbox"


@pytest.fixture(scope="module")
def written(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BaseDatabaseWrapper]:
    """The seed, written once for these tests by the owner, on a connection of its own; taken back after them."""
    folder = tmp_path_factory.mktemp("seed")
    application, mine = connections["default"], owner_connection()
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True, DATA_DIR=folder, PARVIS_MAILBOX=folder / "mailbox"),
        standing_in(mine),
        transaction.atomic(),
    ):
        assert seed()
        with standing_in(application):
            yield mine
        transaction.set_rollback(True)
    mine.close()


@pytest.fixture
def seeded(written: BaseDatabaseWrapper, django_db_blocker: Any, demo: None) -> Iterator[None]:
    """A savepoint after the seed, which each test gives back as it was; the file is written where the test looks."""
    with django_db_blocker.unblock(), standing_in(written), transaction.atomic():
        assert not seed()
        yield
        transaction.set_rollback(True)


def told(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "demo.json").read_text("utf-8"))  # type: ignore[no-any-return]


def seeded_accounts() -> QuerySet[Membership]:
    return Membership.objects.filter(ref__in=[ref_of(account.key) for account in ACCOUNTS])


def who(role: str) -> Standing:
    membership = Membership.objects.get(ref=ref_of(role))
    assert membership.person_id is not None
    with tenancy.scope(person=membership.person_id, establishment=membership.establishment_id):
        found = standing(membership.person_id, membership.establishment_id)
    assert found is not None
    return found


def test_seed_twice_writes_once_and_the_file_each_time(
    seeded: None, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    first = told(tmp_path)
    counted = (Membership.objects.count(), Event.objects.count(), Name.objects.count(), Contract.objects.count())
    (tmp_path / "demo.json").unlink()
    with django_assert_max_num_queries(3):
        assert not seed()
    assert told(tmp_path) == first
    assert counted == (
        Membership.objects.count(),
        Event.objects.count(),
        Name.objects.count(),
        Contract.objects.count(),
    )


def test_file_is_the_owners_alone_and_every_person_in_it_signs_in(seeded: None, tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = told(tmp_path)
    assert content["address"] == settings.PARVIS_ADDRESS
    assert content["mailbox"] == f"{settings.PARVIS_ADDRESS}/demo/courriels"
    roles = [person["role"] for person in content["people"]]
    assert roles[:5] == ["administrateur", "administrateur-2", "utilisateur", "lecteur", "etranger"]
    for person in content["people"]:
        assert check_credentials(asking(), Login(code=person["identifier"]), person["password"]).person is not None
        assert check_credentials(asking(), Login(code=person["identifier"]), person["password"] + "x").person is None
        assert len(person["password"]) >= 14
        validate_password(person["password"])


def test_file_with_a_mail_server_names_no_mailbox(seeded: None, tmp_path: Path, settings: Any) -> None:
    settings.PARVIS_MAILBOX = None
    seed()
    assert told(tmp_path)["mailbox"] is None


def test_file_after_a_person_was_deleted_leaves_them_out(seeded: None, tmp_path: Path) -> None:
    Membership.objects.get(ref=ref_of("lecteur")).delete()
    seed()
    assert "lecteur" not in [person["role"] for person in told(tmp_path)["people"]]


def test_the_known_people_hold_what_they_should(seeded: None) -> None:
    first, second, user, reader, stranger = (who(role) for role in list(KNOWN)[:5])
    assert first.establishment_id == second.establishment_id == user.establishment_id == reader.establishment_id
    assert first.siret == people.ANNECY
    assert first.administers and second.administers
    assert not user.administers and not reader.administers
    assert {code: holding.level.slug for code, holding in user.holdings.items()} == {
        "mon-etablissement": "modification",
        "correspondants": "lecture",
        "courriers": "lecture",
    }
    assert {holding.level.slug for holding in reader.holdings.values()} == {"lecture"}
    assert stranger.administers
    assert stranger.establishment_id != first.establishment_id
    assert "ircantec" not in stranger.funds
    assert first.funds >= {"cnracl", "ircantec", "rafp", "atiacl", "fiphfp", "fnc", "faefm"}
    for service in catalogue(user.funds):
        assert decide(user, service).level == (
            user.holdings[service.code].level if service.code in user.holdings else 0
        )


def test_what_the_schedule_says_is_late_is_what_the_accounts_say_is_not_paid(seeded: None) -> None:
    with tenancy.scope(establishment=who("administrateur").establishment_id):
        late = Occurrence.objects.filter(act="pay", done_at=None, withdrawn_on=None, due_on__lt=clock.today())
        owed = [
            book(one.establishment_id, [one.fund]).of(one.fund, Period(one.period_starts_on, one.period_ends_before))
            for one in late
        ]
        assert owed and all(one.balance > 0 for one in owed)


def test_every_seeded_right_is_on_a_declared_service_at_an_offered_level(seeded: None) -> None:
    offered = {
        service.code: {level.slug for level in service.levels} for service in catalogue(who("administrateur").funds)
    }
    for account in ACCOUNTS:
        for service, level in (account.rights | (account.earlier or {})).items():
            assert level in offered[service], (account.key, service)


def test_the_first_establishment_has_accounts_in_every_status(seeded: None) -> None:
    establishment = Establishment.objects.get(siret=people.ANNECY)
    members = list(seeded_accounts().filter(establishment=establishment))
    counted = Counter(status_of(account) for account in members)
    assert 30 <= len(members) <= 45
    # Several administer there: nobody has to renew their own access. Nobody is born blocked.
    assert min(counted[status] for status in Status if status not in (Status.RENEWING, Status.BLOCKED)) >= 3
    with tenancy.scope(establishment=establishment.pk):
        rows = accounts(Filters(), oneself=0, everything=True).rows
        assert any(row.link_expired for row in rows) and any(row.undelivered for row in rows)
        assert Draft.objects.filter(membership=None).count() == 1
    assert any(len(account.name) > 70 for account in members)
    assert any("’" in account.name for account in members) and any("-" in account.name for account in members)
    alone = seeded_accounts().filter(establishment__siret=people.ENTREVERNES)
    assert [account.profile for account in alone] == [Profile.ADMINISTRATOR]


def test_some_accounts_expire_soon_one_has_for_want_of_visits_and_one_is_to_renew(seeded: None) -> None:
    statuses = {role: who(role).status for role in ("expire", "a-renouveler", "administrateur")}
    assert statuses == {"expire": Status.EXPIRED, "a-renouveler": Status.RENEWING, "administrateur": Status.ACTIVE}
    assert not who("expire").ended
    establishment = Establishment.objects.get(siret=people.ANNECY)
    with tenancy.scope(establishment=establishment.pk):
        assert len(accounts(Filters(term="bientot"), oneself=0).rows) >= 3
        (event,) = Event.objects.filter(object=ref_of("expire"), kind="account.expired")
    assert event.after == {"unvisited": True}


def test_one_person_belongs_to_two_establishments(seeded: None) -> None:
    person = who("deux-etablissements").person_id
    assert Membership.objects.filter(person_id=person).values("establishment").count() == 2


def test_nobody_seeded_can_be_reached(seeded: None) -> None:
    for account in seeded_accounts():
        assert account.email.endswith(".example")
        assert FICTION.fullmatch(account.phone)
        assert identifiers.parse(account.identifier) == account.identifier
    assert seeded_accounts().values("email").distinct().count() == seeded_accounts().count()


def test_the_fictitious_centre_bears_a_valid_number_of_nobody(seeded: None) -> None:
    assert parse_siret(people.CENTRE) == people.CENTRE
    with EXTRACT.open(encoding="utf-8", newline="") as file:
        assert people.CENTRE[:9] not in {row["siren"] for row in csv.DictReader(file)}


def test_the_journal_tells_how_every_account_came_to_be(seeded: None) -> None:
    now = clock.now()
    for establishment in Establishment.objects.filter(siret__in=people.CONTRACTS):
        with tenancy.scope(establishment=establishment.pk):
            lines = history(HistoryFilters(), everything=True).lines
            assert all(line.at <= now for line in lines)
            assert not [line for line in lines if "nom effacé" in line.actor + line.object]
            created = {line.object for line in lines if line.kind == "account.created"}
            for account in seeded_accounts():
                assert account.name in created
                mine = {event.kind: event for event in Event.objects.filter(object=account.ref).order_by("at", "id")}
                assert mine["account.created"].at == account.created_at
                assert mine["account.created"].actor == account.created_by
                if account.confirmed_at:
                    confirmed = mine.get("account.confirmed") or mine["account.attached"]
                    assert account.created_at < confirmed.at == account.confirmed_at
                assert ("account.deactivated" in mine) == (account.deactivated_at is not None)
                assert ("account.expired" in mine) == (account.expired_at is not None)
                rights = dict(mine["account.created"].after["rights"])
                if "rights.changed" in mine:
                    rights |= mine["rights.changed"].after["rights"]
                assert {code: value["level"] for code, value in rights.items()} == {
                    right.service: right.level for right in account.rights.all()
                }
