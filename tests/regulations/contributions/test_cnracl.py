"""CNRACL: rates on both sides of each change, the base, January 2025, overtime; surcotisation."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.contributions.cnracl import (
    CnraclPay,
    OvertimeMonth,
    by_code,
    contributions,
    overtime_reduction,
    regularisation,
)
from parvis.regulations.contributions.surcotisation import free_quarters, longest_in_months, surcotisation
from parvis.regulations.parameters import NotKnown, parameter

DAY = datetime.date
D = Decimal
# The table of the CNRACL: from, agent, employer.
TABLE = [
    ("1991-02-01", "7.85", "21.30"), ("1995-01-01", "7.85", "25.10"), ("2000-01-01", "7.85", "25.60"),
    ("2001-01-01", "7.85", "26.10"), ("2003-01-01", "7.85", "26.50"), ("2004-01-01", "7.85", "26.90"),
    ("2005-01-01", "7.85", "27.30"), ("2011-01-01", "8.12", "27.30"), ("2012-01-01", "8.39", "27.30"),
    ("2012-11-01", "8.49", "27.40"), ("2013-01-01", "8.76", "28.85"), ("2014-01-01", "9.14", "30.40"),
    ("2015-01-01", "9.54", "30.50"), ("2016-01-01", "9.94", "30.60"), ("2017-01-01", "10.29", "30.65"),
    ("2018-01-01", "10.56", "30.65"), ("2019-01-01", "10.83", "30.65"), ("2020-01-01", "11.10", "30.65"),
    ("2024-01-01", "11.10", "31.65"), ("2025-01-01", "11.10", "34.65"), ("2026-01-01", "11.10", "37.65"),
    ("2027-01-01", "11.10", "40.65"), ("2028-01-01", "11.10", "43.65"),
]  # fmt: skip
EURO_CENTS = st.integers(0, 1_000_000).map(lambda cents: D(cents) / 100)


@pytest.mark.parametrize(("row", "before"), list(zip(TABLE[1:], TABLE, strict=False)))
def test_on_the_day_a_rate_changes_and_on_the_day_before(
    row: tuple[str, str, str], before: tuple[str, str, str]
) -> None:
    first = DAY.fromisoformat(row[0])
    for day, (_, agent, employer) in ((first, row), (first - datetime.timedelta(days=1), before)):
        due = contributions(CnraclPay(D(10_000)), period=day).value
        assert (due.agent, due.employer) == (D(agent) * 100, D(employer) * 100)


def test_every_change_since_1991_has_its_row() -> None:
    changes = {one.valid_from for who in ("agent", "employer") for one in parameter(f"cnracl.{who}_rate").values}
    assert [DAY.fromisoformat(row[0]) for row in TABLE] == sorted(day for day in changes if day >= DAY(1991, 2, 1))


def test_what_is_planned_says_so() -> None:
    assert any("prévue" in text for text in contributions(CnraclPay(D(2500)), period=DAY(2027, 6, 1)).warnings)
    assert not contributions(CnraclPay(D(2500)), period=DAY(2026, 6, 1)).warnings


def test_the_base_holds_nbi_cti_and_bonuses_each_under_its_codes() -> None:
    pay = CnraclPay(D(2000), nbi=D(100), cti=D(240), care_assistant_bonus=D(200), fire_allowance=D(400))
    due = contributions(pay, period=DAY(2026, 3, 1)).value
    assert (due.base, due.agent, due.employer) == (D(2940), D("326.34"), D("1106.91"))
    assert due.total == D("1433.25")
    assert [
        (part.agent_code, part.employer_code, part.base) for part in by_code(pay, period=DAY(2026, 3, 1)).value
    ] == [
        ("300", "301", D(2240)),
        ("304", "305", D(100)),
        ("306", "307", D(400)),
        ("309", "310", D(200)),
    ]


def test_january_2025_owes_the_raised_rate_though_it_was_paid_at_the_old_one() -> None:
    left = regularisation(CnraclPay(D("2000.00")), period=DAY(2025, 1, 1), paid_at_rates_of=DAY(2024, 12, 1))
    assert (left.value.agent, left.value.employer) == (D("0.00"), D("60.00"))
    assert left.steps[-1].result == D("60.00")


@pytest.mark.parametrize("pay", [{"indexed_pay": D(-1)}, {"indexed_pay": D(1), "nbi": D("NaN")}])
def test_what_is_no_pay_is_refused(pay: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match="no amount"):
        CnraclPay(**pay)


def test_before_the_fund_there_is_no_rate() -> None:
    with pytest.raises(NotKnown):
        contributions(CnraclPay(D(1)), period=DAY(1947, 9, 18))


@settings(deadline=None, max_examples=60)
@given(EURO_CENTS, EURO_CENTS, st.sampled_from(TABLE))
def test_contributions_never_fall_with_the_base(base: Decimal, more: Decimal, row: tuple[str, str, str]) -> None:
    period = DAY.fromisoformat(row[0])
    low, high = (contributions(CnraclPay(amount), period=period).value for amount in (base, base + more))
    assert low.agent <= high.agent and low.employer <= high.employer


@settings(deadline=None, max_examples=60)
@given(st.lists(EURO_CENTS, min_size=2, max_size=6), st.sampled_from(TABLE))
def test_a_month_that_is_split_owes_the_same_within_a_cent_a_part(
    parts: list[Decimal], row: tuple[str, str, str]
) -> None:
    period = DAY.fromisoformat(row[0])
    whole = contributions(CnraclPay(sum(parts, D(0))), period=period).value
    split = [contributions(CnraclPay(part), period=period).value for part in parts]
    for who in ("agent", "employer"):
        assert abs(getattr(whole, who) - sum(getattr(one, who) for one in split)) <= D("0.01") * len(parts)
    # Before rounding nothing is lost at all: the exact product is the sum of the exact products.
    rate = D(row[1]) / 100
    assert sum(part * rate for part in parts) == sum(parts, D(0)) * rate


def overtime(month: int, paid: str, agent: str = "222.00") -> OvertimeMonth:
    return OvertimeMonth(DAY(2026, month, 1), D(paid), D(2000), D(agent))


def test_overtime_takes_five_percent_off_within_a_fifth_of_the_pay_so_far() -> None:
    # January may count 400, February 800 in all: what January could not count comes back.
    assert overtime_reduction([overtime(1, "500"), overtime(2, "100"), overtime(3, "0")]).value == (
        D("20.00"),
        D("10.00"),
        D("0.00"),
    )


def test_the_reduction_never_exceeds_the_contribution_and_months_follow() -> None:
    assert overtime_reduction([overtime(1, "400", "12.00")]).value == (D("12.00"),)
    with pytest.raises(ValueError, match="follow"):
        overtime_reduction([overtime(2, "1"), overtime(1, "1")])
    with pytest.raises(NotKnown):
        overtime_reduction([OvertimeMonth(DAY(2018, 12, 1), D(1), D(1), D(1))])


@pytest.mark.parametrize(
    ("worked", "rate"), [("0.5", "22.25"), ("0.6", "20.02"), ("0.7", "17.79"), ("0.8", "15.56"), ("0.9", "13.33")]
)
def test_the_surcotisation_rates_published_in_2025(worked: str, rate: str) -> None:
    found = surcotisation(D(worked), period=DAY(2025, 1, 1), full_time_pay=D(2000))
    assert found.value.rate == D(rate) and found.value.amount == D(rate) * 20


def test_the_disabled_owe_the_ordinary_rate_and_what_was_not_read_is_refused() -> None:
    assert surcotisation(D("0.5"), period=DAY(2026, 1, 1), disabled=True).value.rate == D("11.10")
    with pytest.raises(NotKnown):
        surcotisation(D("0.5"), period=DAY(2026, 1, 1))
    assert surcotisation(D("0.5"), period=DAY(2019, 1, 1)).uncertain
    with pytest.raises(ValueError, match="fraction"):
        surcotisation(D(0), period=DAY(2025, 1, 1))


@pytest.mark.parametrize(("worked", "months"), [("0.5", 24), ("0.6", 30), ("0.7", 40), ("0.8", 60), ("0.9", 120)])
def test_how_long_one_may_surcotise(worked: str, months: int) -> None:
    assert longest_in_months(D(worked), on=DAY(2026, 1, 1)).value == months
    assert longest_in_months(D(worked), on=DAY(2026, 1, 1), disabled=True).value == months * 2


def test_full_time_gains_nothing_and_children_gain_twelve_quarters_each() -> None:
    with pytest.raises(ValueError, match="nothing to gain"):
        longest_in_months(D(1), on=DAY(2026, 1, 1))
    assert free_quarters(2, on=DAY(2026, 1, 1)).value == 24
    with pytest.raises(ValueError, match="children"):
        free_quarters(-1, on=DAY(2026, 1, 1))
