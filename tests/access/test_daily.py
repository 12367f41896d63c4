"""`parvis daily`: what passes with time, once, each part on its own."""

import datetime
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from parvis.access import daily
from parvis.access.models import Draft, Link, LinkToken, Membership
from parvis.config.management.commands import daily as command
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.retention import KEPT, By, Sweep, years_before
from parvis.identity.models import Email, Person, Session
from parvis.identity.models import Link as OwnLink
from parvis.identity.models import LinkToken as OwnToken
from parvis.journal.actions import SYSTEM, record, remember_name
from parvis.journal.models import Event, Name
from parvis.journal.queries import HistoryFilters, history, names
from parvis.journal.retention import erase

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def owned(as_owner: object) -> None:
    """All of it runs as the owner."""


@pytest.fixture
def town() -> Establishment:
    return Establishment.objects.create(siret="21740081100014", siren="217400811", name="Cluses", kind="commune")


@pytest.fixture
def other() -> Establishment:
    return Establishment.objects.create(siret="21740280900016", siren="217402809", name="Thônes", kind="commune")


def account(establishment: Establishment, code: str = "23456789", **more: Any) -> Membership:
    return Membership.objects.create(
        establishment=establishment,
        identifier=code,
        civility="mme",
        first_name="Inès",
        last_name="Métral",
        function="Gestionnaire paie",
        email="ines.metral@annecy.example",
        phone="+33639980001",
        profile="utilisateur",
        created_at=clock.now() - 100 * DAY,
        **more,
    )


def draft(establishment: Establishment, age: datetime.timedelta, **more: Any) -> Draft:
    at = clock.now() - age
    return Draft.objects.create(establishment=establishment, author=uuid.uuid4(), created_at=at, updated_at=at, **more)


def kinds(subject: uuid.UUID) -> list[str]:
    return list(Event.objects.filter(object=subject).order_by("id").values_list("kind", flat=True))


def test_old_drafts_go_with_an_event_and_those_that_became_accounts_in_silence(
    town: Establishment, settings: Any
) -> None:
    kept = settings.PARVIS_DRAFT_RETENTION
    old = draft(town, kept + DAY).pk
    young = draft(town, kept - DAY).pk
    member = account(town)
    done = draft(town, kept + DAY, membership=member).pk
    assert daily.drop_old_drafts() == 1
    assert daily.drop_old_drafts() == 0
    assert list(Draft.objects.values_list("pk", flat=True)) == [young]
    assert (kinds(old), kinds(young), kinds(done)) == (["draft.lapsed"], [], [])
    assert Membership.objects.filter(pk=member.pk).exists()


def deleted(establishment: Establishment, name: str, at: datetime.datetime, kind: str = "account.deleted") -> uuid.UUID:
    ref = uuid.uuid4()
    remember_name(ref, f"{name} (ancien nom)", establishment=establishment.pk)
    remember_name(ref, name, establishment=establishment.pk)
    Event.objects.create(at=at, kind=kind, establishment_id=establishment.pk, object=ref, actor=ref, origin="web",
                         before={"profile": "utilisateur"} if kind == "account.deleted" else {})  # fmt: skip
    return ref


def test_names_of_accounts_deleted_long_ago_are_blanked_and_stay_one_person(town: Establishment, settings: Any) -> None:
    limit = years_before(clock.now(), settings.PARVIS_NAME_RETENTION_YEARS)
    old = deleted(town, "Inès Métral", limit - DAY)
    recent = deleted(town, "Karim Benhaddou", limit + DAY)
    living = deleted(town, "Yves L’Hostis", limit - DAY, kind="account.deactivated")
    assert erase("journal.names") == 2
    assert erase("journal.names") == 0
    assert set(Name.objects.filter(ref=old).values_list("name", flat=True)) == {""}
    with tenancy.scope(establishment=town.pk):
        known = names([old, recent, living])
        lines = {line.at: line for line in history(HistoryFilters()).lines}
    assert known[recent] == "Karim Benhaddou"
    assert known[living] == "Yves L’Hostis"
    assert known[old] == f"Personne {old.hex[:4].upper()} (nom effacé)"
    assert [known[old]] == list({line.actor for line in lines.values() if line.object == known[old]})


def test_names_are_blanked_by_no_other_role(town: Establishment) -> None:
    ref = deleted(town, "Inès Métral", clock.now() - 4000 * DAY)
    with pytest.raises(DatabaseError), tenancy.scope(establishment=town.pk):
        Name.objects.filter(ref=ref).update(name="")
    with pytest.raises(DatabaseError), tenancy.scope(role=tenancy.RETENTION):
        Event.objects.filter(object=ref).update(kind="x")
    with pytest.raises(DatabaseError), tenancy.scope(role=tenancy.RETENTION):
        Membership.objects.count()


@pytest.mark.parametrize(("day", "expected"), [((2028, 2, 29), (2023, 2, 28)), ((2026, 11, 24), (2021, 11, 24))])
def test_years_before_exist_for_every_day(day: tuple[int, int, int], expected: tuple[int, int, int]) -> None:
    assert years_before(datetime.datetime(*day, tzinfo=datetime.UTC), 5).date() == datetime.date(*expected)


def test_only_sessions_past_their_time_end() -> None:
    Session.objects.all().delete()
    for key, days in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=clock.now() + days * DAY)
    assert erase("identity.sessions") == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]


def test_tokens_of_links_dead_for_thirty_days_go_and_the_links_stay(town: Establishment) -> None:
    now = clock.now()
    member = account(town)
    person = Person.objects.create(first_name="Inès", last_name="Métral", password="!", created_at=now)
    email = Email.objects.create(person=person, address="a@b.example", key="a@b.example")
    for name, expires, used in (
        ("expired", -31, None),
        ("used", 5, -31),
        ("expired yesterday", -1, None),
        ("live", 10, None),
    ):
        used_at = None if used is None else now + used * DAY
        link = Link.objects.create(
            establishment=town, membership=member, created_at=now, expires_at=now + expires * DAY, used_at=used_at
        )
        LinkToken.objects.create(hash=name, establishment=town, link=link)
        own = OwnLink.objects.create(
            person=person,
            email=email,
            purpose="password",
            asked_at=now,
            expires_at=now + expires * DAY,
            used_at=used_at,
        )
        OwnToken.objects.create(hash=name, person=person, link=own)
    assert (erase("access.link_tokens"), erase("identity.link_tokens")) == (2, 2)
    assert (erase("access.link_tokens"), erase("identity.link_tokens")) == (0, 0)
    left = {"expired yesterday", "live"}
    assert set(LinkToken.objects.values_list("hash", flat=True)) == left
    assert set(OwnToken.objects.values_list("hash", flat=True)) == left
    assert (Link.objects.count(), OwnLink.objects.count()) == (4, 4)


def test_command_prints_one_line_for_each_part(town: Establishment, capsys: pytest.CaptureFixture[str]) -> None:
    # What tests with real commits left to be done is done first.
    call_command("daily")
    capsys.readouterr()
    account(town, ends_on=clock.today() - DAY)
    call_command("daily")
    # These two say how much they looked at, whatever there was to do.
    looked = ("Échéances", "Aide, pages à chercher")
    said = [line for line in capsys.readouterr().out.splitlines() if line.partition(" : ")[0] not in looked]
    assert said == [
        *(
            f"{name} : {1 if name == 'Expiration' else 0} {one}."
            for name, _, one, _ in command.PARTS
            if name not in looked
        ),
        *(
            f"Conservation, {kind.data} : 0 {'vidé' if isinstance(kind.ends, Sweep) and kind.ends.blank else 'effacé'}."
            for kind in KEPT.values()
            if isinstance(kind.ends, (Sweep, By))
        ),
    ]


def test_part_that_fails_does_not_stop_the_others_and_the_command_fails(
    town: Establishment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expired = account(town, ends_on=clock.today() - DAY)
    old = draft(town, 400 * DAY).pk

    def broken() -> int:
        with tenancy.scope(establishment=town.pk):
            record("account.expired", actor=SYSTEM, object=expired.ref)
            Draft.objects.raw("SELECT nothing FROM nowhere")[0]
        return 0

    parts = [("Expiration", broken, "compte", "comptes") if part[0] == "Expiration" else part for part in command.PARTS]
    monkeypatch.setattr(command, "PARTS", tuple(parts))
    with pytest.raises(SystemExit) as end:
        call_command("daily")
    assert end.value.code == 1
    said = capsys.readouterr()
    assert "Expiration : échec (ProgrammingError)." in said.err
    assert "À revoir : Expiration." in said.err
    assert "Conservation, Brouillons de comptes : 1 effacé." in said.out
    assert not Draft.objects.filter(pk=old).exists()
    # What the broken part had begun to write is gone with it.
    assert kinds(expired.ref) == []
