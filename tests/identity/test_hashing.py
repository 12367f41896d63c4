"""Hashing passwords: one at a time per process, at low priority; a full queue asks to come back and counts nothing."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection

from parvis.ground import tenancy
from parvis.identity import hashing
from parvis.identity.models import Person
from tests.access.first_link.hands import as_known, as_new, invite, untouched
from tests.identity.lockout.hands import FAILURES, SIGN_IN, take
from tests.identity.passwords.hands import token_for
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, World


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> hashing._Lane:
    """One of this test's own."""
    made = hashing._Lane()
    monkeypatch.setattr(hashing, "_lane", made)
    return made


@pytest.fixture
def turned_away() -> Iterator[None]:
    with hashing.turned_away():
        yield


def test_one_hash_at_a_time_in_one_thread_that_yields_to_the_others(lane: hashing._Lane) -> None:
    inside, most, threads, niceness = 0, 0, set(), set()

    def work() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threads.add(threading.get_ident())
        niceness.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        time.sleep(0.005)
        inside -= 1

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(lane.run, work) for _ in range(30)]:
            done.result()
    assert most == 1
    assert len(threads) == 1
    assert niceness == {os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) + hashing._NICENESS}


def test_whoever_finds_the_queue_full_is_told_at_once(lane: hashing._Lane, settings: Any) -> None:
    settings.PARVIS_HASHING_QUEUE = 2
    hold, begun = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        hold.wait(120)

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(lane.run, wait) for _ in range(3)]
        begun.wait(120)
        while lane.inside < 3:
            time.sleep(0.001)
        assert lane.full()
        with pytest.raises(hashing.Busy):
            lane.run(lambda: None)
        hold.set()
        for done in running:
            done.result()
    assert not lane.full()
    assert lane.run(lambda: "free again") == "free again"


def test_an_error_while_hashing_is_the_callers_and_frees_the_place(lane: hashing._Lane) -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        lane.run(fail)
    assert lane.inside == 0


def test_a_forked_process_hashes_in_a_thread_of_its_own(lane: hashing._Lane) -> None:
    assert lane.run(os.getpid) == os.getpid()
    # As after a fork: the thread stayed behind.
    lane.pid = 0
    lane.inside = 99
    assert lane.run(os.getpid) == os.getpid()
    assert lane.inside == 0


# --- Turned away -----------------------------------------------------------------------------------------------------
def busy(answer: Any) -> str:
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    page = str(answer.content.decode())
    assert page.count("Beaucoup de personnes se connectent en ce moment.") == 1
    return page


def test_a_sign_in_turned_away_keeps_the_name_and_counts_nothing(world: World, turned_away: None) -> None:
    for _ in range(2 * FAILURES):
        answer = ReadingClient().post(
            SIGN_IN, {"login": world.user.identifier, "password": "un secret", "suite": "/mon-compte/"}
        )
        page = busy(answer)
        assert f'value="{world.user.identifier}"' in page
        assert 'name="suite" value="/mon-compte/"' in page
        assert "un secret" not in page
    assert [one.refused for one in take(FAILURES + 1, person_id=world.user.person.pk)] == [False] * FAILURES + [True]


def test_a_queue_that_fills_after_the_try_was_counted_gives_it_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(password: str, encoded: str) -> tuple[bool, bool]:
        raise hashing.Busy

    monkeypatch.setattr(hashing, "opens", full)
    for _ in range(2 * FAILURES):
        busy(ReadingClient().post(SIGN_IN, {"login": world.user.identifier, "password": PASSWORD}))
    assert [one.refused for one in take(FAILURES + 1, person_id=world.user.person.pk)] == [False] * FAILURES + [True]


def test_a_new_password_turned_away_does_not_use_the_link_up(world: World) -> None:
    where = f"/mot-de-passe/{token_for(world.user)}/"
    fresh = {"password": "quatre lanternes au bord du canal"}
    with hashing.turned_away():
        assert "lanternes" not in busy(ReadingClient().post(where, fresh))
    assert ReadingClient().post(where, fresh).status_code == 302


@pytest.mark.parametrize("way", ["new", "known"])
def test_a_first_link_turned_away_stays_open_and_keeps_the_identifier(way: str, world: World) -> None:
    invited = invite(world)
    with hashing.turned_away():
        if way == "new":
            answer = as_new(ReadingClient(), invited)
        else:
            answer = as_known(ReadingClient(), invited, login=world.stranger.identifier)
    assert invited.code in busy(answer)
    assert untouched(invited)


# --- Parameters ------------------------------------------------------------------------------------------------------
@pytest.fixture
def argon2(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["parvis.identity.hashing.Argon2"]
    settings.PARVIS_ARGON2_MEMORY, settings.PARVIS_ARGON2_PASSES = 1024, 1


def kept(world: World, change: str = "") -> str:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        if change:
            Person.objects.filter(pk=world.user.person.pk).update(password=change)
        return str(Person.objects.values_list("password", flat=True).get(pk=world.user.person.pk))


@pytest.mark.parametrize(
    "old",
    [
        pytest.param(lambda: make_password(PASSWORD, hasher=Argon2PasswordHasher()), id="Django's parameters"),
        pytest.param(lambda: make_password(PASSWORD, hasher=hashing.Argon2()), id="ours, before they changed"),
    ],
)
def test_a_hash_under_other_parameters_opens_and_is_made_anew(
    old: Callable[[], str], world: World, argon2: None, settings: Any
) -> None:
    before = kept(world, old())
    settings.PARVIS_ARGON2_MEMORY, settings.PARVIS_ARGON2_PASSES = 2048, 2
    login = {"login": world.user.identifier, "password": PASSWORD}
    assert ReadingClient().post(SIGN_IN, {**login, "password": "faux"}).status_code == 200
    assert kept(world) == before
    assert ReadingClient().post(SIGN_IN, login).status_code == 302
    assert kept(world).startswith("argon2$argon2id$v=19$m=2048,t=2,p=1$")
    assert ReadingClient().post(SIGN_IN, login).status_code == 302


def test_a_hash_under_todays_parameters_stays(world: World, argon2: None) -> None:
    before = kept(world, make_password(PASSWORD))
    assert before.startswith("argon2$argon2id$v=19$m=1024,t=1,p=1$")
    assert ReadingClient().post(SIGN_IN, {"login": world.user.identifier, "password": PASSWORD}).status_code == 302
    assert kept(world) == before


def test_an_establishment_cannot_read_the_hash(world: World) -> None:
    from django.db import ProgrammingError, transaction

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        tenancy.scope(establishment=world.here.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT password FROM identity_person")
