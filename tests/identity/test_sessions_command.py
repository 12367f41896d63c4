"""`parvis sessions end`: the operator closes sessions, of one person or of all."""

import uuid
from io import StringIO

import pytest
from django.core.management import call_command

from parvis.ground import clock
from parvis.ground.identifiers import account
from parvis.identity.models import Browser, Credential, Person, Session
from parvis.journal.models import Event


@pytest.fixture(autouse=True)
def owned(as_owner: object) -> None:
    """The command runs as the owner."""


def someone() -> tuple[int, str]:
    """A person with two sessions and a trusted browser; returns the id and an identifier."""
    now = clock.now()
    person = Person.objects.create(first_name="Inès", last_name="Métral", password="!", created_at=now)  # noqa: S106
    code = account.draw()
    Credential.objects.create(person=person, code=code)
    Browser.objects.create(
        person=person, hash=uuid.uuid4().hex, first_seen_at=now, last_seen_at=now, trusted_until=now.replace(year=2099)
    )
    for _ in range(2):
        Session.objects.create(session_key=uuid.uuid4().hex, person_id=person.pk, expire_date=now, session_data="")
    return person.pk, code


def left(person: int) -> tuple[int, int, list[str]]:
    """Sessions, trusted browsers and events of the person."""
    return (
        Session.objects.filter(person_id=person).count(),
        Browser.objects.filter(person_id=person, trusted_until__isnull=False).count(),
        list(Event.objects.filter(person_id=person).values_list("kind", flat=True)),
    )


def said(*words: str) -> str:
    out = StringIO()
    call_command("sessions", *words, stdout=out)
    return out.getvalue()


def test_the_sessions_of_one_person_end_and_nobody_elses() -> None:
    (person, code), (other, _) = someone(), someone()
    assert said("end", account.grouped(code).lower()) == "Sessions fermées : 2. Personnes concernées : 1.\n"
    assert left(person) == (0, 0, ["identity.sessions_ended"])
    assert left(other) == (2, 1, [])


def test_all_sessions_end_but_those_of_nobody() -> None:
    (person, _), (other, _) = someone(), someone()
    Session.objects.create(session_key="anonymous", expire_date=clock.now(), session_data="")
    said("end", "--all")
    assert left(person)[:2] == left(other)[:2] == (0, 0)
    assert Session.objects.filter(session_key="anonymous").exists()


@pytest.mark.parametrize("typed", ["4RRJ", "", None])
def test_an_identifier_that_is_none_or_nobodys_ends_nothing(typed: str | None) -> None:
    person, _ = someone()
    with pytest.raises(SystemExit) as stop:
        said("end", account.draw() if typed is None else typed)
    assert stop.value.code == 1
    assert left(person) == (2, 1, [])
