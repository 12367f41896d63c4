"""Due dates by fund, size and kind of employer, at each threshold."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.due_dates.calendar import (
    Fund,
    Payer,
    Periodicity,
    PeriodicityNotSet,
    covering,
    due,
    periodicity,
)
from parvis.regulations.parameters import NotKnown
from parvis.regulations.parameters.model import Confidence
from parvis.regulations.periods import Period

DAY = datetime.date
D = Decimal
MONTHLY, QUARTERLY, YEARLY = Periodicity.MONTHLY, Periodicity.QUARTERLY, Periodicity.YEARLY


def on(fund: Fund, payer: Payer, period: datetime.date) -> tuple[Periodicity, datetime.date]:
    found = due(fund, payer, period=period).value
    return found.periodicity, found.on


@pytest.mark.parametrize("fund", [Fund.CNRACL, Fund.ATIACL, Fund.FEH])
@pytest.mark.parametrize(
    ("payer", "period", "expected"),
    [
        (Payer(agents=10), DAY(2026, 3, 31), (MONTHLY, DAY(2026, 4, 5))),
        (Payer(agents=10), DAY(2026, 12, 1), (MONTHLY, DAY(2027, 1, 5))),
        (Payer(agents=9), DAY(2026, 1, 1), (QUARTERLY, DAY(2026, 4, 5))),
        (Payer(agents=1), DAY(2026, 11, 15), (QUARTERLY, DAY(2027, 1, 5))),
        (Payer(state_body=True, seconded=1), DAY(2026, 2, 1), (MONTHLY, DAY(2026, 3, 5))),
        (Payer(agents=4, state_body=True), DAY(2026, 2, 1), (QUARTERLY, DAY(2026, 4, 5))),
        (Payer(agents=4, seconded=1), DAY(2026, 2, 1), (QUARTERLY, DAY(2026, 4, 5))),
    ],
)
def test_the_cnracl_and_those_paid_like_it(
    fund: Fund, payer: Payer, period: datetime.date, expected: tuple[Periodicity, datetime.date]
) -> None:
    assert on(fund, payer, period) == expected


@pytest.mark.parametrize(("agents", "expected"), [(10, (MONTHLY, DAY(2026, 6, 15))), (9, (YEARLY, DAY(2027, 3, 31)))])
def test_the_rafp(agents: int, expected: tuple[Periodicity, datetime.date]) -> None:
    assert on(Fund.RAFP, Payer(agents=agents), DAY(2026, 5, 1)) == expected


@pytest.mark.parametrize(
    ("last_year", "expected"),
    [
        ("5000.01", (MONTHLY, DAY(2017, 4, 15))),
        ("5000", (QUARTERLY, DAY(2017, 4, 15))),
        ("1300.01", (QUARTERLY, DAY(2017, 4, 15))),
        ("1300", (YEARLY, DAY(2018, 1, 31))),
        ("0", (YEARLY, DAY(2018, 1, 31))),
    ],
)
def test_the_ircantec_by_last_years_contributions(last_year: str, expected: tuple[Periodicity, datetime.date]) -> None:
    assert on(Fund.IRCANTEC, Payer(contributions_last_year=D(last_year)), DAY(2017, 3, 1)) == expected


def test_the_ircantecs_rule_is_uncertain_from_april_2018_on() -> None:
    payer = Payer(contributions_last_year=D(6000))
    before, after = (due(Fund.IRCANTEC, payer, period=DAY(2018, month, 1)) for month in (3, 4))
    assert before.value.confidence is Confidence.OFFICIAL and not before.uncertain
    assert after.value.confidence is Confidence.UNCERTAIN and after.uncertain


@pytest.mark.parametrize(
    ("payer", "day", "confidence"),
    [
        (Payer(headcount=49), 15, Confidence.OFFICIAL),
        (Payer(headcount=50), 5, Confidence.UNCERTAIN),
        (Payer(headcount=51), 5, Confidence.OFFICIAL),
        (Payer(headcount=51, paid_within_month=False), 15, Confidence.OFFICIAL),
    ],
)
def test_the_dsn_around_fifty_agents(payer: Payer, day: int, confidence: Confidence) -> None:
    found = due(Fund.DSN, payer, period=DAY(2026, 3, 1)).value
    assert (found.on, found.confidence) == (DAY(2026, 4, day), confidence)


@pytest.mark.parametrize(
    ("fund", "day"), [(Fund.FIPHFP, DAY(2026, 4, 30)), (Fund.FAEFM, DAY(2026, 11, 30)), (Fund.DIF, DAY(2026, 12, 31))]
)
def test_what_is_due_once_a_year(fund: Fund, day: datetime.date) -> None:
    assert on(fund, Payer(), DAY(2026, 7, 1)) == (YEARLY, day)


def test_a_weekend_is_kept_and_said() -> None:
    sunday = due(Fund.CNRACL, Payer(agents=25), period=DAY(2026, 3, 1))
    assert sunday.value.on == DAY(2026, 4, 5) and sunday.warnings
    assert not due(Fund.CNRACL, Payer(agents=25), period=DAY(2026, 4, 1)).warnings


@pytest.mark.parametrize(
    ("fund", "payer", "fault"),
    [
        (Fund.CNRACL, Payer(), ValueError),
        (Fund.CNRACL, Payer(agents=0), ValueError),
        (Fund.RAFP, Payer(), ValueError),
        (Fund.DSN, Payer(), ValueError),
        (Fund.IRCANTEC, Payer(), PeriodicityNotSet),
        (Fund.IRCANTEC, Payer(contributions_last_year=D(-1)), ValueError),
        (Fund.FNC, Payer(), ValueError),
    ],
)
def test_without_what_decides_no_day_is_said(fund: Fund, payer: Payer, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        due(fund, payer, period=DAY(2026, 1, 1))


def test_before_the_texts_no_day_is_said() -> None:
    with pytest.raises(NotKnown):
        periodicity(Fund.IRCANTEC, Payer(contributions_last_year=D(1)), on=DAY(2008, 9, 24))


@settings(deadline=None, max_examples=60)
@given(st.dates(DAY(2010, 1, 1), DAY(2040, 12, 31)), st.sampled_from(Periodicity), st.integers(1, 60))
def test_a_day_is_in_its_period_and_payments_come_after_it(
    day: datetime.date, how_often: Periodicity, agents: int
) -> None:
    assert day in covering(how_often, day)
    for fund in (Fund.CNRACL, Fund.RAFP):
        found = due(fund, Payer(agents=agents), period=day).value
        assert day in found.period and found.on >= found.period.ends_before


def test_the_periods_of_a_year() -> None:
    assert covering(QUARTERLY, DAY(2026, 5, 31)) == Period(DAY(2026, 4, 1), DAY(2026, 7, 1))
    assert covering(YEARLY, DAY(2026, 12, 31)) == Period(DAY(2026, 1, 1), DAY(2027, 1, 1))
