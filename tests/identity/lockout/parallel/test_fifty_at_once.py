"""Fifty tries at the same moment, each on a connection of its own, all committed: no sixth gets through."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connections

from parvis.ground.identifiers import account
from parvis.identity import hashing, lockout
from parvis.identity.lockout import take_try
from tests.access.parallel.hands import at_once
from tests.identity.lockout.hands import FAILURES, SIGN_IN, WRONG_PASSWORD, request
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone

TRIES = 50


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were compared with a hash."""
    seen: list[str] = []
    lock = threading.Lock()
    opens = hashing.opens

    def noted(password: str, encoded: str) -> tuple[bool, bool]:
        with lock:
            seen.append(password)
        return opens(password, encoded)

    monkeypatch.setattr(hashing, "opens", noted)
    return seen


def sign_in(login: str, password: str) -> Any:
    return ReadingClient().post(SIGN_IN, {"login": login, "password": password}).status_code


@pytest.mark.parametrize("whose", ["existing", "dead"])
def test_fifty_wrong_passwords_at_once_let_five_be_looked_at(whose: str, person: Someone, looked_at: list[str]) -> None:
    login = person.identifier if whose == "existing" else account.draw()
    answers = at_once(*[lambda: sign_in(login, WRONG_PASSWORD)] * TRIES)
    assert len(looked_at) == FAILURES
    # Of the five, the last one meets the page too.
    assert Counter(answers) == {200: FAILURES - 1, 429: TRIES - FAILURES + 1}
    assert sign_in(login, PASSWORD) == 429
    assert len(looked_at) == FAILURES


def test_the_right_one_among_fifty_guesses_is_looked_at_only_if_it_is_among_the_first_five(
    person: Someone, looked_at: list[str]
) -> None:
    guesses = [f"essai numéro {number}" for number in range(TRIES - 1)] + [PASSWORD]
    at_once(*[lambda guess=guess: sign_in(person.identifier, guess) for guess in guesses])
    # A right one gives its try back: then a sixth is looked at, never a seventh.
    assert len(looked_at) <= FAILURES + looked_at.count(PASSWORD)


def test_fifty_tries_of_passwords_and_codes_count_on_one_counter(person: Someone) -> None:
    def of_password() -> bool:
        return take_try(request(), person_id=person.person.pk, name=person.identifier).refused

    def of_code() -> bool:
        return take_try(request(), person_id=person.person.pk).refused

    assert at_once(*[of_password, of_code] * (TRIES // 2)).count(False) == FAILURES


def test_fifty_right_passwords_at_once_leave_no_failure_behind(person: Someone) -> None:
    answers = at_once(*[lambda: sign_in(person.identifier, PASSWORD)] * TRIES)
    assert set(answers) <= {302, 429}
    assert answers.count(302) >= FAILURES
    taken = [take_try(request(), person_id=person.person.pk).refused for _ in range(FAILURES + 1)]
    assert taken == [False] * FAILURES + [True]


def test_the_lock_of_fifty_at_once_is_told_once(person: Someone) -> None:
    at_once(*[lambda: sign_in(person.identifier, WRONG_PASSWORD)] * TRIES)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'identity.tell_lock'")
        assert cursor.fetchone() == (1,)


def test_unblocking_while_fifty_try_lets_at_most_five_more_through(person: Someone, looked_at: list[str]) -> None:
    at_once(
        *[lambda: sign_in(person.identifier, WRONG_PASSWORD)] * TRIES,
        lambda: lockout.unblock(person.person.pk),
    )
    assert FAILURES <= len(looked_at) <= 2 * FAILURES
