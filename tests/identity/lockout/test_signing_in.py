"""Repeated failures as whoever signs in meets them: the page, whom it stops, whom it leaves alone."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.ground import tenancy
from parvis.ground.identifiers import account
from parvis.ground.pages.filters import time as hour
from parvis.identity.browsers import COOKIE
from parvis.identity.models import Person
from parvis.identity.views.sign_in import WRONG
from parvis.journal.models import Event
from tests.browsers import trusted
from tests.durations import take_as_long
from tests.entering import code_now
from tests.identity.lockout.hands import FAILURES, LONG, SHORT, SIGN_IN, WRONG_PASSWORD, take
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

Later = Callable[[datetime.timedelta], object]
SignedIn = Callable[[Someone], ReadingClient]
CHALLENGE = "/second-facteur/"
SECOND = datetime.timedelta(seconds=1)


def sign_in(login: str, password: str = PASSWORD, client: ReadingClient | None = None) -> Any:
    return (client or ReadingClient()).post(SIGN_IN, {"login": login, "password": password})


def fail(login: str, times: int = FAILURES, client: ReadingClient | None = None) -> Any:
    """So many wrong passwords, each from a new browser where none is given; the last answer."""
    answers = [sign_in(login, WRONG_PASSWORD, client) for _ in range(times)]
    return answers[-1]


def dead() -> str:
    """An identifier that nobody bears."""
    return account.draw()


def page(answer: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


# --- The page --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("whose", ["existing", "dead"])
def test_the_fifth_failure_and_every_try_after_it_meet_the_page(whose: str, world: World) -> None:
    login = world.user.identifier if whose == "existing" else dead()
    for _ in range(FAILURES - 1):
        answer = sign_in(login, WRONG_PASSWORD)
        assert (answer.status_code, WRONG in page(answer)) == (200, True)
    for password in (WRONG_PASSWORD, PASSWORD, PASSWORD):
        answer = sign_in(login, password)
        assert answer.status_code == 429
        assert "Connexion suspendue depuis ce navigateur jusqu’à" in page(answer)
        assert 890 < int(answer["Retry-After"]) <= 901


def test_the_page_is_the_same_byte_for_byte_whether_the_name_exists_or_not(world: World, later: Later) -> None:
    names = [world.user.identifier, world.reader.membership.email, dead(), "personne@nulle-part.example"]
    for lock in (SHORT, LONG, None):
        answers = [fail(name) for name in names]
        again = [sign_in(name) for name in names]
        assert len({page(answer) for answer in [*answers, *again]}) == 1
        assert {answer.status_code for answer in [*answers, *again]} == {429}
        assert len({tuple(sorted(answer.headers)) for answer in [*answers, *again]}) == 1
        assert ("Retry-After" in answers[0].headers) is (lock is not None)
        if lock is not None:
            later(lock + SECOND)


def test_the_page_says_until_when_and_what_one_can_do(world: World) -> None:
    answer = fail(world.user.identifier)
    until = take(1, person_id=world.user.person.pk)[0].locked_until
    assert until is not None
    said = page(answer)
    for phrase in (f"jusqu’à {hour(until)}", "clé d’accès", "un navigateur où vous l’avez déjà fait", "/debloquer/"):
        assert phrase in said
    assert "administre les comptes de votre établissement" in said


def test_the_last_step_says_that_somebody_must_unblock_and_no_hour(world: World, later: Later) -> None:
    for lock in (SHORT, LONG):
        fail(world.user.identifier)
        later(lock + SECOND)
    said = page(fail(world.user.identifier))
    assert "<h1>Connexion suspendue depuis ce navigateur</h1>" in said
    assert "jusqu’à ce que le compte soit débloqué" in said
    assert "Attendre" not in said


def test_failures_under_each_of_a_persons_names_count_together(world: World) -> None:
    fail(world.user.identifier, 3)
    assert fail(world.user.membership.email, 2).status_code == 429
    assert sign_in(world.user.identifier).status_code == 429


def test_an_email_in_any_case_is_one_name(world: World) -> None:
    for typed in ("a@nulle-part.example", "A@nulle-part.example", " a@NULLE-part.example", "a@nulle-part.example "):
        sign_in(typed, WRONG_PASSWORD)
    assert sign_in("A@NULLE-PART.EXAMPLE", WRONG_PASSWORD).status_code == 429


def test_after_the_lock_the_right_password_enters(world: World, later: Later) -> None:
    fail(world.user.identifier)
    assert sign_in(world.user.identifier).status_code == 429
    later(SHORT + SECOND)
    assert sign_in(world.user.identifier)["Location"] == CHALLENGE


# --- Whom it leaves alone --------------------------------------------------------------------------------------------
def test_who_signed_in_there_before_is_not_stopped_by_a_stranger(world: World, later: Later) -> None:
    mine = trusted(ReadingClient(), world.user.person.pk)
    for lock in (SHORT, LONG, SECOND):
        fail(world.user.identifier)
        later(lock + SECOND)
    assert sign_in(world.user.identifier).status_code == 429
    assert sign_in(world.user.identifier, client=mine)["Location"] == "/"


def test_failures_in_a_known_browser_stop_that_browser_alone(world: World) -> None:
    mine = trusted(ReadingClient(), world.user.person.pk)
    assert fail(world.user.identifier, client=mine).status_code == 429
    assert sign_in(world.user.identifier, client=mine).status_code == 429
    assert sign_in(world.user.identifier)["Location"] == CHALLENGE


def test_a_browser_with_a_token_of_nobody_is_unknown(world: World) -> None:
    forged = ReadingClient()
    forged.cookies[COOKIE] = "x" * 43
    fail(world.user.identifier, client=forged)
    assert sign_in(world.user.identifier).status_code == 429


def test_a_stranger_who_locks_one_person_locks_nobody_else(world: World) -> None:
    fail(world.user.identifier)
    assert sign_in(world.reader.identifier)["Location"] == CHALLENGE


def test_whoever_is_signed_in_stays_so(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    fail(world.user.identifier)
    assert browser.get("/mon-compte/").status_code == 200


# --- With the codes --------------------------------------------------------------------------------------------------
def test_passwords_and_codes_count_together(world: World) -> None:
    fail(world.user.identifier, 3)
    browser = ReadingClient()
    assert sign_in(world.user.identifier, client=browser)["Location"] == CHALLENGE
    wrong = str((int(code_now()) + 1) % 1_000_000).zfill(6)
    assert browser.post(f"{CHALLENGE}?par=application", {"code": wrong}).status_code == 200
    assert browser.post(f"{CHALLENGE}?par=application", {"code": wrong}).status_code == 429
    assert browser.post(f"{CHALLENGE}?par=application", {"code": code_now()}).status_code == 429
    assert sign_in(world.user.identifier).status_code == 429


def test_the_right_password_again_and_again_gives_no_further_code(world: World) -> None:
    wrong = str((int(code_now()) + 1) % 1_000_000).zfill(6)
    statuses = []
    for _ in range(FAILURES + 1):
        browser = ReadingClient()
        answer = sign_in(world.user.identifier, client=browser)
        if answer.status_code == 302:
            answer = browser.post(f"{CHALLENGE}?par=application", {"code": wrong})
        statuses.append(answer.status_code)
    assert statuses == [200] * (FAILURES - 1) + [429, 429]


def test_a_full_sign_in_starts_the_count_anew(world: World) -> None:
    fail(world.user.identifier, 4)
    browser = ReadingClient()
    sign_in(world.user.identifier, client=browser)
    assert browser.post(f"{CHALLENGE}?par=application", {"code": code_now()})["Location"] == "/"
    assert fail(world.user.identifier, 4).status_code == 200
    assert fail(world.user.identifier, 1).status_code == 429


def test_the_right_password_alone_does_not_start_the_count_anew(world: World) -> None:
    fail(world.user.identifier, 4)
    assert sign_in(world.user.identifier)["Location"] == CHALLENGE
    assert fail(world.user.identifier, 1).status_code == 429


# --- The same work and the same time ---------------------------------------------------------------------------------
def statements(login: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        sign_in(login, WRONG_PASSWORD)
    return [re.sub(r"'[^']*'|\"s\d+_x\d+\"|\b\d+\b|NULL", "?", one["sql"]) for one in queries.captured_queries]


def test_each_try_runs_the_same_statements_whether_the_name_exists_or_not(world: World) -> None:
    nobody = dead()
    for number in range(FAILURES + 2):
        existing, other = statements(world.user.identifier), statements(nobody)
        assert existing == other, number
        assert existing


@pytest.mark.parametrize("cookie", [False, True])
def test_a_token_of_a_browser_changes_nothing_for_a_dead_name(cookie: bool, world: World) -> None:
    browser = trusted(ReadingClient(), world.reader.person.pk) if cookie else ReadingClient()
    with CaptureQueriesContext(connection) as existing:
        sign_in(world.user.identifier, WRONG_PASSWORD, browser)
    with CaptureQueriesContext(connection) as nobody:
        sign_in(dead(), WRONG_PASSWORD, browser)
    assert len(existing) == len(nobody)


def test_a_locked_name_is_refused_in_the_same_time_whether_it_exists_or_not(
    world: World, settings: Any, production_hasher: None
) -> None:
    settings.PARVIS_RATE_SIGN_IN = 10_000
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Person.objects.filter(pk=world.user.person.pk).update(password=make_password(PASSWORD))
    names = (world.user.identifier, dead())
    browser = ReadingClient()
    for name in names:
        fail(name)

    def locked(name: str) -> None:
        assert sign_in(name, WRONG_PASSWORD, browser).status_code == 429

    take_as_long(lambda: locked(world.user.identifier), lambda: locked(names[1]))


# --- The journal -----------------------------------------------------------------------------------------------------
def test_each_lock_leaves_its_event_to_the_person_and_to_no_establishment(world: World, later: Later) -> None:
    fail(world.user.identifier)
    later(SHORT + SECOND)
    fail(world.user.identifier)
    fail(dead())
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        locks = Event.objects.filter(kind="identity.locked").order_by("id")
        assert [event.after for event in locks] == [{"step": 1}, {"step": 2}]
    with tenancy.scope(establishment=world.here.pk):
        assert not Event.objects.filter(kind="identity.locked").exists()
