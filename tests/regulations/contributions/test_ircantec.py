"""Ircantec: slices, rates at their boundary dates, the ceiling month by month, the payment to the euro."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.contributions.ircantec import (
    IrcantecMonth,
    contributions,
    payment,
    share_of_ceiling,
    year_of_contributions,
)
from parvis.regulations.parameters import NotKnown, parameter, value
from parvis.regulations.rounding import to_cent

DAY = datetime.date
D = Decimal
CENTS = st.integers(0, 4_000_000).map(lambda cents: D(cents) / 100)
# Called rates: year, A agent, A employer, B agent, B employer.
TABLE = [
    (2011, "2.275", "3.4125", "6.00", "11.60"), (2012, "2.35", "3.525", "6.10", "11.70"),
    (2013, "2.45", "3.675", "6.23", "11.825"), (2014, "2.54", "3.8025", "6.38", "11.975"),
    (2015, "2.64", "3.96", "6.58", "12.175"), (2016, "2.72", "4.08", "6.75", "12.35"),
    (2017, "2.80", "4.20", "6.95", "12.55"), (2025, "2.80", "4.20", "6.95", "12.55"),
    (2026, "2.84", "4.27", "7.06", "12.75"),
]  # fmt: skip


def test_every_change_has_its_row() -> None:
    parts = [parameter(f"ircantec.{part}_{who}_rate") for part in "ab" for who in ("agent", "employer")]
    assert {row[0] for row in TABLE} >= {one.valid_from.year for part in parts for one in part.values}


@pytest.mark.parametrize("row", TABLE)
def test_the_rates_of_each_year_from_its_first_day_to_its_last(row: tuple[int, str, str, str, str]) -> None:
    year, *rates = row
    for day in (DAY(year, 1, 1), DAY(year, 12, 31)):
        due = contributions(D(20_000), period=day, ceiling=D(10_000)).value
        amounts = [due.agent_a, due.employer_a, due.agent_b, due.employer_b]
        assert amounts == [D(rate) * 100 for rate in rates]


@pytest.mark.parametrize("part", ["a_agent", "a_employer", "b_agent", "b_employer"])
@pytest.mark.parametrize("year", [2017, 2025, 2026])
def test_since_2017_a_called_rate_is_the_theoretical_one_called_to_two_decimals(part: str, year: int) -> None:
    day = DAY(year, 1, 1)
    theoretical, called = (value(f"ircantec.{part}_{kind}rate", on=day).value for kind in ("theoretical_", ""))
    assert to_cent(theoretical * value("ircantec.call_rate", on=day).rate) == called


def test_nothing_above_eight_ceilings() -> None:
    due = contributions(D(30_000), period=DAY(2021, 1, 1)).value
    assert (due.slice_a, due.slice_b) == (3428, 23_996)
    assert (due.agent, due.employer) == (D("1763.71"), D("3155.47"))


def test_the_ceiling_is_made_up_for_in_later_months() -> None:
    # A bonus in March: the room that January and February left takes it in, slice A first.
    found = year_of_contributions(
        [IrcantecMonth(DAY(2026, number, 1), D(base)) for number, base in ((1, 3000), (2, 3000), (3, 7000), (4, 3000))]
    ).value
    assert [(one.slice_a, one.slice_b) for one in found] == [(3000, 0), (3000, 0), (6015, 985), (3985, -985)]
    # 3 985 × 2.84 % − 985 × 7.06 %
    assert found[3].agent == D("43.63")


def test_part_of_a_ceiling_counts_for_part_time() -> None:
    due = contributions(D(3000), period=DAY(2026, 1, 1), ceiling_share=D("0.5")).value
    assert (due.slice_a, due.slice_b) == (D("2002.50"), D("997.50"))


def test_several_employers_share_the_ceiling_as_in_the_official_example() -> None:
    for pay, slice_a in ((D(18_250), 15_488), (D(29_500), 25_036)):
        share = share_of_ceiling(pay, D(47_750)).value
        assert round(share * 40_524) == slice_a
    with pytest.raises(ValueError, match="no part"):
        share_of_ceiling(D(2), D(1))


@pytest.mark.parametrize(
    ("amount", "paid"), [("1234.49", 1234), ("1234.50", 1235), ("1235.50", 1236), ("0.49", 0), ("0", 0)]
)
def test_the_payment_is_in_euros_half_upward(amount: str, paid: int) -> None:
    assert payment(D(amount)).value == paid


def test_what_is_outside_is_refused() -> None:
    with pytest.raises(NotKnown):
        contributions(D(1000), period=DAY(2010, 12, 31), ceiling=D(2885))
    with pytest.raises(NotKnown):
        contributions(D(1000), period=DAY(2027, 1, 1))
    with pytest.raises(ValueError, match="no amount"):
        contributions(D(-1), period=DAY(2026, 1, 1))
    with pytest.raises(ValueError, match="share"):
        contributions(D(1), period=DAY(2026, 1, 1), ceiling_share=D(2))


@settings(deadline=None, max_examples=60)
@given(st.lists(CENTS, min_size=1, max_size=12))
def test_a_year_owes_what_its_sums_owe(pays: list[Decimal]) -> None:
    found = year_of_contributions([IrcantecMonth(DAY(2026, n, 1), pay) for n, pay in enumerate(pays, start=1)]).value
    ceilings = 4005 * len(pays)
    assert sum(one.slice_a for one in found) == min(sum(pays), ceilings)
    assert sum(one.slice_a + one.slice_b for one in found) == min(sum(pays), 8 * ceilings)


@settings(deadline=None, max_examples=60)
@given(CENTS, CENTS)
def test_contributions_never_fall_with_the_base(base: Decimal, more: Decimal) -> None:
    low, high = (contributions(pay, period=DAY(2026, 1, 1)).value for pay in (base, base + more))
    assert low.agent <= high.agent and low.employer <= high.employer


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 66_000).map(lambda cents: D(cents) / 100), min_size=2, max_size=6))
def test_a_base_within_slice_a_that_is_split_owes_the_same_within_a_cent_a_part(parts: list[Decimal]) -> None:
    whole = contributions(sum(parts, D(0)), period=DAY(2026, 1, 1)).value.agent
    split = sum(contributions(part, period=DAY(2026, 1, 1)).value.agent for part in parts)
    assert abs(whole - split) <= D("0.01") * len(parts)
