"""The whole estimate: dates, amounts with their steps, each way out; and that it never falls within an era."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.parameters import NotKnown
from parvis.regulations.pensions.career import Bonification, Career, IndexHeld, Kind, OtherYear, Stretch
from parvis.regulations.pensions.categories import Category
from parvis.regulations.pensions.children import Child
from parvis.regulations.pensions.estimate import NoPension, dates, pension_on, reference_pay
from parvis.regulations.pensions.ways import Way
from parvis.regulations.periods import add_months
from tests.regulations.pensions.hands import two_amounts

DAY, D = datetime.date, Decimal
EUROS = DAY(2026, 9, 1)
INDEX = (IndexHeld(450, DAY(2015, 1, 1)),)


def career(birth: datetime.date, *stretches: Stretch, **more: object) -> Career:
    return Career(birth, stretches, INDEX, **more)  # type: ignore[arg-type]


FULL = career(
    DAY(1964, 7, 1),
    Stretch(DAY(1988, 3, 1)),
    children=(Child(DAY(1992, 1, 1)), Child(DAY(1995, 1, 1)), Child(DAY(2000, 1, 1))),
    other_years=(OtherYear(1984, 4, 4), OtherYear(1985, 4, 4)),
)


def test_a_career_by_age() -> None:
    found = dates(FULL).value
    assert (found.earliest, found.way) == (DAY(2027, 4, 1), Way.AGE)
    assert (found.without_decote, found.age_limit) == (DAY(2027, 4, 1), DAY(2031, 7, 1))
    result = pension_on(FULL, DAY(2027, 4, 1), euros_of=EUROS)
    pension = result.value
    assert (pension.services, pension.bonifications, pension.insured, pension.required) == (156, 12, 176, 170)
    assert pension.pay == D("26583.03")  # 450 × 59.0734
    assert pension.base == D("19702.72")  # 26 583.03 × 75 % × 168 / 170
    assert pension.children == D("1970.27") and pension.annual == D("21672.99") and pension.monthly == D("1806.08")
    assert any("01/09/2026" in text for text in result.warnings)
    assert all(step.rule for step in result.steps) and len(result.steps) > 12


def test_an_eve_is_too_early() -> None:
    with pytest.raises(NoPension, match="ouvert au 31/03/2027"):
        pension_on(FULL, DAY(2027, 3, 31), euros_of=EUROS)


def test_euros_that_are_not_known_are_not_made_up() -> None:
    with pytest.raises(NotKnown):
        pension_on(FULL, DAY(2027, 4, 1))


def test_decote_then_none_at_67() -> None:
    late = career(DAY(1964, 7, 1), Stretch(DAY(2000, 1, 1)))
    found = dates(late).value
    assert (found.earliest, found.without_decote) == (DAY(2027, 4, 1), DAY(2031, 7, 1))
    early = pension_on(late, found.earliest, euros_of=EUROS).value
    assert early.decote.quarters == 17 and early.minimum == 0
    full = pension_on(late, found.without_decote, euros_of=EUROS).value
    assert full.decote.quarters == 0 and full.minimum > 0 and full.annual > early.annual


def test_the_minimum_garanti_takes_over_a_small_pension() -> None:
    small = Career(DAY(1964, 7, 1), (Stretch(DAY(2000, 1, 1)),), (IndexHeld(366, DAY(2000, 1, 1)),), ())
    found = pension_on(small, DAY(2031, 7, 1), euros_of=EUROS).value
    assert found.annual == found.minimum > found.base


def test_active_and_super_active() -> None:
    active = career(DAY(1968, 6, 1), Stretch(DAY(1990, 6, 1), category=Category.ACTIVE))
    found = dates(active).value
    assert (found.earliest, found.way, found.age_limit) == (DAY(2026, 3, 1), Way.ACTIVE, DAY(2030, 6, 1))
    short = career(
        DAY(1968, 6, 1),
        Stretch(DAY(2004, 6, 1), DAY(2021, 5, 1), category=Category.ACTIVE),
        Stretch(DAY(2021, 5, 1)),
    )
    # 16 years and 11 months, where 15 were reached after 2015: 17 are asked for.
    assert dates(short).value.way is Way.AGE
    above = career(DAY(1975, 6, 1), Stretch(DAY(1998, 6, 1), category=Category.SUPER_ACTIVE))
    found = dates(above).value
    assert (found.earliest, found.way, found.age_limit) == (DAY(2028, 6, 1), Way.SUPER_ACTIVE, DAY(2032, 6, 1))


def test_a_long_career() -> None:
    young = career(DAY(1967, 6, 1), Stretch(DAY(1984, 1, 1)))
    found = dates(young).value
    # Begun before 18: from 60 on, with the 172 quarters of the generation, reached in January 2027.
    assert (found.earliest, found.way) == (DAY(2027, 6, 1), Way.LONG_CAREER)
    pension = pension_on(young, found.earliest, euros_of=EUROS).value
    assert pension.decote.quarters == 0 and pension.required == 172
    # Begun before 16: at 58, with the quarters of the year in which the right opens (170 in 2025).
    younger = career(DAY(1967, 6, 1), Stretch(DAY(1982, 1, 1)))
    found = dates(younger).value
    assert (found.earliest, found.way) == (DAY(2025, 6, 1), Way.LONG_CAREER)
    assert pension_on(younger, found.earliest).value.required == 170
    assert pension_on(younger, DAY(2027, 1, 1), euros_of=EUROS).value.required == 170


def test_disability() -> None:
    own = career(DAY(1968, 6, 1), Stretch(DAY(1992, 1, 1)), disabled_since=DAY(1995, 1, 1))
    found = dates(own).value
    # 110 contributed quarters while disabled, reached in 2022; validated ones too were asked for until August 2023.
    assert found.way is Way.DISABILITY and found.earliest == DAY(2023, 9, 1)
    assert pension_on(own, DAY(2024, 1, 1)).value.decote.quarters == 0


def test_invalidity() -> None:
    own = career(DAY(1980, 6, 1), Stretch(DAY(2015, 1, 1)), invalidity=D(65))
    found = pension_on(own, DAY(2026, 1, 1)).value
    assert found.way is Way.INVALIDITY and found.decote.quarters == 0
    assert found.base == D("13291.52")  # half of the pay
    low = career(DAY(1980, 6, 1), Stretch(DAY(2015, 1, 1)), invalidity=D(55))
    assert pension_on(low, DAY(2026, 1, 1)).value.minimum == D("6913.73")  # 57.5 % × 44/60 of the reference


def test_a_deferred_pension_is_revalued_since_the_removal() -> None:
    left = career(DAY(1963, 1, 1), Stretch(DAY(1985, 1, 1), DAY(2024, 6, 1)))
    found = pension_on(left, DAY(2026, 1, 1)).value
    assert found.pay == D("27412.37")  # 26 583.03 × 1.022 × 1.009, to the cent
    assert found.services == 158 and found.surcote.quarters == 0
    assert reference_pay(left, DAY(2024, 6, 1)).value == D("26583.03")


def test_other_schemes_after_the_removal_count_in_the_insurance_and_not_in_the_surcote() -> None:
    """Décret 2003-1306, art. 20 I: the insurance is that of the liquidation, all schemes."""
    years = tuple(OtherYear(year, 4, 4) for year in range(2011, 2027))
    left = career(DAY(1962, 1, 1), Stretch(DAY(1984, 1, 1), DAY(2011, 1, 1)), other_years=years)
    found = pension_on(left, DAY(2026, 1, 1)).value
    assert (found.services, found.insured, found.decote.quarters, found.surcote.quarters) == (108, 168, 1, 0)
    alone = career(DAY(1962, 1, 1), Stretch(DAY(1984, 1, 1), DAY(2011, 1, 1)))
    assert pension_on(alone, DAY(2026, 1, 1)).value.decote.quarters == 12
    assert dates(left).value.without_decote < dates(alone).value.without_decote
    # Removed a year after the age of the surcote with 168 quarters of 169: years elsewhere make no surcote of it.
    late = career(DAY(1962, 1, 1), Stretch(DAY(1983, 7, 1), DAY(2025, 7, 1)), other_years=(OtherYear(2026, 4, 4),))
    found = pension_on(late, DAY(2028, 1, 1), euros_of=EUROS).value
    assert (found.insured, found.surcote.quarters) == (172, 0)


def test_bonifications_of_firefighters_count_in_the_amount_not_in_the_surcote() -> None:
    own = career(
        DAY(1962, 1, 1),
        Stretch(DAY(1984, 1, 1), firefighter=True),
        bonifications=(Bonification(2, "dépaysement"),),
    )
    found = pension_on(own, DAY(2026, 1, 1)).value
    assert (found.services, found.bonifications, found.insured) == (168, 22, 190)
    assert found.surcote.quarters == 0  # 168 quarters without them, of 169
    assert found.base == D("21266.42")  # 80 %


def test_an_increase_of_the_duration_alone_counts_against_the_decote_only() -> None:
    own = career(
        DAY(1962, 1, 1), Stretch(DAY(1986, 1, 1)), bonifications=(Bonification(4, "enfant handicapé", True, False),)
    )
    found = pension_on(own, DAY(2025, 1, 1)).value
    assert (found.services, found.bonifications, found.insured, found.decote.quarters) == (156, 0, 160, 9)


def test_no_right_without_two_years() -> None:
    own = career(DAY(1964, 1, 1), Stretch(DAY(2024, 1, 1), DAY(2025, 12, 1)))
    with pytest.raises(NoPension, match="rétablissement"):
        dates(own)
    with pytest.raises(NoPension, match="rétablissement"):
        pension_on(own, DAY(2026, 10, 1))


def test_a_new_law_may_give_less_the_known_exceptions() -> None:
    """Loi 2023-270, art. 10: from 2023-09-01 on a generation needs more quarters, and the age of some was not reached.

    An amount falls, or a way closes, between the last day of a law and the first one of the next: never within one.
    """
    begun_young = career(DAY(1963, 1, 1), Stretch(DAY(1981, 1, 1), share=D("0.9")))
    days = (DAY(2023, 8, 31), DAY(2023, 9, 1))
    before, after = (pension_on(begun_young, day, euros_of=DAY(2023, 1, 1)).value for day in days)
    assert (before.way, before.required, after.required) == (Way.LONG_CAREER, 168, 170)
    assert after.annual < before.annual
    reached_62 = career(DAY(1961, 9, 1), Stretch(DAY(1990, 1, 1)))
    with pytest.raises(NoPension):
        pension_on(reached_62, DAY(2023, 9, 1))


SHARES = st.sampled_from([D(1), D(1), D("0.8"), D("0.5")])
KINDS = st.sampled_from([Kind.SERVICE, Kind.SERVICE, Kind.SERVICE, Kind.SICK_LEAVE, Kind.UNCOUNTED_LEAVE])


@st.composite
def careers(draw: st.DrawFn) -> Career:
    birth = draw(st.dates(DAY(1961, 9, 1), DAY(1974, 12, 31)))
    start = add_months(birth, draw(st.integers(15 * 12, 40 * 12)))
    kind = draw(st.sampled_from([Category.SEDENTARY, Category.SEDENTARY, Category.ACTIVE, Category.SUPER_ACTIVE]))
    stretches = []
    for _ in range(draw(st.integers(0, 3))):
        end = add_months(start, draw(st.integers(3, 120))) + datetime.timedelta(days=draw(st.integers(0, 27)))
        stretches.append(Stretch(start, end, draw(KINDS), draw(SHARES), kind))
        start = end
    stretches.append(Stretch(start, None, Kind.SERVICE, draw(SHARES), kind))
    first = birth.year + draw(st.integers(15, 22))
    others = tuple(OtherYear(first + n, 4, draw(st.integers(0, 4))) for n in range(draw(st.integers(0, 12))))
    family = tuple(Child(add_months(birth, months)) for months in draw(st.lists(st.integers(240, 480), max_size=5)))
    bonifications = (Bonification(draw(st.integers(0, 20)), "autre"),)
    disabled = draw(st.sampled_from([None, None, None, add_months(birth, 360)]))
    index = IndexHeld(draw(st.integers(366, 900)), DAY(1990, 1, 1))
    return Career(birth, tuple(stretches), (index,), family, bonifications, others, disabled_since=disabled)


@settings(max_examples=60, deadline=None)
@given(
    own=careers(),
    era=st.sampled_from([(DAY(2023, 9, 1), DAY(2026, 8, 31)), (DAY(2026, 9, 1), DAY(2041, 12, 31))]),
    first=st.integers(0, 5500),
    later=st.integers(1, 2000),
)
def test_within_an_era_the_amount_never_falls_when_one_leaves_later(
    own: Career, era: tuple[datetime.date, datetime.date], first: int, later: int
) -> None:
    earlier, after = two_amounts(own, era, first, later)
    assert after >= earlier


@settings(max_examples=10, deadline=None)
@given(own=careers())
def test_dates_come_in_order_and_the_amount_is_there_on_each(own: Career) -> None:
    found = dates(own).value
    assert found.earliest <= found.without_decote <= max(found.age_limit, add_months(own.birth, 67 * 12))
    for day in (found.earliest, found.without_decote):
        if day >= DAY(2011, 1, 1):
            assert pension_on(own, day, euros_of=EUROS).value.annual > 0
