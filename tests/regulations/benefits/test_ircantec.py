"""Ircantec: points by slice, coefficients on both sides of each step, surcote, children, the pension, survivors."""

import datetime
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.benefits import ircantec
from parvis.regulations.parameters import NotKnown
from parvis.regulations.periods import Age

DAY = datetime.date
NOW = DAY(2026, 3, 1)


@pytest.mark.parametrize(
    ("pay", "year", "found"),
    [
        ("50000", 2019, (458, 298)),
        ("42500", 2018, (450, 87)),
        ("40524", 2019, (458, 0)),
        ("0", 2019, (0, 0)),
        # Nothing above eight ceilings.
        ("324192", 2019, (458, 8925)),
        ("999999", 2019, (458, 8925)),
        # Another era's rates: 5.28 % and 15 % in 2015.
        ("40000", 2015, (435, 64)),
    ],
)
def test_points_by_slice_and_year(pay: str, year: int, found: tuple[int, int]) -> None:
    points = ircantec.points(D(pay), on=DAY(year, 1, 1)).value
    assert (points.points_a, points.points_b) == found
    assert points.total == sum(found)


def test_contributions_behind_the_points() -> None:
    found = ircantec.points(D(42500), on=DAY(2018, 1, 1)).value
    assert (found.theoretical, found.called) == (D("2656.80"), D("3321.00"))


def test_points_of_nothing_known_are_refused() -> None:
    for pay, on in (("-1", NOW), ("NaN", NOW)):
        with pytest.raises(ValueError):
            ircantec.points(D(pay), on=on)
    with pytest.raises(NotKnown):
        ircantec.points(D(1), on=DAY(2027, 1, 1))
    with pytest.raises(ValueError):
        ircantec.points(D(1), on=NOW, reference_salary=D(0))


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (Age(57), "0.43"),
        (Age(57, 2), "0.43"),
        (Age(57, 3), "0.4475"),
        (Age(61, 11), "0.7625"),
        (Age(62), "0.78"),
        (Age(62, 3), "0.7925"),
        (Age(63, 11), "0.8675"),
        (Age(64), "0.88"),
        (Age(66, 9), "0.99"),
        (Age(67), "1"),
        (Age(70, 5), "1"),
    ],
)
def test_the_coefficient_of_an_age(age: Age, found: str) -> None:
    assert ircantec.age_coefficient(age, on=NOW).value == D(found)


def test_before_57_there_is_no_coefficient() -> None:
    with pytest.raises(NotKnown):
        ircantec.age_coefficient(Age(56, 11), on=NOW)


@pytest.mark.parametrize(
    ("age", "missing", "legal", "found"),
    [
        (Age(63), 8, True, "0.92"),
        (Age(63), 0, True, "1"),
        (Age(63), 20, True, "0.83"),
        (Age(62), 20, True, "0.78"),
        (Age(63), 21, True, "0.83"),
        (Age(66), 8, True, "0.96"),
        (Age(61), 8, False, "0.71"),
        (Age(63), None, True, "0.83"),
    ],
)
def test_the_better_of_age_and_missing_quarters(age: Age, missing: int | None, legal: bool, found: str) -> None:
    result = ircantec.coefficient(age, on=NOW, missing_quarters=missing, legal_age_reached=legal)
    assert result.value == D(found)


def test_a_full_base_pension_takes_nothing_away() -> None:
    assert ircantec.coefficient(Age(62), on=NOW, missing_quarters=20, full_base_rate=True).value == 1
    with pytest.raises(ValueError):
        ircantec.coefficient(Age(62), on=NOW, missing_quarters=-1)


@settings(max_examples=80, deadline=None)
@given(st.integers(57 * 12, 70 * 12), st.integers(0, 40))
def test_the_coefficient_never_falls_with_age_nor_rises_with_what_is_missing(months: int, missing: int) -> None:
    age, later = (Age(*divmod(one, 12)) for one in (months, months + 1))
    held = ircantec.coefficient(age, on=NOW, missing_quarters=missing).value
    assert D("0.43") <= held <= 1
    assert held <= ircantec.coefficient(later, on=NOW, missing_quarters=missing).value
    assert held >= ircantec.coefficient(age, on=NOW, missing_quarters=missing + 1).value


@pytest.mark.parametrize(("after", "before", "found"), [(0, 0, "0"), (4, 0, "0.03"), (0, 4, "0.025"), (3, 2, "0.035")])
def test_surcote(after: int, before: int, found: str) -> None:
    assert ircantec.surcote(on=NOW, after_full_rate_age=after, contributed_before=before).value == D(found)
    with pytest.raises(ValueError):
        ircantec.surcote(on=NOW, after_full_rate_age=-1)


@pytest.mark.parametrize(
    ("children", "found"), [(0, 0), (2, 0), (3, 250), (4, 375), (5, 500), (6, 625), (7, 750), (12, 750)]
)
def test_points_for_children(children: int, found: int) -> None:
    assert ircantec.children_points(2500, children, on=NOW).value == found


def test_the_pension() -> None:
    whole = ircantec.pension(3500, on=DAY(2022, 1, 1)).value
    assert whole.yearly == D("1723.44")  # 1 723.435
    later = ircantec.pension(3500, on=DAY(2022, 7, 1))
    assert later.value.yearly > whole.yearly and later.uncertain
    found = ircantec.pension(2500, on=NOW, factor=D("0.92"), increase=D("0.03"), children=3).value
    assert (found.points, found.yearly) == (2750, D("1460.69"))
    assert found.monthly == D("121.72")


@pytest.mark.parametrize(("points", "capital"), [(299, True), (300, False)])
def test_few_points_make_a_single_payment_whose_amount_is_not_told(points: int, capital: bool) -> None:
    result = ircantec.pension(points, on=NOW)
    assert result.value.as_capital is capital
    assert bool(result.warnings) is capital


@pytest.mark.parametrize(
    ("died", "birth", "age", "monthly", "starts"),
    [
        (DAY(2026, 8, 15), None, Age(52), "150", DAY(2026, 9, 1)),
        (DAY(2026, 8, 1), None, Age(50), "150", DAY(2026, 9, 1)),
        (DAY(2026, 12, 31), None, None, "150", DAY(2027, 1, 1)),
        (DAY(2026, 8, 15), None, Age(49, 11), "0", None),
        (DAY(2026, 8, 15), DAY(1976, 9, 1), None, "150", DAY(2026, 9, 1)),
        (DAY(2026, 8, 15), DAY(1976, 9, 2), None, "150", DAY(2026, 10, 1)),
        (DAY(2026, 8, 15), DAY(1980, 1, 1), None, "150", DAY(2030, 1, 1)),
    ],
)
def test_a_survivor(
    died: datetime.date, birth: datetime.date | None, age: Age | None, monthly: str, starts: datetime.date | None
) -> None:
    found = ircantec.survivor(D(300), died_on=died, age=age, birth=birth).value
    assert (found.monthly, found.starts_on) == (D(monthly), starts)
