"""The schedule of an establishment: what it holds, what it leaves out and why, contracts that begin and end."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.due_dates.calendar import Fund
from parvis.regulations.due_dates.schedule import Act, Contract, Establishment, schedule
from parvis.regulations.obligations.elected_members import Authority
from parvis.regulations.parameters.model import Confidence
from parvis.regulations.periods import Period

DAY = datetime.date
D = Decimal
YEAR = Period(DAY(2026, 1, 1), DAY(2027, 1, 1))


def held(*funds: Fund) -> tuple[Contract, ...]:
    return tuple(Contract(fund, DAY(2015, 1, 1)) for fund in funds)


VILLAGE = Establishment(
    Authority.COMMUNE,
    held(Fund.CNRACL, Fund.ATIACL, Fund.RAFP, Fund.IRCANTEC),
    civil_servants=6,
    headcount=12,
    full_time_equivalent=D(10),
    ircantec_last_year={2025: D(2400), 2026: D(2400)},
    inhabitants=800,
)
HOSPITAL = Establishment(
    Authority.HOSPITAL,
    held(Fund.CNRACL, Fund.ATIACL, Fund.FEH, Fund.RAFP, Fund.IRCANTEC),
    civil_servants=900,
    headcount=1200,
    full_time_equivalent=D(1100),
    ircantec_last_year={2025: D(90_000), 2026: D(90_000)},
)


def days(place: Establishment, fund: Fund, act: Act, span: Period = YEAR) -> list[str]:
    found = schedule(place, span).obligations
    return [one.placed_on.isoformat()[5:] for one in found if one.fund is fund and one.act is act]


def test_a_village_pays_by_quarter_and_once_a_year() -> None:
    assert days(VILLAGE, Fund.CNRACL, Act.PAY) == ["01-05", "04-05", "07-05", "10-05"]
    assert days(VILLAGE, Fund.IRCANTEC, Act.PAY) == ["01-15", "04-15", "07-15", "10-15"]
    assert days(VILLAGE, Fund.RAFP, Act.PAY) == ["03-31"]
    assert days(VILLAGE, Fund.DSN, Act.DECLARE) == [f"{month:02}-15" for month in range(1, 13)]
    assert days(VILLAGE, Fund.DSN, Act.CORRECT) == [f"{month:02}-18" for month in range(1, 13)]
    assert days(VILLAGE, Fund.ATIACL, Act.DECLARE) == ["01-31"]
    assert days(VILLAGE, Fund.FNC, Act.DECLARE) == ["01-01"]
    assert days(VILLAGE, Fund.FIPHFP, Act.DECLARE_AND_PAY) == []
    assert days(VILLAGE, Fund.FAEFM, Act.PAY) == []
    assert days(VILLAGE, Fund.DIF, Act.DECLARE_AND_PAY) == ["12-31"]
    assert schedule(VILLAGE, YEAR).missing == ()


def test_a_hospital_pays_every_month_and_has_no_elected_members() -> None:
    for fund in (Fund.CNRACL, Fund.ATIACL, Fund.FEH):
        assert days(HOSPITAL, fund, Act.PAY) == [f"{month:02}-05" for month in range(1, 13)]
    assert days(HOSPITAL, Fund.RAFP, Act.PAY) == [f"{month:02}-15" for month in range(1, 13)]
    assert days(HOSPITAL, Fund.DSN, Act.DECLARE) == [f"{month:02}-05" for month in range(1, 13)]
    assert days(HOSPITAL, Fund.FIPHFP, Act.DECLARE_AND_PAY) == ["04-30"]
    assert not {one.fund for one in schedule(HOSPITAL, YEAR).obligations} & {Fund.FAEFM, Fund.DIF, Fund.FNC}


@pytest.mark.parametrize(("inhabitants", "expected"), [(1000, []), (1001, ["11-30"])])
def test_the_faefm_from_more_than_a_thousand_inhabitants_on(inhabitants: int, expected: list[str]) -> None:
    assert days(replace(VILLAGE, inhabitants=inhabitants), Fund.FAEFM, Act.PAY) == expected


@pytest.mark.parametrize(
    ("full_time", "called", "act", "expected"),
    [
        (D("19.99"), False, Act.DECLARE_AND_PAY, []),
        (D("19.99"), True, Act.DECLARE, ["04-30"]),
        (D(20), False, Act.DECLARE_AND_PAY, ["04-30"]),
    ],
)
def test_the_fiphfp_from_twenty_in_full_time_on(
    full_time: Decimal, called: bool, act: Act, expected: list[str]
) -> None:
    place = replace(VILLAGE, full_time_equivalent=full_time, called_by_fiphfp=called)
    assert days(place, Fund.FIPHFP, act) == expected


def test_every_obligation_says_its_rule_its_source_and_how_sure_it_is() -> None:
    for one in schedule(replace(VILLAGE, full_time_equivalent=D(25), inhabitants=2000), YEAR).obligations:
        assert one.label and one.rule.endswith(".") and one.source and isinstance(one.confidence, Confidence)
        assert one.due_on is not None or one.opens_on is not None
    by_fund = {one.fund: one.confidence for one in schedule(VILLAGE, YEAR).obligations if one.act is Act.PAY}
    assert by_fund[Fund.CNRACL] is Confidence.OFFICIAL and by_fund[Fund.IRCANTEC] is Confidence.UNCERTAIN


def test_what_is_not_known_is_said_and_not_guessed() -> None:
    blank = Establishment(Authority.COMMUNE, held(Fund.CNRACL, Fund.RAFP, Fund.IRCANTEC), pays_allowances=False)
    found = schedule(blank, YEAR)
    assert found.obligations == ()
    said = " ".join(found.missing)
    for word in ("CNRACL", "RAFP", "Ircantec, 2025", "Ircantec, 2026", "DSN", "FIPHFP", "FNC", "FAEFM"):
        assert word in said
    assert "2024" not in said


def test_a_contract_that_ended_still_owes_its_last_period_and_one_that_begins_its_first() -> None:
    ended = replace(HOSPITAL, contracts=(Contract(Fund.CNRACL, DAY(2015, 1, 1), DAY(2026, 3, 1)),))
    assert days(ended, Fund.CNRACL, Act.PAY) == ["01-05", "02-05", "03-05"]
    begun = replace(HOSPITAL, contracts=(Contract(Fund.CNRACL, DAY(2026, 10, 20)),))
    assert days(begun, Fund.CNRACL, Act.PAY) == ["11-05", "12-05"]
    assert days(begun, Fund.CNRACL, Act.PAY, Period(DAY(2026, 12, 31), DAY(2027, 2, 1))) == ["01-05"]
    # A quarter is owed as soon as the contract held on one of its days.
    village = replace(VILLAGE, contracts=(Contract(Fund.CNRACL, DAY(2026, 2, 15), DAY(2026, 5, 1)),))
    assert days(village, Fund.CNRACL, Act.PAY) == ["04-05", "07-05"]


def test_without_a_contract_there_is_no_dsn_nor_payment() -> None:
    found = schedule(replace(VILLAGE, contracts=()), YEAR).obligations
    assert {one.fund for one in found} == {Fund.FNC, Fund.DIF}


def test_old_spans_hold_what_was_known_then() -> None:
    found = schedule(
        replace(VILLAGE, ircantec_last_year={2012: D(9000), 2013: D(9000)}), Period(DAY(2013, 1, 1), DAY(2013, 3, 1))
    )
    assert {one.fund for one in found.obligations} <= {Fund.CNRACL, Fund.ATIACL, Fund.RAFP, Fund.IRCANTEC, Fund.FNC}
    assert not [one for one in found.obligations if one.fund is Fund.FNC]


@settings(deadline=None, max_examples=15)
@given(st.dates(DAY(2022, 6, 1), DAY(2028, 1, 1)), st.integers(1, 400), st.integers(1, 400))
def test_two_spans_in_a_row_hold_what_one_does(start: datetime.date, first: int, second: int) -> None:
    middle, end = start + datetime.timedelta(days=first), start + datetime.timedelta(days=first + second)
    place = replace(VILLAGE, ircantec_last_year={year: D(2400) for year in range(2019, 2032)}, inhabitants=3000)
    one = schedule(place, Period(start, end)).obligations
    two = schedule(place, Period(start, middle)).obligations + schedule(place, Period(middle, end)).obligations
    assert one == two
    assert list(one) == sorted(one, key=lambda found: found.placed_on)
