"""Décote and surcote of each era, on both sides of their boundaries."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.regulations.pensions.adjusting import Adjustment, begun_months, decote, surcote
from parvis.regulations.pensions.categories import Category
from parvis.regulations.periods import Age, add_months

DAY = datetime.date
SED, ACT = Category.SEDENTARY, Category.ACTIVE


def less(birth: datetime.date, effect: datetime.date, insured: int, required: int, kind: Category = SED) -> Adjustment:
    return decote(kind, birth, effect, insured=insured, required=Decimal(required)).value


@pytest.mark.parametrize(
    ("birth", "effect", "rate"),
    [
        (DAY(1945, 12, 31), DAY(2006, 1, 1), "0"),
        (DAY(1946, 1, 1), DAY(2006, 1, 1), "0.125"),
        (DAY(1947, 1, 1), DAY(2007, 1, 1), "0.25"),
        (DAY(1948, 1, 1), DAY(2008, 1, 1), "0.375"),
        (DAY(1949, 1, 1), DAY(2009, 1, 1), "0.5"),
        (DAY(1950, 1, 1), DAY(2010, 1, 1), "0.625"),
        (DAY(1951, 1, 1), DAY(2011, 1, 1), "0.75"),
        (DAY(1951, 9, 1), DAY(2012, 1, 1), "0.875"),
        (DAY(1952, 3, 31), DAY(2012, 12, 31), "0.875"),
        (DAY(1952, 4, 1), DAY(2013, 1, 1), "1"),
        (DAY(1953, 1, 1), DAY(2014, 3, 1), "1.125"),
        (DAY(1954, 1, 1), DAY(2015, 8, 1), "1.25"),
        (DAY(1966, 1, 1), DAY(2030, 1, 1), "1.25"),
    ],
)
def test_the_rate_is_that_of_the_year_of_opening(birth: datetime.date, effect: datetime.date, rate: str) -> None:
    assert less(birth, effect, 100, 160).rate == Decimal(rate)


@pytest.mark.parametrize(
    ("birth", "effect", "insured", "required", "quarters"),
    [
        # The smaller of age and duration; a begun quarter of age counts; 20 at most; none at the age of annulment.
        (DAY(1964, 7, 1), DAY(2027, 7, 1), 159, 170, 11),
        (DAY(1964, 7, 1), DAY(2027, 7, 1), 100, 170, 16),
        (DAY(1964, 7, 1), DAY(2027, 7, 2), 100, 170, 16),
        (DAY(1964, 7, 1), DAY(2027, 10, 1), 100, 170, 15),
        (DAY(1964, 7, 1), DAY(2031, 6, 30), 100, 170, 1),
        (DAY(1964, 7, 1), DAY(2031, 7, 1), 100, 170, 0),
        (DAY(1964, 7, 1), DAY(2027, 7, 1), 170, 170, 0),
        (DAY(1964, 7, 1), DAY(2027, 7, 1), 190, 170, 0),
        (DAY(1964, 7, 1), DAY(2026, 1, 1), 100, 170, 20),
    ],
)
def test_quarters_of_decote(
    birth: datetime.date, effect: datetime.date, insured: int, required: int, quarters: int
) -> None:
    assert less(birth, effect, insured, required).quarters == quarters


def test_a_given_age_of_annulment_and_an_exemption() -> None:
    given_age = decote(
        ACT, DAY(1967, 6, 30), DAY(2027, 7, 1), insured=165, required=Decimal(169), annulment=Age(62)
    ).value
    assert (given_age.quarters, given_age.percent) == (4, Decimal(5))
    none = decote(SED, DAY(1967, 6, 30), DAY(2032, 7, 1), insured=0, required=Decimal(172), exempt="invalidité")
    assert none.value.quarters == 0 and "invalidité" in none.steps[0].rule


def more(birth: datetime.date, effect: datetime.date, insured: int | None, required: int, **other: bool) -> Adjustment:
    return surcote(SED, birth, effect, insured=insured, required=Decimal(required), **other).value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("birth", "effect", "insured", "required", "quarters", "rate"),
    [
        (DAY(1940, 1, 1), DAY(2003, 12, 31), 200, 150, 0, "0"),
        (DAY(1943, 1, 1), DAY(2004, 1, 1), 200, 150, 0, "0.75"),
        (DAY(1943, 1, 1), DAY(2004, 1, 2), 200, 150, 1, "0.75"),
        (DAY(1945, 11, 19), DAY(2007, 3, 21), 171, 154, 6, "0.75"),
        (DAY(1945, 11, 19), DAY(2008, 12, 31), 171, 154, 13, "0.75"),
        (DAY(1945, 11, 19), DAY(2009, 1, 1), 171, 154, 12, "1.25"),
        (DAY(1935, 11, 19), DAY(2010, 11, 10), 181, 150, 20, "1.25"),
        (DAY(1935, 11, 19), DAY(2010, 11, 11), 181, 150, 27, "1.25"),
        (DAY(1962, 3, 20), DAY(2026, 4, 1), 175, 169, 6, "1.25"),
        (DAY(1962, 3, 20), DAY(2026, 4, 1), 171, 169, 2, "1.25"),
        (DAY(1962, 3, 20), DAY(2026, 4, 1), 160, 169, 0, "1.25"),
        (DAY(1962, 3, 20), DAY(2026, 4, 1), None, 169, 6, "1.25"),
        (DAY(1962, 3, 20), DAY(2024, 12, 19), 190, 169, 0, "1.25"),
        (DAY(1962, 3, 20), DAY(2024, 12, 20), 190, 169, 1, "1.25"),
    ],
)
def test_surcote_of_each_era(
    birth: datetime.date, effect: datetime.date, insured: int | None, required: int, quarters: int, rate: str
) -> None:
    found = more(birth, effect, insured, required)
    assert (found.quarters, found.rate) == (quarters, Decimal(rate))


def test_quarters_of_before_2009_paid_at_the_later_rate_are_marked() -> None:
    def marked(birth: datetime.date, effect: datetime.date) -> bool:
        return surcote(SED, birth, effect, insured=200, required=Decimal(160)).uncertain

    assert marked(DAY(1945, 11, 19), DAY(2009, 1, 1))
    assert not marked(DAY(1945, 11, 19), DAY(2008, 12, 31))
    assert not marked(DAY(1949, 1, 1), DAY(2010, 1, 1))


@pytest.mark.parametrize(
    ("birth", "effect", "quarters"),
    [
        # Legal age of 63 and more: a year before it counts, four quarters at most; 62 years 9 months: nothing.
        (DAY(1966, 1, 1), DAY(2029, 4, 1), 4),
        (DAY(1966, 1, 1), DAY(2029, 7, 1), 5),
        (DAY(1966, 1, 1), DAY(2028, 10, 1), 2),
        (DAY(1964, 1, 1), DAY(2026, 10, 1), 0),
    ],
)
def test_parental_surcote(birth: datetime.date, effect: datetime.date, quarters: int) -> None:
    assert more(birth, effect, 200, 172, has_child_quarters=True).quarters == quarters
    assert more(birth, effect, 200, 172).quarters == max(0, quarters - 4)


def test_work_that_ended_before_the_effect_makes_no_surcote() -> None:
    ended = surcote(
        SED,
        DAY(1962, 1, 1),
        DAY(2026, 1, 1),
        insured=190,
        required=Decimal(169),
        ends_before=DAY(2025, 1, 1),
    ).value
    assert ended.quarters == 2


@given(start=st.dates(DAY(1990, 1, 1), DAY(2040, 1, 1)), months=st.integers(0, 60), days=st.integers(1, 27))
def test_begun_months(start: datetime.date, months: int, days: int) -> None:
    end = add_months(start, months)
    assert begun_months(start, end) == months
    assert begun_months(start, end + datetime.timedelta(days=days)) == months + 1
    assert begun_months(end, start) == 0
