"""Percentage, increase for children, invalidity, survivors, revaluation, work beside a pension, durations, children."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.regulations.parameters import NotKnown
from parvis.regulations.pensions import afterwards, amount, children, durations, survivors
from parvis.regulations.pensions.children import Child, ChildQuarters
from parvis.regulations.pensions.survivors import Marriage

DAY, D = datetime.date, Decimal
ON = DAY(2026, 9, 1)


def base(services: int, bonifications: int = 0, **adjusted: Decimal) -> Decimal:
    found = amount.base_pension(D(20000), D(services), D(160), ON, bonifications=D(bonifications), **adjusted)
    return found.value


@pytest.mark.parametrize(
    ("services", "bonifications", "expected"),
    [
        (0, 0, 0),
        (80, 0, 7500),
        (160, 0, 15000),
        (170, 0, 15000),
        (156, 4, 15000),
        (160, 4, 15375),
        (170, 4, 15375),
        (160, 20, 16000),
        (120, 60, 16000),
    ],
)
def test_75_percent_and_80_with_bonifications(services: int, bonifications: int, expected: int) -> None:
    assert base(services, bonifications) == expected


def test_decote_and_surcote_multiply() -> None:
    assert base(160, decote=D(10)) == 13500 and base(160, surcote=D("7.5")) == 16125
    with pytest.raises(ValueError, match="below 0"):
        base(-1)
    with pytest.raises(ValueError, match="above 0"):
        amount.prorata(D(100), D(0))


@pytest.mark.parametrize(
    ("number", "pay", "increase"),
    [(0, None, 0), (2, None, 0), (3, None, 100), (4, None, 150), (7, None, 300), (7, 1200, 200), (3, 900, 0)],
)
def test_children_increase_and_its_cap(number: int, pay: int | None, increase: int) -> None:
    found = amount.children_increase(number, D(1000), ON, pay=None if pay is None else D(pay))
    assert found.value == increase


def test_children_are_not_below_0() -> None:
    with pytest.raises(ValueError, match="below 0"):
        amount.children_increase(-1, D(1000), ON)


@pytest.mark.parametrize(
    ("rate", "part", "found"), [("59.9", "0.2", "0.2"), ("60", "0.2", "0.5"), ("80", "0.7", "0.7")]
)
def test_invalidity_floor(rate: str, part: str, found: str) -> None:
    assert amount.invalidity_floor(D(rate), D(part), ON).value == D(found)


@pytest.mark.parametrize(
    ("rate", "part", "total"), [("75", "0.6", 6000), ("20", "0.5", 4200), ("60", "0.1", 6000), ("50", "0.1", 3600)]
)
def test_pension_and_annuity_stay_within_the_pay(rate: str, part: str, total: int) -> None:
    assert amount.with_annuity(D(6000), D(rate), D(part), ON).value == total


@pytest.mark.parametrize(
    ("marriage", "due"),
    [
        (Marriage(D(48)), True),
        (Marriage(D("47.9")), False),
        (Marriage(D(30), months_before_end=D(24)), True),
        (Marriage(D(30), months_before_end=D(23)), False),
        (Marriage(D(1), child=True), True),
        (Marriage(D(1), invalid_after=True), True),
        (Marriage(D(100), child=True, new_union=True), False),
    ],
)
def test_survivors(marriage: Marriage, due: bool) -> None:
    assert survivors.reversion(D("1800.01"), marriage, ON).value == (D("900.01") if due else 0)
    assert survivors.rafp_reversion(D(60), marriage, ON).value == (30 if due else 0)
    assert survivors.rafp_reversion(D(60), marriage, ON, as_simulated=False).value == 30


def test_survivors_share_by_months_of_marriage() -> None:
    parts = survivors.shared({"first": D(120), "second": D(240)})
    assert sum(parts.values()) == 1 and parts["second"] == D(240) / 360
    assert survivors.reversion(D(1800), Marriage(D(240)), ON, part=parts["second"]).value == D(600)
    assert survivors.orphan(D(1800), ON).value == 180
    with pytest.raises(ValueError, match="no marriage"):
        survivors.shared({})
    with pytest.raises(ValueError, match="between"):
        survivors.reversion(D(1800), Marriage(D(240)), ON, part=D(2))


def test_deferred_revaluation() -> None:
    assert afterwards.revalued(D(1000), DAY(2024, 12, 31), DAY(2026, 1, 1)).value == D(1000) * D("1.022") * D("1.009")
    assert afterwards.revalued(D(1000), DAY(2025, 1, 1), DAY(2025, 12, 31)).value == 1000
    assert afterwards.revalued(D(1000), DAY(2026, 1, 1), DAY(2026, 1, 1)).value == 1000
    small = afterwards.revalued(D(1000), DAY(2019, 6, 1), DAY(2020, 1, 1), monthly=D(2000))
    assert small.value == 1010 and not small.warnings
    large = afterwards.revalued(D(1000), DAY(2019, 6, 1), DAY(2020, 1, 1))
    assert large.value == 1003 and large.warnings
    with pytest.raises(NotKnown):
        afterwards.revalued(D(1000), DAY(2026, 6, 1), DAY(2027, 1, 1))
    with pytest.raises(ValueError, match="before"):
        afterwards.revalued(D(1000), DAY(2026, 6, 1), DAY(2026, 1, 1))


def test_work_beside_a_pension() -> None:
    assert afterwards.work_ceiling(D(18000), ON).value == D("14198.10")
    assert afterwards.deduction(D(21623), D("14198.10")).value == D("7424.90")
    assert afterwards.deduction(D(10925), D("14198.10")).value == 0
    with pytest.raises(NotKnown):
        afterwards.work_ceiling(D(18000), DAY(2027, 1, 1))
    with pytest.raises(ValueError, match="below 0"):
        afterwards.deduction(D(-1), D(1))


@pytest.mark.parametrize(
    ("text", "quarters"),
    [
        ("28a4m14j", 113),
        ("28a4m15j", 114),
        ("44j", 0),
        ("45j", 1),
        ("2a", 8),
        ("1a 1m 15j", 5),
        ("134j", 1),
        ("135j", 2),
    ],
)
def test_rounding_of_durations(text: str, quarters: int) -> None:
    assert durations.rounded(durations.days_of(text)).value == quarters


@pytest.mark.parametrize("text", ["", "abc", "4", "28-4"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        durations.days_of(text)


@given(
    start=st.dates(DAY(1980, 1, 1), DAY(2030, 1, 1)),
    first=st.integers(0, 4000),
    second=st.integers(0, 4000),
)
def test_days_of_360_never_fall_and_years_are_whole(start: datetime.date, first: int, second: int) -> None:
    low, high = sorted((first, second))
    near, far = start + datetime.timedelta(days=low), start + datetime.timedelta(days=high)
    assert 0 <= durations.days_between(start, near) <= durations.days_between(start, far)
    assert durations.days_between(start, start.replace(year=start.year + 4)) == 1440


def test_part_time() -> None:
    counted, insured = durations.part_time(360, D("0.8")).value
    assert (counted.quarters, counted.days, insured) == (3, 18, 4)
    assert durations.part_time(360, D("0.5"), kept_whole=True).value[0].quarters == 4
    for share in (D(0), D("1.1")):
        with pytest.raises(ValueError, match="share"):
            durations.part_time(360, share)


def test_quarters_for_children() -> None:
    eve, new = Child(DAY(2003, 12, 31)), Child(DAY(2004, 1, 1))

    def of(*family: Child, since_september: bool = False) -> ChildQuarters:
        return children.child_quarters(family, DAY(2026, 9, 1) if since_september else DAY(2026, 8, 31)).value

    assert of(eve, eve, new) == ChildQuarters(8, 2)
    assert of(Child(DAY(2000, 1, 1), interrupted=False), Child(DAY(2010, 1, 1), borne_in_service=False)) == (
        ChildQuarters(0, 0)
    )
    assert of(eve, new, since_september=True) == ChildQuarters(5, 1)
    assert children.child_quarters([new], DAY(2026, 9, 1)).uncertain
    assert of().insured == 0


def test_firefighters() -> None:
    assert children.firefighter_quarters(25 * 360, ON).value == 20
    assert children.firefighter_quarters(10 * 360, ON).value == 8
    found = [children.volunteer_quarters(years, DAY(2026, 7, 1)).value for years in (9, 10, 19, 20, 24, 25, 40)]
    assert found == [0, 1, 1, 2, 2, 3, 3]
    assert children.volunteer_quarters(25, DAY(2026, 6, 30)).value == 0
