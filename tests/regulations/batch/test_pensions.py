"""Pensions in columns: the same dates, ways and cents as one by one; what columns do not cover is said."""

import datetime
import random
from dataclasses import fields, replace
from decimal import Decimal

import pytest

from parvis.regulations.parameters import NotKnown
from parvis.regulations.pensions.career import Career, IndexHeld, Kind, OtherYear, Stretch
from parvis.regulations.pensions.categories import Category
from parvis.regulations.pensions.children import Child
from parvis.regulations.pensions.estimate import NoPension, dates, pension_on
from parvis.regulations.pensions.ways import Way
from tests.regulations.batch import drawn

np = pytest.importorskip("numpy", reason="the extra « batch » is not installed")

from parvis.regulations.batch.careers import CareerColumns, columns_of  # noqa: E402
from parvis.regulations.batch.pensions import BLOCK, UNKNOWN, Candidate, Estimates, Standing, estimate  # noqa: E402
from parvis.regulations.batch.pensions_ways import WAYS  # noqa: E402

DAY, D = datetime.date, Decimal
EUROS = DAY(2026, 9, 1)
INDEX = (IndexHeld(450, DAY(2015, 1, 1)),)


def one_by_one(career: Career, effect: datetime.date, euros_of: datetime.date | None) -> Candidate:
    try:
        found = pension_on(career, effect, euros_of=euros_of).value
    except (NoPension, NotKnown):
        return Candidate(effect, None, None)
    return Candidate(effect, found.way, found.annual)


def same_dates(career: Career, found: Estimates, row: int) -> bool:
    """Whether the row says what `dates` says; False where columns do not cover the career."""
    standing = Standing(found.standing[row])
    if standing is Standing.UNSETTLED:
        assert not found.of(row)
        return False
    try:
        one = dates(career).value
    except NoPension:
        assert standing is Standing.NO_PENSION
        return False
    except NotKnown:
        assert standing is Standing.NOT_KNOWN
        return False
    assert standing is Standing.ESTIMATED
    days = (column[row].tolist() for column in (found.earliest, found.without_decote, found.age_limit))
    assert (*days, WAYS[found.way[row]]) == (one.earliest, one.without_decote, one.age_limit, one.way)
    return True


# Births, and so effects, of each era: from the one of 2009 to the end of the steps of the suspension.
@pytest.mark.parametrize(
    ("first", "last"), [(1945, 1950), (1951, 1955), (1956, 1960), (1961, 1965), (1966, 1972), (1973, 1985)]
)
@pytest.mark.parametrize("euros_of", [EUROS, None])
def test_a_row_is_the_career(first: int, last: int, euros_of: datetime.date | None) -> None:
    seed = random.Random(f"{first} {euros_of}")
    size = 60 if euros_of is None else 20
    careers = [drawn.career(seed, first, last) for _ in range(size)]
    found = estimate(columns_of(careers), euros_of=euros_of)
    covered = 0
    for row, career in enumerate(careers):
        # Dates are the same whatever the euros: looked for once.
        if found.of(row) if euros_of is None else same_dates(career, found, row):
            covered += 1
            candidates = found.of(row)
            for candidate in {0, len(candidates) - 1, *seed.sample(range(len(candidates)), min(3, len(candidates)))}:
                expected = one_by_one(career, candidates[candidate].effect, euros_of)
                assert candidates[candidate] == expected, career
    assert covered >= size * 3 // 4


def test_every_candidate_from_the_earliest_date_to_the_age_limit() -> None:
    own = Career(DAY(1964, 7, 12), (Stretch(DAY(1988, 3, 1)),), INDEX)
    found = estimate(columns_of([own]), euros_of=EUROS)
    candidates = found.of(0)
    days = [one.effect for one in candidates]
    assert days[0] == DAY(2027, 4, 12) and days[1:3] == [DAY(2027, 5, 1), DAY(2027, 6, 1)]
    assert days[-2:] == [DAY(2031, 7, 1), DAY(2031, 7, 12)] and len(days) == 1 + 51 + 1
    assert candidates == [one_by_one(own, day, EUROS) for day in days]
    assert candidates[0].monthly == pension_on(own, days[0], euros_of=EUROS).value.monthly
    assert found.effects().tolist() == days and found.way.tolist() == [WAYS.index(Way.AGE)]


EDGES = [
    DAY(1951, 7, 1), DAY(1952, 1, 1), DAY(1956, 7, 1), DAY(1957, 1, 1), DAY(1958, 1, 1), DAY(1960, 1, 1),
    DAY(1961, 7, 1), DAY(1961, 9, 1), DAY(1963, 9, 1), DAY(1964, 1, 1), DAY(1965, 4, 1), DAY(1965, 12, 1),
    DAY(1966, 9, 1), DAY(1968, 1, 1), DAY(1969, 1, 1), DAY(1970, 4, 1), DAY(1971, 9, 1), DAY(1975, 4, 1),
]  # fmt: skip


@pytest.mark.parametrize("category", Category)
def test_births_on_both_sides_of_every_step(category: Category) -> None:
    births = [edge + datetime.timedelta(days=more) for edge in EDGES for more in (-1, 0)]
    careers = [
        Career(birth, (Stretch(DAY(birth.year + 19, 3, 1), category=category),), INDEX, (Child(DAY(1995, 1, 1)),))
        for birth in births
    ]
    found = estimate(columns_of(careers), euros_of=EUROS)
    for row, career in enumerate(careers):
        assert same_dates(career, found, row)
        first = found.of(row)[0]
        assert first == one_by_one(career, first.effect, EUROS)


def test_effects_on_both_sides_of_every_law() -> None:
    """A long career may close again on the first day of a law: that candidate says so, and another one opens."""
    begun_young = Career(DAY(1963, 1, 1), (Stretch(DAY(1981, 1, 1), share=D("0.9")),), INDEX)
    reached_62 = Career(DAY(1961, 9, 1), (Stretch(DAY(1990, 1, 1)),), INDEX)
    careers = [begun_young, reached_62]
    found = estimate(columns_of(careers), euros_of=DAY(2023, 1, 1))
    law = DAY(2023, 9, 1)
    for row, career in enumerate(careers):
        around = [one for one in found.of(row) if abs((one.effect - law).days) < 100 or one.effect.year == 2026]
        assert around and around == [one_by_one(career, one.effect, DAY(2023, 1, 1)) for one in around]
    closed = estimate(columns_of([replace(reached_62, birth=DAY(1961, 7, 20), disabled_since=DAY(1999, 1, 1))]))
    assert closed.standing.tolist() == [Standing.ESTIMATED]


@pytest.mark.parametrize(
    ("birth", "removed", "standing"),
    [
        # Held for six months only in June 2027, two months after the first possible departure.
        (DAY(1964, 7, 1), None, Standing.UNSETTLED),
        (DAY(1964, 7, 1), DAY(2027, 9, 1), Standing.UNSETTLED),
        (DAY(1964, 7, 1), DAY(2027, 3, 1), Standing.ESTIMATED),
        (DAY(1966, 7, 1), None, Standing.ESTIMATED),
    ],
)
def test_the_index_held_for_six_months(birth: datetime.date, removed: datetime.date | None, standing: Standing) -> None:
    raised = (IndexHeld(450, DAY(2015, 1, 1)), IndexHeld(460, DAY(2026, 12, 1)), IndexHeld(470, DAY(2026, 12, 1)))
    own = Career(birth, (Stretch(DAY(1988, 3, 1), removed),), raised)
    found = estimate(columns_of([own]), euros_of=EUROS)
    assert found.standing.tolist() == [standing]
    candidates = found.of(0)
    assert candidates[:3] == [one_by_one(own, one.effect, EUROS) for one in candidates[:3]]
    assert bool(candidates) == (standing is Standing.ESTIMATED)


def test_rows_past_a_block_are_estimated_too() -> None:
    seed = random.Random(9)
    careers = [drawn.career(seed, 1960, 1975) for _ in range(20)]
    few = columns_of(careers)
    times = BLOCK // 20 + 2
    many = CareerColumns(*(np.concatenate([getattr(few, one.name)] * times) for one in fields(CareerColumns)))
    small, large = estimate(few, euros_of=EUROS), estimate(many, euros_of=EUROS)
    assert len(large) == 20 * times > BLOCK
    assert large.annual.tolist() == small.annual.tolist() * times
    assert large.effects().tolist() == small.effects().tolist() * times
    assert large.of(BLOCK + 5) == small.of((BLOCK + 5) % 20)


def test_values_in_euros_that_are_not_known_are_not_made_up() -> None:
    own = Career(DAY(1964, 7, 1), (Stretch(DAY(1988, 3, 1)),), INDEX)
    found = estimate(columns_of([own]))
    candidates = found.of(0)
    assert candidates == [one_by_one(own, one.effect, None) for one in candidates]
    last = candidates[-1]
    assert last.way is None and last.annual is None and last.monthly is None
    assert found.ways[-1] == UNKNOWN and found.annual[-1] == 0


def test_who_has_no_right_has_no_date() -> None:
    short = Career(DAY(1964, 1, 1), (Stretch(DAY(2024, 1, 1), DAY(2025, 12, 1)),), INDEX)
    found = estimate(columns_of([short]), euros_of=EUROS)
    assert found.standing.tolist() == [Standing.NO_PENSION] and found.of(0) == []
    assert np.isnat(found.earliest).all() and np.isnat(found.without_decote).all() and np.isnat(found.age_limit).all()


def test_a_past_that_is_not_settled_in_time_is_not_estimated() -> None:
    recruited_late = Career(DAY(1955, 1, 1), (Stretch(DAY(2019, 1, 1)),), INDEX)
    came_back = Career(DAY(1961, 1, 1), (Stretch(DAY(1983, 1, 1), DAY(2010, 1, 1)), Stretch(DAY(2024, 1, 1))), INDEX)
    # Removed at 62, elsewhere since: what counts in the surcote is not what counts in the insurance.
    elsewhere = Career(
        DAY(1965, 1, 1), (Stretch(DAY(1985, 1, 1), DAY(2027, 3, 1)),), INDEX, other_years=(OtherYear(2027, 4, 4),)
    )
    found = estimate(columns_of([recruited_late, came_back, elsewhere]), euros_of=EUROS)
    assert found.standing.tolist() == [Standing.UNSETTLED] * 3
    assert len(found.annual) == 0 and found.way.tolist() == [-1] * 3


@pytest.mark.parametrize(
    ("career", "why"),
    [
        (Career(DAY(1980, 6, 1), (Stretch(DAY(2015, 1, 1)),), INDEX, invalidity=D(65)), "invalidity"),
        (Career(DAY(1980, 6, 1), (Stretch(DAY(2015, 1, 1), kind=Kind.SICK_LEAVE),), INDEX), "not one of service"),
        (Career(DAY(1980, 6, 1), (Stretch(DAY(2015, 1, 1), kind=Kind.OTHER_SCHEME),), INDEX), "not one of service"),
        (
            Career(
                DAY(1980, 6, 1),
                (Stretch(DAY(2015, 1, 1)), Stretch(DAY(2016, 1, 1), kind=Kind.OTHER_SCHEME)),
                INDEX,
            ),
            "another scheme goes on",
        ),
        (Career(DAY(1980, 6, 1), (Stretch(DAY(2015, 1, 1), share=D("0.33333")),), INDEX), "four decimals"),
    ],
)
def test_careers_that_columns_do_not_cover_are_refused(career: Career, why: str) -> None:
    fine = Career(DAY(1980, 6, 1), (Stretch(DAY(2015, 1, 1)),), INDEX)
    with pytest.raises(ValueError, match=f"career 1: .*{why}"):
        columns_of([fine, career])


@pytest.mark.parametrize(
    ("column", "cells", "why"),
    [
        ("birth", [DAY(1899, 12, 31)], "birth"),
        ("birth", [DAY(2050, 1, 1)], "since"),
        ("birth", [1964], "birth: a column of days"),
        ("birth", np.array(["NaT"], dtype="datetime64[D]"), "missing"),
        ("settled", [DAY(2000, 1, 1)], "settled: before since"),
        ("removed", [DAY(2000, 1, 1)], "removed: before since"),
        ("settled", [DAY(2120, 1, 1)], "settled: too late"),
        ("share", [0], "share"),
        ("share", [10_001], "share"),
        ("share", [0.8], "whole numbers"),
        ("category", [3], "category"),
        ("index", [0], "index"),
        ("worked_days", [-1], "worked_days"),
        ("worked_days", [36_001], "worked_days"),
        ("liquidated", [100], "liquidated"),
        ("firefighter_days", [10], "firefighter_days"),
        ("active_days", [10], "active_days"),
        ("super_active_days", [10], "super_active_days"),
        ("other_paid_days", [10], "other_paid_days"),
        ("active_reached", [DAY(2014, 1, 1)], "active_reached"),
        ("children_raised", [101], "children_raised"),
        ("begun", [[0, 0, 0]], "begun"),
        ("begun", [0], "begun"),
        ("sick_days", [0, 0], "one length"),
    ],
)
def test_columns_that_are_none_are_refused(column: str, cells: object, why: str) -> None:
    columns = columns_of([Career(DAY(1980, 6, 1), (Stretch(DAY(2015, 1, 1)),), INDEX)])
    assert len(estimate(columns, euros_of=EUROS)) == 1
    with pytest.raises(ValueError, match=why):
        estimate(replace(columns, **{column: cells}), euros_of=EUROS)


def test_no_rows_have_no_estimate() -> None:
    found = estimate(columns_of([]), euros_of=EUROS)
    assert len(found) == 0 and found.offsets.tolist() == [0] and found.effects().tolist() == []
