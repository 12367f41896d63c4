"""At the limits of what the liquidation takes: the first figure that passes, the first one that does not."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from parvis.regulations.parameters import NotKnown
from parvis.regulations.pensions import (
    adjusting,
    afterwards,
    amount,
    children,
    durations,
    early,
    formulas,
    minimum,
    rights,
)
from parvis.regulations.pensions import survivors as surviving
from parvis.regulations.pensions.categories import Category
from parvis.regulations.periods import add_months

DAY, D = datetime.date, Decimal
SED, ACT = Category.SEDENTARY, Category.ACTIVE
ON = DAY(2026, 9, 1)
BELOW = D("-0.01")
MARRIED = surviving.Marriage(D(240))


@pytest.mark.parametrize(
    "call",
    [
        lambda: amount.base_pension(BELOW, D(1), D(160), ON),
        lambda: amount.base_pension(D(1), BELOW, D(160), ON),
        lambda: amount.base_pension(D(1), D(1), D(160), ON, bonifications=BELOW),
        lambda: amount.base_pension(D(1), D(1), D(0), ON),
        lambda: amount.prorata(D(1), D(0)),
        lambda: afterwards.deduction(BELOW, D(1)),
        lambda: afterwards.deduction(D(1), BELOW),
        lambda: minimum.share(DAY(2025, 1, 1), BELOW, required=D(170)),
        lambda: surviving.reversion(BELOW, MARRIED, ON),
        lambda: surviving.reversion(D(1), MARRIED, ON, part=BELOW),
        lambda: surviving.reversion(D(1), MARRIED, ON, part=D("1.01")),
        lambda: surviving.shared({"one": D(0)}),
        lambda: durations.rounded(-1),
        lambda: durations.part_time(360, D("1.01")),
    ],
)
def test_what_is_out_of_bounds_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="below 0|above 0|no marriage|between"):
        call()


def test_what_is_just_within_bounds_is_computed() -> None:
    assert amount.base_pension(D(0), D(1), D(160), ON).value == 0
    assert amount.base_pension(D("0.5"), D("0.5"), D("0.5"), ON).value == D("0.375")
    assert amount.prorata(D(1), D("0.5")).value == 1
    assert amount.prorata(D("0.25"), D(1)).value == D("0.25")
    assert afterwards.deduction(D(0), D(0)).value == 0
    assert afterwards.deduction(D("0.50"), D("0.25")).value == D("0.25")
    assert minimum.share(DAY(2025, 1, 1), D(0), required=D(170)).value == 0
    assert minimum.share(DAY(2025, 1, 1), D("0.85"), required=D(170)).value == D("0.5")
    assert surviving.reversion(D(0), MARRIED, ON).value == 0
    assert surviving.reversion(D("0.50"), MARRIED, ON, part=D(1)).value == D("0.25")
    assert surviving.reversion(D(100), MARRIED, ON, part=D(0)).value == 0
    assert surviving.shared({"one": D("0.5"), "other": D("0.5")}) == {"one": D("0.5"), "other": D("0.5")}
    assert durations.part_time(360, D(1)).value[0].quarters == 4


def test_the_pension_that_equals_the_pay_leaves_nothing_for_the_increase_and_the_sum_may_reach_it() -> None:
    assert amount.children_increase(3, D(1000), ON, pay=D(1100)).value == 100
    assert len(amount.children_increase(3, D(1000), ON, pay=D(1100)).steps) == 1
    assert amount.children_increase(3, D(1000), ON, pay=D("1099.99")).value == D("99.99")


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        # Months of 30 days: the 31st counts as the 30th, on either side.
        (DAY(2025, 1, 31), DAY(2025, 2, 15), 15),
        (DAY(2025, 1, 1), DAY(2025, 1, 31), 29),
        (DAY(2025, 1, 15), DAY(2025, 3, 15), 60),
        (DAY(2025, 1, 30), DAY(2025, 12, 31), 330),
        (DAY(2024, 11, 16), DAY(2025, 2, 1), 75),
    ],
)
def test_days_of_services_are_counted_in_months_of_thirty(start: DAY, end: DAY, days: int) -> None:
    assert durations.days_between(start, end) == days


def test_part_time_counts_its_whole_quarters_in_the_insurance() -> None:
    # 449 days at 80 %: 359 days, three quarters and 89 days; four whole quarters of insurance.
    counted, insured = durations.part_time(449, D("0.8")).value
    assert (counted.quarters, counted.days, insured) == (3, 89, 4)
    assert durations.part_time(89, D("0.8")).value[1] == 0


def test_quarters_in_months_are_whole_numbers() -> None:
    assert [formulas.whole_quarters(months) for months in (-1, 0, 2, 3, 5, 6)] == [0, 0, 0, 1, 1, 2]
    assert [formulas.begun_quarters(months) for months in (-1, 0, 1, 3, 4, 6)] == [0, 0, 1, 1, 2, 2]


def test_begun_quarters_before_the_day_are_none() -> None:
    assert adjusting.begun_months(DAY(2026, 1, 1), DAY(2026, 1, 1)) == 0
    assert adjusting.begun_months(DAY(2026, 1, 1), DAY(2026, 1, 2)) == 1


def test_the_parental_surcote_begins_at_a_legal_age_of_63_exactly_and_counts_whole_quarters() -> None:
    def quarters(birth: datetime.date, effect: datetime.date) -> int:
        return adjusting.surcote(
            SED, birth, effect, insured=220, required=D(171), has_child_quarters=True
        ).value.quarters

    # Born in May 1965: 63 years under the suspended law, so the year from 62 counts.
    assert quarters(DAY(1965, 5, 1), DAY(2028, 5, 1)) == 4
    assert quarters(DAY(1965, 5, 1), DAY(2027, 7, 31)) == 0
    assert quarters(DAY(1965, 5, 1), DAY(2027, 8, 1)) == 1
    # 62 years and 9 months: nothing.
    assert quarters(DAY(1965, 3, 31), DAY(2028, 5, 1)) == 1
    assert quarters(DAY(1964, 1, 1), DAY(2026, 10, 1)) == 0
    # Before the law gave one, there is none.
    assert adjusting.surcote(
        SED, DAY(1955, 1, 1), DAY(2017, 1, 1), insured=200, required=D(166), has_child_quarters=True
    ).value == adjusting.Adjustment(0, D("1.25"))


def test_quarters_after_the_age_count_from_2004_01_01_on() -> None:
    # 60 on 2003-10-01; effect 2004-04-02: a quarter from January and one begun.
    found = adjusting.surcote(SED, DAY(1943, 10, 1), DAY(2004, 4, 2), insured=200, required=D(152))
    assert found.value.quarters == 2
    on_the_day = adjusting.surcote(SED, DAY(1943, 10, 1), DAY(2004, 4, 1), insured=200, required=D(152))
    assert on_the_day.value.quarters == 1


def test_nothing_is_revalued_on_the_day_itself_nor_past_what_is_known() -> None:
    assert afterwards.revalued(D(1000), DAY(2027, 1, 1), DAY(2027, 1, 1)).value == 1000
    with pytest.raises(NotKnown, match="cnracl_pensions.revaluation: no coefficient is known from"):
        afterwards.revalued(D(1000), DAY(2027, 1, 1), DAY(2027, 1, 2))


def test_the_same_family_before_and_after_2004() -> None:
    on_new_years_day = [children.Child(DAY(2004, 1, 1))]
    assert children.child_quarters(on_new_years_day, DAY(2020, 1, 1)).value == children.ChildQuarters(0, 2)
    two = [children.Child(DAY(2010, 1, 1)), children.Child(DAY(2012, 1, 1))]
    assert children.child_quarters(two, DAY(2026, 9, 1)).value == children.ChildQuarters(2, 2)


def test_less_than_fifteen_years_never_give_more_than_all() -> None:
    # 59 quarters of services where only 50 are required.
    assert minimum.share(DAY(2025, 1, 1), D(59), required=D(50)).value == 100


def test_the_minimum_garanti_of_short_services_reads_the_required_duration() -> None:
    found = minimum.minimum(DAY(2026, 1, 1), DAY(2025, 1, 1), D(34), full_rate=True, required=D(170))
    # 34 / 170 = 20 % of 16 396.19
    assert (found.value.percent, found.value.amount) == (20, D("3279.24"))
    with pytest.raises(ValueError, match="required duration"):
        minimum.minimum(DAY(2026, 1, 1), DAY(2025, 1, 1), D(34), full_rate=True)


def test_without_full_rate_the_minimum_is_nothing_but_its_part_is_told() -> None:
    found = minimum.minimum(DAY(2026, 1, 1), DAY(2025, 1, 1), D(160), full_rate=False)
    assert (found.value.percent, found.value.amount) == (100, 0)


def test_doors_follow_the_law_of_the_day_of_opening_unless_only_the_generation_counts() -> None:
    birth, effect = DAY(1966, 6, 1), DAY(2024, 7, 1)
    own = early.door_for(early.doors(birth, effect).value, 16)
    general = early.door_for(early.doors(birth, effect, generation_only=True).value, 16)
    # 58 in June 2024: 169 quarters for the civil service, 172 for who was born in 1966.
    assert own is not None and general is not None
    assert (own.contributed, general.contributed) == (169, 172)


def test_doors_that_are_reached_are_kept_whatever_their_order() -> None:
    # Born in 1963-09: 58 since 2021, 60 since 2023-09, but 60 and 3 months only in December.
    def reached(effect: datetime.date) -> list[int]:
        return [one.began_before for one in early.doors(DAY(1963, 9, 1), effect, reached=True).value]

    assert reached(DAY(2023, 11, 30)) == [16, 18]
    assert reached(DAY(2023, 12, 1)) == [16, 18, 20]
    # Born in 1953: « before 16 » (58 years 4 months) opens after « before 16, with more » (56).
    assert [one.began_before for one in early.doors(DAY(1953, 6, 1), DAY(2012, 12, 1), reached=True).value] == [16, 16]


@pytest.mark.parametrize(
    ("birth", "law"),
    [
        # Who reached the legal age before the last but one law is read under that day's law; others under the last one.
        (DAY(1961, 8, 31), DAY(2023, 8, 31)),
        (DAY(1961, 9, 1), DAY(2026, 9, 1)),
        (DAY(1955, 3, 1), DAY(2017, 3, 1)),
        (DAY(1966, 1, 1), DAY(2026, 9, 1)),
    ],
)
def test_the_latest_law_that_reaches_a_generation(birth: datetime.date, law: datetime.date) -> None:
    assert early.latest_law(birth) == law


def test_the_first_law_under_which_one_is_old_enough() -> None:
    # A generation that a law's table does not know waits for one that does.
    assert rights.legal_date(ACT, DAY(1975, 1, 1)) == add_months(DAY(1975, 1, 1), 59 * 12)
    assert rights.legal_date(SED, DAY(1945, 5, 5)) == DAY(2005, 5, 5)
    with pytest.raises(NotKnown, match="no law says the age"):
        rights.legal_date(SED, DAY(1850, 1, 1))
