"""RAFP: points rounded up, the scales and their interpolation, the form of the benefit on both sides of each limit."""

import datetime
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.benefits import rafp
from parvis.regulations.benefits.rafp import Form, RafpClaim
from parvis.regulations.parameters import NotKnown
from parvis.regulations.periods import Age

DAY = datetime.date
NOW = DAY(2026, 3, 1)


def benefit(points: object, on: datetime.date = NOW, **more: object) -> rafp.RafpBenefit:
    age = {} if "birth" in more else {"age": Age(64)}
    return rafp.benefit(RafpClaim(D(str(points)), on, **(age | more))).value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("paid", "on", "found"),
    [
        ("450", DAY(2024, 1, 1), 319),
        ("0", DAY(2024, 1, 1), 0),
        ("1.4112", DAY(2024, 12, 31), 1),
        ("1.41121", DAY(2024, 12, 31), 2),
        ("100", DAY(2005, 1, 1), 100),
        ("100", DAY(2006, 1, 1), 99),
    ],
)
def test_points_are_rounded_up_at_the_value_of_the_year(paid: str, on: datetime.date, found: int) -> None:
    assert rafp.points(D(paid), on=on).value == found


@pytest.mark.parametrize(("on", "unsure"), [(2020, False), (2021, True), (2024, False), (2025, True), (2026, False)])
def test_points_on_a_value_that_is_derived_say_so(on: int, unsure: bool) -> None:
    assert rafp.points(D(100), on=DAY(on, 1, 1)).uncertain is unsure


@pytest.mark.parametrize(
    ("paid", "on", "fault"),
    [("-1", NOW, ValueError), ("1", DAY(2004, 12, 31), NotKnown), ("1", DAY(2027, 1, 1), NotKnown)],
)
def test_points_of_nothing_known_are_refused(paid: str, on: datetime.date, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        rafp.points(D(paid), on=on)
    with pytest.raises(ValueError, match="point"):
        rafp.points(D(1), on=NOW, acquisition_value=D(0))


@pytest.mark.parametrize(
    ("name", "age", "on", "found"),
    [
        ("increase", Age(62), DAY(2015, 2, 28), "1.08"),
        ("increase", Age(62), DAY(2015, 3, 1), "1.00"),
        ("conversion", Age(62), DAY(2021, 12, 31), "24.62"),
        ("conversion", Age(62), DAY(2022, 1, 1), "27.11"),
        # Cases of the official simulator: 68 and 4 months, 63 and 4 months.
        ("increase", Age(68, 4), NOW, "1.30"),
        ("increase", Age(63, 4), NOW, "1.05"),
        ("increase", Age(64, 6), NOW, "1.10"),
        ("conversion", Age(64, 6), NOW, "25.18"),
        ("increase", Age(62, 11), NOW, "1.04"),
        ("increase", Age(75), NOW, "1.81"),
        ("increase", Age(75, 7), NOW, "1.81"),
        ("increase", Age(80), NOW, "1.81"),
        ("increase", Age(60), DAY(2010, 1, 1), "1.00"),
    ],
)
def test_scales_by_age_and_era(name: str, age: Age, on: datetime.date, found: str) -> None:
    assert rafp.scale(name, age, on).value == D(found)


def test_before_the_first_age_there_is_no_coefficient() -> None:
    with pytest.raises(NotKnown):
        rafp.scale("increase", Age(61, 11), NOW)


@pytest.mark.parametrize(
    ("points", "on", "form"),
    [
        (5125, NOW, Form.ANNUITY),
        (5124, NOW, Form.TWO_PARTS),
        (4900, NOW, Form.TWO_PARTS),
        (4899, NOW, Form.CAPITAL),
        (4899, DAY(2024, 3, 31), Form.TWO_PARTS),
        (4899, DAY(2024, 4, 1), Form.CAPITAL),
        (4600, DAY(2019, 5, 1), Form.TWO_PARTS),
        (4599, DAY(2019, 5, 1), Form.CAPITAL),
        (5124, DAY(2019, 4, 30), Form.CAPITAL),
        (5125, DAY(2010, 1, 1), Form.ANNUITY),
    ],
)
def test_the_form_on_both_sides_of_each_limit(points: int, on: datetime.date, form: Form) -> None:
    assert benefit(points, on).form is form


@pytest.mark.parametrize(
    ("on", "base", "form"),
    [
        (DAY(2026, 3, 1), DAY(2025, 11, 1), Form.TWO_PARTS),
        (DAY(2026, 3, 1), DAY(2025, 10, 31), Form.CAPITAL),
        (DAY(2022, 4, 1), DAY(2021, 1, 1), Form.TWO_PARTS),
        (DAY(2022, 5, 1), DAY(2021, 1, 1), Form.CAPITAL),
        # The condition on the base pension came a year after the two parts.
        (DAY(2020, 5, 31), DAY(2010, 1, 1), Form.TWO_PARTS),
        (DAY(2020, 6, 1), DAY(2010, 1, 1), Form.CAPITAL),
    ],
)
def test_a_base_pension_that_is_too_old_makes_a_single_capital(
    on: datetime.date, base: datetime.date, form: Form
) -> None:
    found = benefit(5000, on, base_pension_on=base)
    assert (found.form, found.between) == (form, form is Form.CAPITAL)


def test_amounts_of_each_form() -> None:
    assert benefit(4448).capital == D("6965.93")
    two = benefit(5100)
    assert two.first_part == D("104.12")
    assert two.capital is not None and two.balance == two.capital - D("104.12")
    older = benefit(4971, DAY(2022, 7, 1), age=Age(62))
    assert older.first_part == D("296.02")
    annuity = benefit(7000, DAY(2015, 3, 1), age=Age(67))
    assert (annuity.annuity, annuity.monthly, annuity.capital) == (D("381.31"), D("31.78"), None)


@pytest.mark.parametrize(
    ("birth", "on", "age", "is_open"),
    [
        (DAY(1970, 6, 15), DAY(2034, 6, 14), Age(64), False),
        (DAY(1970, 6, 15), DAY(2034, 6, 15), Age(64), True),
        (DAY(1966, 6, 15), DAY(2029, 9, 14), Age(63, 3), False),
        (DAY(1966, 6, 15), DAY(2029, 9, 15), Age(63, 3), True),
        # The same birth under the law of 2023, before its suspension.
        (DAY(1964, 1, 1), DAY(2026, 8, 31), Age(63), False),
        (DAY(1964, 1, 1), DAY(2026, 10, 1), Age(62, 9), True),
    ],
)
def test_it_opens_at_the_sedentary_legal_age(birth: datetime.date, on: datetime.date, age: Age, is_open: bool) -> None:
    found = benefit(3000, on, birth=birth, service_value=D("0.05671"))
    assert (found.legal_age, found.form is not Form.NOT_OPEN) == (age, is_open)
    assert (found.capital is None) is not is_open


def test_what_cannot_be_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="birth or an age"):
        rafp.benefit(RafpClaim(D(1), NOW))
    with pytest.raises(ValueError):
        benefit(-1)
    with pytest.raises(NotKnown):
        benefit(3000, DAY(2030, 1, 1), age=Age(64))
    assert benefit(3000, age=Age(61)).form is Form.NOT_OPEN


def test_the_base_pension_that_is_not_given_is_said() -> None:
    result = rafp.benefit(RafpClaim(D(5000), NOW, age=Age(64)))
    assert any("pension de base" in text for text in result.warnings)
    assert not rafp.benefit(RafpClaim(D(5000), NOW, age=Age(64), base_pension_on=NOW)).warnings


@settings(max_examples=60, deadline=None)
@given(st.integers(62 * 12, 76 * 12), st.integers(5125, 30_000))
def test_an_annuity_never_falls_with_age_or_points(months: int, points: int) -> None:
    age, later = (Age(*divmod(one, 12)) for one in (months, months + 1))
    held = benefit(points, age=age).annuity
    assert held is not None
    assert held <= (benefit(points, age=later).annuity or 0)
    assert held <= (benefit(points + 1, age=age).annuity or 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_points_of_two_sums_are_never_less_than_of_their_sum(one: int, other: int) -> None:
    cents = [D(n) / 100 for n in (one, other, one + other)]
    first, second, both = (rafp.points(amount, on=NOW).value for amount in cents)
    assert both <= first + second <= both + 1
