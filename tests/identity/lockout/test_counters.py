"""The counter of failures itself: how many tries it lets through, in which steps it locks, whom it concerns."""

import datetime
from collections.abc import Callable

import pytest
from django.conf import settings

from parvis.ground import clock
from parvis.identity import lockout
from parvis.identity.lockout import take_try
from tests.browsers import trusted
from tests.identity.lockout.hands import FAILURES, LONG, SHORT, request, take, wrong
from tests.plugins.html import ReadingClient
from tests.world import World

Later = Callable[[datetime.timedelta], object]
SECOND = datetime.timedelta(seconds=1)


def test_five_tries_come_through_and_no_sixth(world: World) -> None:
    assert FAILURES == 5
    assert [one.refused for one in take(8, person_id=world.user.person.pk)] == [False] * 5 + [True] * 3


def test_the_steps_are_fifteen_minutes_then_an_hour_then_until_unblocked(world: World, later: Later) -> None:
    assert (datetime.timedelta(minutes=15), datetime.timedelta(hours=1)) == settings.PARVIS_LOCKS
    whom = {"person_id": world.user.person.pk}
    for lock in (SHORT, LONG):
        assert wrong(FAILURES, **whom) == [False] * 4 + [True]
        later(lock - 5 * SECOND)
        assert take(1, **whom)[0].refused
        later(6 * SECOND)
    assert wrong(FAILURES, **whom)[-1]
    later(datetime.timedelta(days=300))
    (last,) = take(1, **whom)
    assert last.refused and last.blocked
    assert lockout.blocked_among([world.user.person.pk, world.reader.person.pk]) == {world.user.person.pk}


def test_refused_tries_neither_lengthen_the_lock_nor_raise_it(world: World, later: Later) -> None:
    whom = {"person_id": world.user.person.pk}
    wrong(FAILURES, **whom)
    (first,), last = take(1, **whom), take(30, **whom)[-1]
    assert first.locked_until == last.locked_until
    later(SHORT + SECOND)
    assert [one.refused for one in take(6, **whom)] == [False] * 5 + [True]


def test_a_right_answer_does_not_count_and_does_not_start_anew(world: World) -> None:
    whom = {"person_id": world.user.person.pk}
    wrong(3, **whom)
    for _ in range(20):
        (right,) = take(1, **whom)
        assert not right.refused
        right.give_back()
    assert [one.refused for one in take(3, **whom)] == [False, False, True]


def test_a_right_answer_on_the_last_try_lifts_the_lock_that_it_brought(world: World) -> None:
    whom = {"person_id": world.user.person.pk}
    wrong(4, **whom)
    (last,) = take(1, **whom)
    assert last.last and take(1, **whom)[0].refused
    last.give_back()
    assert [one.refused for one in take(2, **whom)] == [False, True]


def test_a_late_right_answer_does_not_lift_the_lock_of_others(world: World, later: Later) -> None:
    whom = {"person_id": world.user.person.pk}
    (early,) = take(1, **whom)
    wrong(4, **whom)
    later(SHORT + SECOND)
    wrong(FAILURES, **whom)
    early.give_back()
    assert take(1, **whom)[0].refused


def test_a_full_sign_in_starts_the_persons_counter_anew(world: World, later: Later) -> None:
    whom = {"person_id": world.user.person.pk}
    wrong(FAILURES, **whom)
    later(SHORT + SECOND)
    wrong(3, **whom)
    lockout.succeeded(request(), world.user.person.pk)
    taken = take(6, **whom)
    assert [one.refused for one in taken] == [False] * 5 + [True]
    assert taken[-1].locked_until is not None
    assert abs(taken[-1].locked_until - clock.now() - SHORT) < 5 * SECOND


def test_every_person_and_every_dead_name_has_its_own_counter(world: World) -> None:
    wrong(FAILURES, person_id=world.user.person.pk)
    wrong(FAILURES, name="personne@nulle-part.example")
    assert take(1, name="Personne@Nulle-Part.example ")[0].refused
    assert not take(1, person_id=world.reader.person.pk)[0].refused
    assert not take(1, name="autre@nulle-part.example")[0].refused


def test_a_dead_name_is_kept_as_a_keyed_hash_alone(world: World) -> None:
    (taken,) = take(1, name="personne@nulle-part.example")
    assert taken.key.startswith("n:") and len(taken.key) == 66
    assert "personne" not in taken.key


def test_a_known_browser_has_a_counter_of_its_own_both_ways(world: World) -> None:
    person = world.user.person.pk
    known = trusted(ReadingClient(), person)
    wrong(FAILURES, person_id=person)
    assert take(1, person_id=person)[0].refused
    own = [take_try(request(known), person_id=person) for _ in range(6)]
    assert [one.refused for one in own] == [False] * 5 + [True]
    lockout.unblock(person)
    assert not take(1, person_id=person)[0].refused


def test_a_browser_known_for_somebody_else_is_unknown(world: World) -> None:
    known = trusted(ReadingClient(), world.reader.person.pk)
    assert take_try(request(known), person_id=world.user.person.pk).key == f"p:{world.user.person.pk}"


def test_a_known_browser_whose_counter_is_blocked_is_like_any_other(world: World, later: Later) -> None:
    person = world.user.person.pk
    known = trusted(ReadingClient(), person)
    for lock in (SHORT, LONG, SECOND):
        taken = [take_try(request(known), person_id=person) for _ in range(FAILURES)]
        assert taken[-1].key.startswith("b:")
        later(lock + SECOND)
    following = take_try(request(known), person_id=person)
    assert not following.refused
    assert following.key == f"p:{person}"
    assert lockout.blocked_among([person]) == set()
    lockout.succeeded(request(known), person)
    assert take_try(request(known), person_id=person).key.startswith("b:")


def test_a_passkey_has_a_counter_of_its_own(world: World) -> None:
    person = world.user.person.pk
    wrong(FAILURES, person_id=person)
    assert [one.refused for one in take(6, person_id=person, passkey=7)] == [False] * 5 + [True]
    assert not take(1, person_id=person, passkey=8)[0].refused


@pytest.mark.parametrize("from_known", [True, False])
def test_unblocking_starts_every_counter_of_the_person_anew(from_known: bool, world: World) -> None:
    person = world.user.person.pk
    browser = trusted(ReadingClient(), person) if from_known else None
    for _ in range(FAILURES):
        take_try(request(browser), person_id=person)
    wrong(2, person_id=world.reader.person.pk)
    assert lockout.unblock(person)
    assert not take_try(request(browser), person_id=person).refused
    assert [one.refused for one in take(4, person_id=world.reader.person.pk)] == [False] * 3 + [True]
