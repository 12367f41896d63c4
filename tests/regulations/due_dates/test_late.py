"""Late surcharges by fund and era, on both sides of each day that counts; the declaration penalty."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.due_dates import late
from parvis.regulations.due_dates.penalties import ircantec_penalty
from parvis.regulations.parameters import NotKnown

DAY = datetime.date
D = Decimal


def cnracl(due: str, paid: str, notice: str | None = None) -> tuple[Decimal, Decimal]:
    found = late.cnracl(
        D(10_000),
        due_on=DAY.fromisoformat(due),
        paid_on=DAY.fromisoformat(paid),
        noticed_on=None if notice is None else DAY.fromisoformat(notice),
    ).value
    assert found.total == found.initial + found.growing
    return found.initial, found.growing


@pytest.mark.parametrize(
    ("due", "paid", "expected"),
    [
        ("2026-03-05", "2026-03-05", (0, 0)),
        ("2026-03-05", "2026-03-04", (0, 0)),
        ("2026-03-05", "2026-03-06", (500, 20)),
        ("2026-03-05", "2026-04-05", (500, 20)),
        ("2026-03-05", "2026-04-06", (500, 40)),
        ("2026-01-31", "2026-02-28", (500, 20)),
        ("2018-01-05", "2018-01-06", (500, 20)),
        ("2017-12-05", "2017-12-06", (500, 40)),
        ("2016-10-05", "2016-12-06", (500, 120)),
        ("2016-09-05", "2016-12-05", (1000, 0)),
        ("2016-09-05", "2016-12-06", (1000, 500)),
        ("2016-09-05", "2017-03-05", (1000, 500)),
        ("2016-09-05", "2017-03-06", (1000, 1000)),
        ("2016-09-30", "2016-10-01", (1000, 0)),
        ("2016-10-01", "2016-10-02", (500, 40)),
    ],
)
def test_the_cnracl_by_era_and_by_day(due: str, paid: str, expected: tuple[int, int]) -> None:
    assert cnracl(due, paid) == expected


@pytest.mark.parametrize(
    ("due", "paid", "notice", "growing"),
    [
        ("2026-03-05", "2026-05-20", "2026-04-20", 30),
        ("2026-03-05", "2026-05-21", "2026-04-20", 60),
        ("2017-03-05", "2017-05-20", "2017-05-01", 120),
    ],
)
def test_paying_within_thirty_days_of_the_formal_notice_halves_the_rate(
    due: str, paid: str, notice: str, growing: int
) -> None:
    assert cnracl(due, paid, notice) == (500, growing)


def test_a_notice_comes_before_the_payment() -> None:
    with pytest.raises(ValueError, match="notice"):
        cnracl("2026-03-05", "2026-05-20", "2026-06-01")


@pytest.mark.parametrize(
    ("due", "paid", "period", "expected"),
    [
        ("2026-03-15", "2026-05-20", None, (500, 60)),
        ("2018-02-15", "2018-02-16", None, (500, 20)),
        ("2018-01-15", "2018-01-16", None, (500, 40)),
        ("2018-01-31", "2018-02-01", "2017-12-01", (500, 40)),
        ("2008-02-15", "2008-03-16", None, (500, 80)),
        ("2008-01-15", "2008-05-16", None, (1000, 200)),
    ],
)
def test_the_ircantec_by_period(due: str, paid: str, period: str | None, expected: tuple[int, int]) -> None:
    found = late.ircantec(
        D(10_000),
        due_on=DAY.fromisoformat(due),
        paid_on=DAY.fromisoformat(paid),
        period=None if period is None else DAY.fromisoformat(period),
    ).value
    assert (found.initial, found.growing) == expected


@pytest.mark.parametrize(
    ("period", "rate"),
    [
        (DAY(1989, 2, 1), "5"),
        (DAY(1990, 11, 30), "5"),
        (DAY(1990, 12, 1), "3.5"),
        (DAY(1995, 12, 31), "3.5"),
        (DAY(1996, 1, 1), "3"),
        (DAY(2001, 6, 30), "3"),
        (DAY(2001, 7, 1), "2"),
        (DAY(2007, 12, 31), "2"),
    ],
)
def test_the_ircantecs_old_quarters_are_said_to_be_uncertain(period: datetime.date, rate: str) -> None:
    found = late.ircantec_by_months(D(1000), period=period, months=4)
    assert (found.value.initial, found.value.growing) == (100, D(rate) * 10) and found.uncertain
    assert late.ircantec_by_months(D(1000), period=period, months=3).value.growing == 0


def test_months_alone_serve_for_later_periods_too() -> None:
    assert late.ircantec_by_months(D(1000), period=DAY(2020, 1, 1), months=3).value.total == D("56.00")
    assert late.ircantec_by_months(D(1000), period=DAY(2020, 1, 1), months=0).value.total == 0
    with pytest.raises(NotKnown):
        late.ircantec_by_months(D(1000), period=DAY(1989, 1, 31), months=1)
    with pytest.raises(ValueError, match="no amount"):
        late.ircantec_by_months(D(1000), period=DAY(2020, 1, 1), months=-1)


@pytest.mark.parametrize(
    ("paid", "growing"),
    [("2026-03-16", 0), ("2026-06-15", 0), ("2026-07-14", 0), ("2026-07-15", 5), ("2026-08-20", 10)],
)
def test_the_rafp_counts_whole_months_after_three(paid: str, growing: int) -> None:
    found = late.rafp(D(1000), due_on=DAY(2026, 3, 15), paid_on=DAY.fromisoformat(paid))
    assert (found.value.initial, found.value.growing) == (100, growing)
    assert found.uncertain is (paid > "2026-06-15")


def test_the_rafp_in_time_and_below_zero() -> None:
    assert late.rafp(D(1000), due_on=DAY(2026, 3, 15), paid_on=DAY(2026, 3, 15)).value.total == 0
    with pytest.raises(ValueError, match="no amount"):
        late.rafp(D(-1), due_on=DAY(2026, 3, 15), paid_on=DAY(2026, 3, 16))


DAYS = st.dates(DAY(2007, 3, 1), DAY(2030, 1, 1))


@settings(deadline=None, max_examples=60)
@given(DAYS, st.integers(0, 900), st.integers(0, 400), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_surcharge_never_falls_with_the_delay_or_the_amount(
    due: datetime.date, days: int, more_days: int, amount: int, more: int
) -> None:
    paid, later = due + datetime.timedelta(days=days), due + datetime.timedelta(days=days + more_days)
    for fund in (late.cnracl, late.ircantec, late.rafp):
        least = fund(D(amount), due_on=due, paid_on=paid).value.total
        assert least <= fund(D(amount), due_on=due, paid_on=later).value.total
        assert least <= fund(D(amount + more), due_on=due, paid_on=paid).value.total


@pytest.mark.parametrize(
    ("agents", "months", "amount"),
    [(0, 1, "0"), (1, 1, "7.50"), (100, 1, "750"), (101, 1, "750"), (40, 2, "600"), (200, 3, "2250"), (2, 0, "15")],
)
def test_the_declaration_penalty(agents: int, months: int, amount: str) -> None:
    assert ircantec_penalty(agents, on=DAY(2026, 1, 1), months=months).value == D(amount)


def test_a_penalty_wants_numbers_that_are_some() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        ircantec_penalty(-1, on=DAY(2026, 1, 1))
