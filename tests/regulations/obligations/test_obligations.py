"""FIPHFP and its yardstick, FNC, FAEFM and DIF élus: thresholds, rounding, what is uncertain, refusals."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.obligations.disabled_workers import (
    Beneficiary,
    Sector,
    contribution,
    is_liable,
    legal_number,
    units,
)
from parvis.regulations.obligations.elected_members import (
    Authority,
    faefm_contribution,
    owes_faefm,
    owes_training,
    training_contribution,
)
from parvis.regulations.obligations.family_fund import FamilyFund, balance, coefficient, fund_of
from parvis.regulations.parameters import NotKnown

DAY = datetime.date
D = Decimal
REFERENCE = DAY(2025, 12, 31)


@pytest.mark.parametrize(("headcount", "number"), [(0, 0), (16, 0), (17, 1), (33, 1), (34, 2), (38, 2), (100, 6)])
def test_the_legal_number_is_rounded_down(headcount: int, number: int) -> None:
    assert legal_number(headcount, on=REFERENCE).value == number


def test_mayotte_has_its_own_share() -> None:
    assert legal_number(120, on=REFERENCE, mayotte=True).value == 2


@pytest.mark.parametrize(("full_time", "liable"), [("19.99", False), ("20", True)])
def test_full_time_equivalents_decide_of_the_liability_alone(full_time: str, liable: bool) -> None:
    assert is_liable(D(full_time), on=REFERENCE).value is liable


def test_after_the_fiftieth_birthday_one_counts_half_more_for_a_year() -> None:
    late, before, ordinary = Beneficiary(True, True), Beneficiary(True, False), Beneficiary()
    assert units([late, before, ordinary], on=REFERENCE).value == D("3.5")
    assert units([], on=REFERENCE).value == 0


def test_the_public_contribution_is_uncertain_and_says_so() -> None:
    found = contribution(120, D(5), on=REFERENCE)
    assert found.value.net == 2 * 400 * D("11.88") and found.uncertain and found.warnings


@pytest.mark.parametrize(
    ("headcount", "times"), [(20, 400), (249, 400), (250, 500), (749, 500), (750, 600), (5000, 600)]
)
def test_the_multiplier_grows_with_the_headcount(headcount: int, times: int) -> None:
    found = contribution(headcount, D(0), on=REFERENCE, hourly_smic=D(1), sector=Sector.PRIVATE)
    assert found.value.gross == found.value.legal_number * times and not found.uncertain


def test_units_and_expenses_take_off_never_below_zero() -> None:
    assert contribution(120, D(9), on=REFERENCE).value.gross == 0
    assert contribution(120, D(5), on=REFERENCE, deductible_units=D("0.5")).value.missing == D("1.5")
    found = contribution(120, D(5), on=REFERENCE, deducted=D(8000), deducted_at_most=D("0.75")).value
    assert found.deducted == D("7128.00") and found.net == D("2376.00")
    assert contribution(120, D(5), on=REFERENCE, deducted=D(10**9)).value.net == 0


def test_who_did_not_declare_owes_for_the_whole_headcount() -> None:
    found = contribution(120, D(7), on=REFERENCE, deducted=D(5000), declared=False).value
    assert (found.missing, found.deducted, found.net) == (7, 0, 7 * 400 * D("11.88"))


def test_what_is_no_headcount_is_refused() -> None:
    with pytest.raises(ValueError, match="no amount"):
        legal_number(-1, on=REFERENCE)
    with pytest.raises(ValueError, match="no amount"):
        contribution(20, D(-1), on=REFERENCE)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 3000), st.integers(0, 60), st.integers(0, 60))
def test_a_beneficiary_more_never_costs_more(headcount: int, boe: int, more: int) -> None:
    least, most = (contribution(headcount, D(n), on=REFERENCE).value.net for n in (boe + more, boe))
    assert 0 <= least <= most


@pytest.mark.parametrize(
    ("year", "full_time", "part_hours"),
    [
        (2014, "1.44", "1.70"),
        (2016, "1.43", "1.70"),
        (2019, "1.37", "1.80"),
        (2021, "1.24", "1.40"),
        (2022, "1.21", "1.35"),
    ],
)
def test_the_fncs_coefficients_by_year_of_the_pay(year: int, full_time: str, part_hours: str) -> None:
    for fund, rate in ((FamilyFund.FULL_TIME, full_time), (FamilyFund.PART_HOURS, part_hours)):
        found = balance(fund, D(100_000), D(1000), year=year).value
        assert found.share == D(rate) * 1000 and found.balance == found.share - 1000


def test_a_coefficient_that_was_not_found_is_refused_unless_given() -> None:
    for year in (2013, 2023):
        with pytest.raises(NotKnown):
            balance(FamilyFund.FULL_TIME, D(1), D(0), year=year)
    assert balance(FamilyFund.FULL_TIME, D(1000), D(0), year=2024, coefficient=D("1.2")).value.share == 12
    assert fund_of(True) is FamilyFund.FULL_TIME and fund_of(False) is FamilyFund.PART_HOURS


def test_the_coefficient_has_four_decimals() -> None:
    assert coefficient(D(1200), D(10), D(3), D(100_003), D(3)).value == D("1.21")
    with pytest.raises(ValueError, match="no pay"):
        coefficient(D(1), D(1), D(1), D(3), D(3))


@pytest.mark.parametrize(
    ("authority", "inhabitants", "owes"),
    [
        (Authority.COMMUNE, 1000, False),
        (Authority.COMMUNE, 1001, True),
        (Authority.OWN_TAX_EPCI, None, True),
        (Authority.DEPARTMENT, None, True),
        (Authority.SYNDICATE, None, False),
        (Authority.HOSPITAL, None, False),
    ],
)
def test_who_pays_to_the_faefm(authority: Authority, inhabitants: int | None, owes: bool) -> None:
    assert owes_faefm(authority, inhabitants, on=DAY(2026, 1, 1)).value is owes


@pytest.mark.parametrize(
    ("year", "amount"), [(2003, 20), (2004, 40), (2009, 40), (2010, 0), (2018, 0), (2019, 40), (2026, 40)]
)
def test_the_faefms_rate_by_year(year: int, amount: int) -> None:
    assert faefm_contribution(D(20_000), year=year).value == amount


def test_elected_members_pay_for_their_training_where_they_have_allowances() -> None:
    assert owes_training(Authority.COMMUNE, pays_allowances=True).value
    assert not owes_training(Authority.COMMUNE, pays_allowances=False).value
    assert not owes_training(Authority.MANAGEMENT_CENTRE, pays_allowances=True).value
    assert training_contribution(D("1234.50"), period=DAY(2026, 1, 1)).value == D("12.35")
    with pytest.raises(ValueError, match="inhabitants"):
        owes_faefm(Authority.COMMUNE, None, on=DAY(2026, 1, 1))
