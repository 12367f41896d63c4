"""Pay: indices and points at their boundary dates, the SFT cut to the cent, and the months it is paid for."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.parameters import NotKnown
from parvis.regulations.pay import (
    family_supplement,
    family_table,
    indexed_pay,
    minimum_index,
    paid_from_to,
    points_pay,
)
from parvis.regulations.periods import Period

DAY = datetime.date
D = Decimal


@pytest.mark.parametrize(
    ("on", "month"),
    [
        (DAY(2010, 6, 30), "1842.90"),
        (DAY(2010, 7, 1), "1852.12"),
        (DAY(2016, 6, 30), "1852.12"),
        (DAY(2016, 7, 1), "1863.23"),
        (DAY(2017, 1, 31), "1863.23"),
        (DAY(2017, 2, 1), "1874.41"),
        (DAY(2022, 6, 30), "1874.41"),
        (DAY(2022, 7, 1), "1940.01"),
        (DAY(2023, 6, 30), "1940.01"),
        (DAY(2023, 7, 1), "1969.11"),
    ],
)
def test_the_pay_of_index_400_on_both_sides_of_each_change(on: datetime.date, month: str) -> None:
    found = indexed_pay(D(400), on=on)
    assert found.value.month == D(month)
    assert [step.source for step in found.steps] and not found.warnings


@pytest.mark.parametrize(
    ("on", "index"),
    [(DAY(2021, 9, 30), 309), (DAY(2021, 10, 1), 340), (DAY(2023, 12, 31), 361), (DAY(2024, 1, 1), 366)],
)
def test_the_minimum_index(on: datetime.date, index: int) -> None:
    assert minimum_index(on).value == index


@pytest.mark.parametrize("index", [D(99), D(2501), D(-1)])
def test_an_index_that_is_none_is_refused(index: Decimal) -> None:
    with pytest.raises(ValueError, match="no major index"):
        indexed_pay(index, on=DAY(2026, 1, 1))


def test_pay_before_the_first_point_is_not_known() -> None:
    with pytest.raises(NotKnown):
        indexed_pay(D(400), on=DAY(2009, 9, 30))


def test_half_pay_and_points_beside_the_index() -> None:
    assert indexed_pay(D(400), on=DAY(2026, 1, 1), paid=D("0.5")).value.month == D("984.56")
    assert points_pay(D(20), on=DAY(2026, 1, 1)).value.month == D("98.46")
    with pytest.raises(ValueError, match="fraction"):
        indexed_pay(D(400), on=DAY(2026, 1, 1), paid=D("1.2"))
    with pytest.raises(ValueError, match="points"):
        points_pay(D(-1), on=DAY(2026, 1, 1))


def test_the_published_table_of_2025_is_cut_not_rounded() -> None:
    table = family_table(on=DAY(2025, 3, 1)).value
    assert (table.one, table.two, table.three, table.each_more) == (
        D("2.29"),
        (D("77.71"), D("117.29")),
        (D("194.03"), D("299.57")),
        (D("138.66"), D("217.82")),
    )


@pytest.mark.parametrize(
    ("on", "two"),
    [(DAY(2023, 12, 31), D("76.97")), (DAY(2024, 1, 1), D("77.71"))],
)
def test_the_floor_index_on_both_sides_of_2024(on: datetime.date, two: Decimal) -> None:
    assert family_supplement(2, D(300), on=on).value == two


@pytest.mark.parametrize(
    ("children", "index", "amount"),
    [(0, 400, "0.00"), (1, 400, "2.29"), (2, 500, "84.51"), (3, 900, "299.57"), (4, 300, "332.70"), (5, 420, "471.36")],
)
def test_the_supplement_by_children(children: int, index: int, amount: str) -> None:
    assert family_supplement(children, D(index), on=DAY(2025, 3, 1)).value == D(amount)


def test_the_nbi_counts_with_the_index_and_parents_may_share() -> None:
    on = DAY(2025, 3, 1)
    assert family_supplement(2, D(480), on=on, nbi_points=D(20)).value == family_supplement(2, D(500), on=on).value
    assert family_supplement(3, D(500), on=on, half=True).value == D("106.07")


def test_what_is_no_number_of_children_is_refused() -> None:
    with pytest.raises(ValueError, match="children"):
        family_supplement(-1, D(400), on=DAY(2025, 1, 1))
    with pytest.raises(ValueError, match="floor"):
        family_supplement(2, D(400), on=DAY(2025, 1, 1), floor=D(800))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 8), st.integers(100, 1500), st.integers(0, 300))
def test_the_supplement_never_falls_with_the_index_or_a_child(children: int, index: int, more: int) -> None:
    on = DAY(2025, 3, 1)
    least = family_supplement(children, D(index), on=on).value
    assert least <= family_supplement(children, D(index + more), on=on).value
    assert least <= family_supplement(children + 1, D(index), on=on).value


def test_it_is_paid_from_the_month_after_to_the_month_it_ceases_in() -> None:
    assert paid_from_to(DAY(2026, 3, 1), DAY(2026, 6, 30)) == Period(DAY(2026, 4, 1), DAY(2026, 6, 1))
    assert paid_from_to(DAY(2026, 3, 31), DAY(2026, 4, 20)) is None
