"""The minimum garanti of each era, short services, invalidity, and its condition."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.regulations.parameters import NotKnown
from parvis.regulations.pensions.minimum import minimum, share

DAY = datetime.date


def percent(opened: datetime.date, quarters: int) -> Decimal:
    return share(opened, Decimal(quarters)).value


@pytest.mark.parametrize(
    ("year", "quarters", "expected"),
    [
        (2003, 60, "60"),
        (2003, 100, "100"),
        (2004, 102, "99.6"),
        (2005, 60, "59.4"),
        (2005, 104, "99"),
        (2005, 140, "99.72"),
        (2006, 106, "98.2"),
        (2007, 108, "97.2"),
        (2008, 110, "97.25"),
        (2009, 112, "97.2"),
        (2010, 114, "96.375"),
        (2011, 116, "96.1"),
        (2011, 124, "96.8"),
        (2012, 118, "95.925"),
        (2012, 159, "99.82"),
        (2012, 160, "100"),
        (2013, 60, "57.5"),
        (2013, 120, "95"),
        (2026, 61, "58.125"),
        (2026, 119, "94.375"),
        (2026, 121, "95.125"),
        (2026, 160, "100"),
        (2026, 180, "100"),
    ],
)
def test_the_scale_of_the_year_of_opening(year: int, quarters: int, expected: str) -> None:
    assert percent(DAY(year, 6, 1), quarters) == Decimal(expected)


def test_the_scale_changes_on_1_january() -> None:
    assert percent(DAY(2012, 12, 31), 60) == Decimal("57.5") and percent(DAY(2011, 12, 31), 60) == Decimal("57.6")
    assert percent(DAY(2012, 1, 1), 60) == Decimal("57.5")


def test_less_than_15_years() -> None:
    opened = DAY(2026, 1, 1)
    assert share(opened, Decimal(48), invalid=True).value == Decimal(46)
    found = share(opened, Decimal(55), required=Decimal(166))
    assert round(found.value, 4) == Decimal("33.1325") and found.uncertain
    assert share(DAY(2008, 1, 1), Decimal(30)).value == Decimal("29.25")
    with pytest.raises(ValueError, match="required"):
        share(opened, Decimal(55))
    with pytest.raises(ValueError, match="below 0"):
        share(opened, Decimal(-1))


@pytest.mark.parametrize(
    ("effect", "quarters", "amount"),
    [
        (DAY(2026, 1, 1), 60, "9427.81"),
        (DAY(2026, 12, 31), 112, "14756.57"),
        (DAY(2025, 12, 31), 160, "16249.92"),
        (DAY(2025, 1, 1), 160, "16249.92"),
        (DAY(2024, 12, 31), 160, "15900.12"),
        (DAY(2022, 12, 31), 160, "14979.96"),
    ],
)
def test_amounts(effect: datetime.date, quarters: int, amount: str) -> None:
    found = minimum(effect, effect, Decimal(quarters), full_rate=True)
    assert found.value.amount == Decimal(amount)


def test_the_index_of_the_transition_reduces_the_reference() -> None:
    found = minimum(DAY(2004, 1, 1), DAY(2004, 1, 1), Decimal(160), full_rate=False).value
    assert found.amount == Decimal("11448.01")  # 11 975.57 × 217 / 227; due without the full rate before 2011


def test_the_full_rate_is_asked_for_since_2011() -> None:
    effect, quarters = DAY(2026, 1, 1), Decimal(120)
    assert minimum(effect, DAY(2011, 1, 1), quarters, full_rate=False).value.amount == 0
    assert minimum(effect, DAY(2010, 12, 31), quarters, full_rate=False).value.amount > 0
    assert minimum(effect, DAY(2026, 1, 1), quarters, full_rate=False, invalid=True).value.amount > 0


def test_what_is_not_known_yet_is_refused() -> None:
    with pytest.raises(NotKnown):
        minimum(DAY(2027, 1, 1), DAY(2027, 1, 1), Decimal(120), full_rate=True)


@given(opened=st.dates(DAY(1976, 1, 1), DAY(2040, 1, 1)), quarters=st.integers(60, 190))
def test_it_never_falls_with_services(opened: datetime.date, quarters: int) -> None:
    assert 0 < percent(opened, quarters) <= percent(opened, quarters + 1) <= 100
