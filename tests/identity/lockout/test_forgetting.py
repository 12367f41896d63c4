"""What `parvis daily` forgets of failures and of network addresses."""

import datetime
from typing import Any

import pytest

from parvis.ground import clock
from parvis.journal.retention import erase

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def owned(as_owner: Any) -> None:
    """All of it runs as the owner."""


def count(as_owner: Any, key: str, age: datetime.timedelta, *, blocked: bool = False) -> None:
    with as_owner.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_counter (key, failures, level, blocked, changed_at) VALUES (%s, 3, 1, %s, %s)",
            [key, blocked, clock.now() - age],
        )


def left(as_owner: Any) -> set[str]:
    with as_owner.cursor() as cursor:
        cursor.execute("SELECT key FROM identity_counter")
        return {key for (key,) in cursor.fetchall()}


@pytest.mark.parametrize(
    ("key", "days", "blocked", "stays"),
    [
        ("n:" + "0" * 64, 29, False, True),
        ("n:" + "0" * 64, 31, False, False),
        ("n:" + "0" * 64, 29, True, True),
        ("n:" + "0" * 64, 31, True, False),
        ("p:7", 29, False, True),
        ("p:7", 31, False, False),
        ("p:7", 3000, True, True),
        ("b:7", 31, False, False),
        ("b:7", 31, True, True),
        ("k:7", 31, False, False),
    ],
)
def test_failures_that_nobody_repeats_are_forgotten_and_who_is_blocked_stays_so(
    key: str, days: int, blocked: bool, stays: bool, as_owner: Any
) -> None:
    count(as_owner, key, days * DAY, blocked=blocked)
    assert erase("identity.failures") == (0 if stays else 1)
    assert (key in left(as_owner)) is stays
    assert erase("identity.failures") == 0


def test_addresses_of_networks_are_kept_a_day(as_owner: Any) -> None:
    with as_owner.cursor() as cursor:
        for key, age in (("new", DAY / 2), ("old", DAY * 1.1)):
            cursor.execute("SELECT identity_take_rate(%s, %s)", [key, clock.now() - age])
    assert erase("identity.rates") >= 1
    with as_owner.cursor() as cursor:
        # Others are what tests that commit have left.
        cursor.execute("SELECT key FROM identity_rate WHERE key IN ('new', 'old')")
        assert cursor.fetchall() == [("new",)]
