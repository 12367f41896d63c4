"""« Identifiant oublié », and accounts that wait for their first password: nothing on the page, nor to strangers."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account
from parvis.ground.identifiers.account import grouped
from parvis.identity.models import Credential, Identifier
from parvis.journal.models import Event
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.access.changes.hands import alter
from tests.durations import take_as_long
from tests.identity.passwords.hands import FORGOTTEN, ask, change_email
from tests.jobs import queued, work
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, someone

IDENTIFIER, UNBLOCK = "/identifiant-oublie/", "/debloquer/"


def letters(who: Someone, kind: str = "identity.identifier") -> list[Envelope]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        found = Message.objects.filter(kind=kind).order_by("id")
        return [made for message in found if (made := LETTERS[message.kind].write(message))]  # type: ignore[misc]


def waiting_letters(world: World) -> list[Envelope]:
    with tenancy.scope(establishment=world.here.pk):
        found = Message.objects.filter(kind="access.waiting").order_by("id")
        return [made for message in found if (made := LETTERS[message.kind].write(message))]  # type: ignore[misc]


@pytest.fixture
def waiting(as_owner: object, world: World) -> Someone:
    """Zoé waits for her password."""
    return someone(world.here, "Zoé", "Blanc", confirmed=False)


def test_the_identifier_goes_to_the_verified_address_and_is_not_on_the_page(world: World) -> None:
    browser = ReadingClient()
    answer = browser.post(IDENTIFIER, {"login": world.user.membership.email.upper()})
    work()
    assert answer["Location"] == f"{IDENTIFIER}envoye/"
    page = browser.get(answer["Location"]).content.decode()
    for shown in (world.user.identifier, grouped(world.user.identifier)):
        assert shown not in page
    (made,) = letters(world.user)
    assert made.to == world.user.membership.email
    assert made.subject == "Parvis : votre identifiant"
    for body in (made.text, made.html):
        assert grouped(world.user.identifier) in body
    assert letters(world.reader) == []
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert Event.objects.filter(kind="identity.identifier_asked").count() == 1


def test_a_person_of_two_employers_gets_both_identifiers(world: World) -> None:
    second = account.draw()
    Identifier.objects.bulk_create([Identifier(code=second, reserved_at=clock.now())])
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Credential.objects.create(person_id=world.user.person.pk, code=second)
    ask(world.user.membership.email, IDENTIFIER)
    (made,) = letters(world.user)
    assert grouped(world.user.identifier) in made.text
    assert grouped(second) in made.text
    assert "Chacun de ces identifiants" in made.text


def test_an_address_that_two_people_share_brings_each_their_own_identifier(world: World) -> None:
    shared = world.reader.membership.email
    change_email(world.user, address=shared, key=shared)
    ask(shared, IDENTIFIER)
    (first,), (second,) = letters(world.user), letters(world.reader)
    assert grouped(world.user.identifier) in first.text
    assert grouped(world.reader.identifier) not in first.text
    assert grouped(world.reader.identifier) in second.text


def test_an_unverified_address_gets_nothing(world: World) -> None:
    change_email(world.user, verified_at=None)
    ask(world.user.membership.email, IDENTIFIER)
    assert letters(world.user) == []


@pytest.mark.parametrize("typed", ["4RRJ-8JR5", "mairie", "", "x" * 301])
def test_only_an_address_can_be_asked_with(typed: str, db: None) -> None:
    answer = ReadingClient().post(IDENTIFIER, {"login": typed})
    assert answer.status_code == 200
    assert queued("identity.answer_asked") == []
    assert 'href="#id_login"' in answer.content.decode()


# --- Accounts that wait for their password ---------------------------------------------------------------------------
@pytest.mark.parametrize("where", [FORGOTTEN, IDENTIFIER])
def test_an_account_that_waits_is_told_whom_to_ask_without_any_identifier(
    where: str, world: World, waiting: Someone
) -> None:
    ask(waiting.membership.email.title(), where)
    (made,) = waiting_letters(world)
    assert made.to == waiting.membership.email
    assert made.subject == "Parvis : votre accès à Annecy attend votre première connexion"
    for body in (made.text, made.html):
        assert "demandez-le à la personne qui administre les comptes" in body
        for secret in (waiting.identifier, grouped(waiting.identifier), world.administrator.membership.name):
            assert secret not in body
        assert not re.search(r"/premiere-connexion/[\w-]{20,}", body)


def test_the_identifier_of_an_account_that_waits_brings_the_same_letter(world: World, waiting: Someone) -> None:
    ask(waiting.identifier)
    (made,) = waiting_letters(world)
    assert made.to == waiting.membership.email


def test_unblocking_concerns_no_account_that_waits(world: World, waiting: Someone) -> None:
    ask(waiting.membership.email, UNBLOCK)
    assert waiting_letters(world) == []


@pytest.mark.parametrize("state", ["deactivated", "ended", "confirmed"])
def test_an_account_that_is_closed_or_no_longer_waits_gets_no_such_letter(
    state: str, world: World, waiting: Someone
) -> None:
    if state == "deactivated":
        alter(waiting, deactivated_at=clock.now())
    elif state == "ended":
        alter(waiting, ends_on=clock.today() - datetime.timedelta(days=1))
    who = world.user if state == "confirmed" else waiting
    ask(who.membership.email)
    assert waiting_letters(world) == []


def test_an_account_that_opens_before_the_letter_leaves_gets_none(world: World, waiting: Someone) -> None:
    ask(waiting.membership.email)
    alter(waiting, deactivated_at=clock.now())
    assert waiting_letters(world) == []


def test_a_waiting_account_gets_so_many_letters_within_an_hour(world: World, waiting: Someone, settings: Any) -> None:
    for _ in range(9):
        ask(waiting.membership.email)
    assert len(waiting_letters(world)) == settings.PARVIS_ASKED_LIMIT


def test_a_stranger_finds_no_waiting_account_without_its_name(world: World, waiting: Someone) -> None:
    with connection.cursor() as cursor:
        for code, email in (("", ""), ("%", "%"), (None, None), ("AAAAAAAA", "personne@nulle-part.example")):
            cursor.execute("SELECT * FROM access_waiting(%s, %s, %s, 18)", [code, email, clock.today()])
            assert cursor.fetchall() == []


# --- The same work and the same time ---------------------------------------------------------------------------------
def names(world: World, waiting: Someone) -> dict[str, str]:
    change_email(world.reader, verified_at=None)
    return {
        "existing": world.user.membership.email,
        "unverified": world.reader.membership.email,
        "waiting": waiting.membership.email,
        "nobody": "personne@nulle-part.example",
    }


@pytest.mark.parametrize("where", [FORGOTTEN, IDENTIFIER, UNBLOCK])
def test_whoever_asks_the_same_statements_run_and_one_job_waits(where: str, world: World, waiting: Someone) -> None:
    seen = []
    for name in names(world, waiting).values():
        with CaptureQueriesContext(connection) as queries:
            answer = ReadingClient().post(where, {"login": name})
        assert answer["Location"] == f"{where}envoye/"
        seen.append([re.sub(r"'[^']*'|\b\d+\b", "?", one["sql"]) for one in queries.captured_queries])
    assert all(one == seen[0] for one in seen)
    jobs = queued("identity.answer_asked")
    assert len(jobs) == 4
    assert {len(job["typed"]) for job in jobs} == {len(jobs[0]["typed"])}
    for job, name in zip(jobs, names(world, waiting).values(), strict=True):
        assert name not in str(job)


@pytest.mark.parametrize("where", [FORGOTTEN, IDENTIFIER])
def test_an_existing_and_an_unknown_name_are_answered_in_the_same_time(where: str, world: World, settings: Any) -> None:
    settings.PARVIS_RATE_FORGOTTEN = 10_000

    def answered(login: str) -> None:
        assert ReadingClient().post(where, {"login": login}).status_code == 302

    take_as_long(lambda: answered(world.user.membership.email), lambda: answered("personne@nulle-part.example"))


def test_what_was_asked_under_another_secret_key_is_dropped(world: World, settings: Any) -> None:
    ReadingClient().post(IDENTIFIER, {"login": world.user.membership.email})
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key altogether", []
    assert work() == 1
    assert letters(world.user) == []


def test_asked_again_after_a_worker_died_both_copies_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ReadingClient().post(FORGOTTEN, {"login": world.user.identifier})
    (job,) = queued("identity.answer_asked")
    from parvis.identity import tasks

    run: Callable[..., None] = tasks.answer_asked
    run(**job)
    run(**job)
    assert len(letters(world.user, "identity.reset")) == 1  # the first link is superseded by the second
