"""The day on which a long career opens the right, found day by day from the rule; what `dates` tells; invalidity."""

import datetime
from decimal import Decimal

import pytest

from parvis.regulations.pensions import rights
from parvis.regulations.pensions.career import Career, IndexHeld, OtherYear, Stretch, counted
from parvis.regulations.pensions.categories import Category
from parvis.regulations.pensions.estimate import dates, pension_on
from parvis.regulations.pensions.ways import Way, open_ways
from parvis.regulations.periods import Age
from tests.regulations.told import tells

DAY, D = datetime.date, Decimal
ONE = datetime.timedelta(days=1)
BORN = DAY(1968, 3, 15)
INDEX = (IndexHeld(450, DAY(1980, 1, 1)),)


def begun(start: datetime.date) -> Career:
    # Four quarters of another scheme before 16, insured and not contributed: they make the early start, nothing else.
    return Career(BORN, (Stretch(start),), INDEX, other_years=(OtherYear(1983, 4, 0), OtherYear(1984, 4, 0)))


def opened_day_by_day(own: Career, since: Age, effect: datetime.date) -> datetime.date | None:
    """The first day on which the age is reached and the contributed quarters are those that this very day asks for."""
    day = since.reached_on(own.birth)
    while day <= effect:
        wanted = rights.required_quarters(Category.SEDENTARY, own.birth, effect, opened_on=day).value
        if counted(own, day).contributed >= wanted:
            return day
        day += ONE
    return None


@pytest.mark.parametrize(
    ("start", "year"),
    [
        # 170 quarters asked in 2026, 171 in 2027, 172 from 2028 (60 on 2028-03-15: those of the generation, 172).
        (DAY(1983, 6, 1), 2026),
        (DAY(1984, 1, 10), 2026),
        (DAY(1984, 5, 20), 2026),
        (DAY(1984, 9, 1), 2027),
        # 42 years and a half, and 45 days that count for the 171st quarter: 2027-10-05.
        (DAY(1985, 2, 20), 2027),
        (DAY(1985, 6, 20), 2028),
        (DAY(1985, 11, 7), 2028),
    ],
)
def test_a_long_career_opens_on_the_first_day_on_which_age_and_duration_are_there(
    start: datetime.date, year: int
) -> None:
    own, effect = begun(start), DAY(2029, 6, 1)
    expected = opened_day_by_day(own, Age(58), effect)
    assert expected is not None and expected.year == year
    found = [one.early_opening for one in open_ways(own, effect) if one.way is Way.LONG_CAREER]
    assert expected in found
    # On that day it is open, on the eve it is not.
    assert any(one.way is Way.LONG_CAREER for one in open_ways(own, expected))
    assert not any(one.way is Way.LONG_CAREER for one in open_ways(own, expected - ONE))


def test_dates_tell_each_of_theirs() -> None:
    own = Career(DAY(1964, 7, 1), (Stretch(DAY(1986, 1, 1)),), INDEX)
    found = dates(own)
    # 62 years and 9 months; 170 quarters and the day they are there (42 years and a half); 67.
    assert (found.value.earliest, found.value.without_decote) == (DAY(2027, 4, 1), DAY(2028, 6, 1))
    assert found.value.age_limit == DAY(2031, 7, 1)
    source = "décret 2003-1306, art. 7, 20, 25 et 26"
    tells(
        found,
        (DAY(2027, 4, 1), {"naissance": DAY(1964, 7, 1)}, source),
        (found.value.without_decote, {}, source),
        (DAY(2031, 7, 1), {}, source),
    )


def test_an_invalidity_gives_a_pension_without_two_years_and_its_day_is_not_looked_for() -> None:
    own = Career(DAY(1980, 6, 1), (Stretch(DAY(2025, 1, 1)),), INDEX, invalidity=D(65))
    assert pension_on(own, DAY(2026, 1, 1)).value.way is Way.INVALIDITY
    # `dates` looks for what one may choose: 64, not the day of the first service.
    assert dates(own).value.earliest == DAY(2044, 6, 1)
