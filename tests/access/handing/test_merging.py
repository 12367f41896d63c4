"""What a right becomes when it passes: for every day to come, never less than the receiver had."""

import datetime
import itertools

import pytest

from parvis.access.actions.creation import Grant
from parvis.access.handing.merging import Verdict, passing
from parvis.access.levels import Level

DAY = datetime.date(2026, 12, 1)


def on(days: int | None) -> datetime.date | None:
    return None if days is None else DAY + datetime.timedelta(days=days)


def grant(level: Level, start: int | None = None, end: int | None = None) -> Grant:
    return Grant("contrats", level, on(start), on(end))


def level(one: Grant | None, day: datetime.date) -> Level:
    if one is None or (one.starts_on and day < one.starts_on) or (one.ends_on and day > one.ends_on):
        return Level.NONE
    return one.level


READ, WRITE = Level.READ, Level.WRITE
CASES = [
    # leaver, receiver before, receiver after, verdict
    (grant(WRITE), None, grant(WRITE), Verdict.PASSES),
    (grant(WRITE, -90, 20), None, grant(WRITE, None, 20), Verdict.PASSES),
    (grant(READ, 5, 20), None, grant(READ, 5, 20), Verdict.PASSES),
    (grant(READ, -90, -1), None, None, Verdict.OVER),
    (grant(WRITE), grant(READ, -9, -1), grant(WRITE), Verdict.PASSES),
    (grant(WRITE), grant(READ), grant(WRITE), Verdict.RAISED),
    (grant(READ), grant(WRITE), grant(WRITE), Verdict.KEPT),
    (grant(READ), grant(READ), grant(READ), Verdict.KEPT),
    (grant(READ, None, 30), grant(READ, None, 10), grant(READ, None, 30), Verdict.RAISED),
    (grant(READ, None, 10), grant(READ, 11, 30), grant(READ, None, 30), Verdict.RAISED),
    # Neither more than anybody had, nor less than before: what does not fit is left.
    (grant(READ, None, 10), grant(READ, 12, 30), grant(READ, 12, 30), Verdict.LEFT),
    (grant(WRITE, None, 10), grant(READ), grant(READ), Verdict.LEFT),
    (grant(READ), grant(WRITE, None, 10), grant(WRITE, None, 10), Verdict.LEFT),
]  # fmt: skip


@pytest.mark.parametrize(("leaver", "held", "after", "verdict"), CASES)
def test_each_case_is_as_it_is_told(leaver: Grant, held: Grant | None, after: Grant | None, verdict: Verdict) -> None:
    found = passing("contrats", leaver, held, DAY)
    assert (found.after, found.verdict) == (after, verdict)


def test_over_all_small_periods_nobody_loses_and_nobody_gains_more_than_either_had() -> None:
    bounds = [(start, end) for start in (None, -2, 0, 2, 4) for end in (None, -1, 1, 3, 5)]
    grants = [
        grant(level_, start, end)
        for level_ in (READ, WRITE)
        for start, end in bounds
        if start is None or end is None or start <= end
    ]
    days = [DAY + datetime.timedelta(days=count) for count in range(8)]
    for leaver, held in itertools.product(grants, [None, *grants]):
        found = passing("contrats", leaver, held, DAY)
        for day in days:
            before, gained = level(held, day), level(leaver, day)
            now = level(found.after, day)
            assert now >= before, (leaver, held, day)
            assert now <= max(before, gained), (leaver, held, day)
            if found.verdict is not Verdict.LEFT:
                assert now == max(before, gained), (leaver, held, day)
