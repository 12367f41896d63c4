"""ATIACL, FEH, FCCPA and CNFPT: rates on both sides of each change, the NBI said or not, the injury allowance."""

import datetime
from decimal import Decimal

import pytest

from parvis.regulations.contributions.employer_funds import EmployerFund, employer_contribution, injury_allowance
from parvis.regulations.contributions.training import cdg_ceiling, cnfpt_contribution
from parvis.regulations.parameters import NotKnown

DAY = datetime.date
D = Decimal


@pytest.mark.parametrize(
    ("fund", "on", "amount"),
    [
        (EmployerFund.ATIACL, DAY(1980, 6, 30), "2.00"),
        (EmployerFund.ATIACL, DAY(1980, 7, 1), "4.00"),
        (EmployerFund.ATIACL, DAY(1982, 1, 1), "5.00"),
        (EmployerFund.ATIACL, DAY(2012, 12, 31), "5.00"),
        (EmployerFund.ATIACL, DAY(2013, 1, 1), "4.00"),
        (EmployerFund.FEH, DAY(1998, 12, 31), "4.50"),
        (EmployerFund.FEH, DAY(1999, 1, 1), "6.70"),
        (EmployerFund.FEH, DAY(2000, 1, 1), "8.00"),
        (EmployerFund.FEH, DAY(2016, 12, 31), "10.00"),
        (EmployerFund.FEH, DAY(2017, 1, 1), "8.00"),
        (EmployerFund.FCCPA, DAY(2001, 12, 31), "2.00"),
        (EmployerFund.FCCPA, DAY(2010, 12, 31), "5.00"),
        (EmployerFund.FCCPA, DAY(2011, 1, 1), "0.00"),
    ],
)
def test_rates_on_both_sides_of_each_change(fund: EmployerFund, on: datetime.date, amount: str) -> None:
    assert employer_contribution(fund, D(1000), D(0), period=on, with_nbi=False).value == D(amount)


def test_the_nbi_counts_where_it_is_said_and_is_in_doubt_either_way() -> None:
    for with_nbi, amount in ((True, "12.00"), (False, "8.00")):
        found = employer_contribution(EmployerFund.ATIACL, D(2000), D(1000), period=DAY(2021, 1, 1), with_nbi=with_nbi)
        assert found.value == D(amount) and found.uncertain and found.warnings
    sure = employer_contribution(EmployerFund.ATIACL, D(2000), D(0), period=DAY(2021, 1, 1), with_nbi=True)
    assert not sure.uncertain and not sure.warnings


def test_before_a_fund_and_below_zero_nothing_is_computed() -> None:
    with pytest.raises(NotKnown):
        employer_contribution(EmployerFund.FEH, D(1), D(0), period=DAY(1994, 12, 31), with_nbi=False)
    with pytest.raises(ValueError, match="no amount"):
        employer_contribution(EmployerFund.FEH, D(-1), D(0), period=DAY(2026, 1, 1), with_nbi=False)


def test_the_injury_allowance_is_a_share_of_the_pay_of_index_245() -> None:
    found = injury_allowance(D("0.4"), on=DAY(2012, 1, 1)).value
    assert (found.base, found.amount) == (D("1134.42"), D("453.77"))
    assert injury_allowance(D("0.1"), on=DAY(2026, 1, 1)).value.base == D("1206.08")
    with pytest.raises(ValueError, match="disability"):
        injury_allowance(D(40), on=DAY(2012, 1, 1))


@pytest.mark.parametrize(
    ("on", "assisted", "amount"),
    [
        (DAY(2015, 12, 31), False, "20.00"),
        (DAY(2016, 1, 1), False, "18.00"),
        (DAY(2017, 1, 1), True, "10.00"),
        (DAY(2026, 1, 1), False, "18.00"),
    ],
)
def test_the_cnfpt_by_date_and_contract(on: datetime.date, assisted: bool, amount: str) -> None:
    assert cnfpt_contribution(D(2000), period=on, full_time_posts=1, assisted=assisted).value == D(amount)


def test_the_cnfpt_is_owed_from_one_full_time_post_on() -> None:
    assert cnfpt_contribution(D(2000), period=DAY(2026, 1, 1), full_time_posts=0).value == 0
    with pytest.raises(NotKnown):
        cnfpt_contribution(D(2000), period=DAY(2016, 12, 31), full_time_posts=1, assisted=True)
    assert cdg_ceiling(D(2000), period=DAY(2026, 1, 1)).value == D("16.00")
