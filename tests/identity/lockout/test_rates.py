"""Limits by network address: which address it is, what counts, what is kept of it."""

import datetime
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from parvis.ground.identifiers import account
from parvis.identity import rates
from tests.entering import code_now
from tests.identity.lockout.hands import SIGN_IN, WRONG_PASSWORD, request
from tests.jobs import work
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, World

Later = Callable[[datetime.timedelta], object]
LIMIT = 6
ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def narrow(settings: Any) -> None:
    settings.PARVIS_RATE_SIGN_IN = settings.PARVIS_RATE_FORGOTTEN = LIMIT


def guess(login: str = "", **more: Any) -> Any:
    return ReadingClient().post(SIGN_IN, {"login": login or account.draw(), "password": WRONG_PASSWORD}, **more)


def too_many(answer: Any) -> bool:
    if answer.status_code != 429:
        return False
    page = answer.content.decode()
    assert "Trop d’essais depuis votre réseau" in page
    assert 0 < int(answer["Retry-After"]) <= 601
    return True


def test_one_address_that_tries_many_names_is_stopped_and_another_is_not(world: World, narrow: None) -> None:
    assert [too_many(guess()) for _ in range(LIMIT + 2)] == [False] * LIMIT + [True, True]
    assert too_many(ReadingClient().post(SIGN_IN, {"login": world.user.identifier, "password": PASSWORD}))
    assert guess(**ELSEWHERE).status_code == 200


def test_it_begins_anew_with_the_next_window(world: World, narrow: None, later: Later) -> None:
    for _ in range(LIMIT + 1):
        guess()
    later(datetime.timedelta(minutes=10))
    assert guess().status_code == 200


def test_a_whole_town_hall_that_signs_in_rightly_is_never_stopped(world: World, narrow: None) -> None:
    for _ in range(3 * LIMIT):
        answer = ReadingClient().post(SIGN_IN, {"login": world.user.identifier, "password": PASSWORD})
        assert answer.status_code == 302
    assert guess().status_code == 200


def test_codes_count_with_passwords(world: World, narrow: None) -> None:
    browser = ReadingClient()
    browser.post(SIGN_IN, {"login": world.user.identifier, "password": PASSWORD})
    for _ in range(LIMIT):
        guess()
    assert too_many(browser.post("/second-facteur/?par=application", {"code": code_now()}))


def test_a_try_beyond_the_limit_counts_for_nobody(world: World, narrow: None) -> None:
    for _ in range(LIMIT):
        guess()
    for _ in range(10):
        guess(world.user.identifier)
    answer = ReadingClient().post(SIGN_IN, {"login": world.user.identifier, "password": PASSWORD}, **ELSEWHERE)
    assert answer.status_code == 302


@pytest.mark.parametrize("where", ["/mot-de-passe-oublie/", "/identifiant-oublie/", "/debloquer/"])
def test_asking_for_links_is_limited_too(where: str, world: World, narrow: None) -> None:
    def ask() -> Any:
        return ReadingClient().post(where, {"login": "personne@nulle-part.example"})

    assert [too_many(ask()) for _ in range(LIMIT + 1)] == [False] * LIMIT + [True]
    assert work() == LIMIT
    assert guess().status_code == 200


def test_first_links_are_limited_too(world: World, narrow: None) -> None:
    from tests.access.first_link.hands import as_new, invite

    invited = invite(world)
    answers = [as_new(ReadingClient(), invited, password="court") for _ in range(LIMIT + 1)]
    assert [too_many(answer) for answer in answers] == [False] * LIMIT + [True]


def test_a_person_gets_so_many_letters_within_an_hour_however_many_are_asked_for(
    world: World, settings: Any, later: Later
) -> None:
    from parvis.ground import tenancy
    from parvis.post.models import Message

    def received() -> int:
        with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
            return Message.objects.filter(kind="identity.reset").count()

    for _ in range(12):
        ReadingClient().post("/mot-de-passe-oublie/", {"login": world.user.identifier})
    work()
    assert received() == settings.PARVIS_ASKED_LIMIT == 5
    later(datetime.timedelta(hours=1, seconds=1))
    ReadingClient().post("/mot-de-passe-oublie/", {"login": world.user.identifier})
    work()
    assert received() == 6


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "seen"),
    [
        (0, "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (1, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.3", "203.0.113.9"),
        (2, "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (1, "127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (0, "2001:db8:1:2:ffff::9", "", "2001:db8:1:2::"),
        (0, "::ffff:198.51.100.7", "", "198.51.100.7"),
        (0, "fe80::1%eth0", "", "fe80::"),
        (1, "127.0.0.1", "n’importe quoi", ""),
    ],
)
def test_the_address_is_the_one_that_our_first_proxy_saw(
    proxies: int, remote: str, forwarded: str, seen: str, settings: Any
) -> None:
    settings.PARVIS_PROXIES = proxies
    asked = request(address=remote)
    if forwarded:
        asked.META["HTTP_X_FORWARDED_FOR"] = forwarded
    assert rates.network(asked) == seen


def test_an_address_is_kept_as_a_keyed_hash_alone(db: None) -> None:
    key = rates.count(request(address="203.0.113.99"), rates.SIGN_IN).key
    assert re.fullmatch(r"sign_in:[0-9a-f]{64}", key)
    assert key != rates.count(request(address="203.0.113.98"), rates.SIGN_IN).key
    assert hashlib.sha256(b"203.0.113.99").hexdigest() not in key


def test_the_application_reads_neither_counters_nor_rates(world: World) -> None:
    from tests.ground.policies.hands import ask, denied

    for table in ("identity_counter", "identity_rate"):
        for sql in (f"SELECT * FROM {table}", f"DELETE FROM {table}", f"UPDATE {table} SET key = 'x'"):
            with denied():
                ask(sql)
