"""At a boundary, every computation reads the table on its right side: from its first day on a value counts, on the eve
the one before it does. Asked of every parameter that ever changed, and of every row of the law's tables.
"""

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from parvis.regulations import parameters
from parvis.regulations.benefits import ircantec as ircantec_benefits
from parvis.regulations.benefits import rafp as rafp_benefits
from parvis.regulations.contributions import cnracl, ircantec, rafp, surcotisation, training
from parvis.regulations.contributions.employer_funds import EmployerFund, employer_contribution
from parvis.regulations.due_dates import calendar, late
from parvis.regulations.obligations import disabled_workers, elected_members, family_fund
from parvis.regulations.parameters import NotKnown, tables, value
from parvis.regulations.pay import family, indexed
from parvis.regulations.pensions import adjusting, afterwards, early, minimum, rights
from parvis.regulations.pensions.categories import Category, services_threshold
from parvis.regulations.pensions.children import volunteer_quarters
from parvis.regulations.periods import Age, add_months
from parvis.regulations.results import Result

DAY, D = datetime.date, Decimal
SED = Category.SEDENTARY
Computation = Callable[[datetime.date], Result[Any]]


def fund(which: EmployerFund) -> Computation:
    return lambda on: employer_contribution(which, D(1000), D(0), period=on, with_nbi=False)


def year_of(which: family_fund.FamilyFund) -> Computation:
    return lambda on: family_fund.balance(which, D(1000), D(0), year=on.year)


def claim(points: str, months: int) -> Computation:
    return lambda on: rafp_benefits.benefit(
        rafp_benefits.RafpClaim(D(points), on, age=Age(67), base_pension_on=add_months(on, -months))
    )


def surcote(on: datetime.date) -> Result[Any]:
    return adjusting.surcote(SED, add_months(on, -70 * 12), on, insured=200, required=D(150))


def ircantec_due(contributions: int) -> Computation:
    payer = calendar.Payer(contributions_last_year=D(contributions))
    return lambda on: calendar.due(calendar.Fund.IRCANTEC, payer, period=on)


def ircantec_late(months: int) -> Computation:
    return lambda on: late.ircantec_by_months(D(1000), period=on, months=months)


def sft(index: int) -> Computation:
    return lambda on: family.family_supplement(2, D(index), on=on)


CONTRACT: Computation = lambda on: ircantec.contributions(D(5000), period=on)  # noqa: E731
POINTS: Computation = lambda on: ircantec_benefits.points(D(50_000), on=on)  # noqa: E731
COMPUTED: dict[str, Computation] = {
    "atiacl.employer_rate": fund(EmployerFund.ATIACL),
    "feh.employer_rate": fund(EmployerFund.FEH),
    "fccpa.employer_rate": fund(EmployerFund.FCCPA),
    "cnfpt.employer_rate": lambda on: training.cnfpt_contribution(D(1000), period=on, full_time_posts=1),
    "cnracl.agent_rate": lambda on: cnracl.contributions(cnracl.CnraclPay(D(1000)), period=on),
    "cnracl.employer_rate": lambda on: cnracl.contributions(cnracl.CnraclPay(D(1000)), period=on),
    "cnracl.surcotisation_employer_rate": lambda on: surcotisation.surcotisation(D("0.5"), period=on),
    "cnracl.late_initial_rate": lambda on: late.cnracl(D(1000), due_on=on, paid_on=add_months(on, 2)),
    "cnracl.late_month_rate": lambda on: late.cnracl(D(1000), due_on=on, paid_on=add_months(on, 2)),
    "cnracl_pensions.minimum_services": lambda on: rights.has_right(719, on),
    "cnracl_pensions.surcote_rate": surcote,
    "cnracl_pensions.surcote_begun_quarters": surcote,
    "cnracl_pensions.minimum_reference": lambda on: minimum.minimum(on, on, D(100), full_rate=True),
    "cnracl_pensions.minimum_by_services": lambda on: minimum.share(on, D(30), required=D(160)),
    "cnracl_pensions.minimum_full_rate": lambda on: minimum.minimum(on, on, D(100), full_rate=False),
    "elected.faefm_rate": lambda on: elected_members.faefm_contribution(D(1000), year=on.year),
    "fnc.coefficient_full_time": year_of(family_fund.FamilyFund.FULL_TIME),
    "fnc.coefficient_part_hours": year_of(family_fund.FamilyFund.PART_HOURS),
    **{f"ircantec.{part}_{who}_rate": CONTRACT for part in "ab" for who in ("agent", "employer")},
    **{f"ircantec.{part}_{who}_theoretical_rate": POINTS for part in "ab" for who in ("agent", "employer")},
    "ircantec.call_rate": POINTS,
    "ircantec.reference_salary": POINTS,
    "ircantec.point_value": lambda on: ircantec_benefits.pension(1000, on=on),
    "ircantec.monthly_above": ircantec_due(10_000),
    "ircantec.quarterly_above": ircantec_due(2000),
    "ircantec.due_day": ircantec_due(10_000),
    "ircantec.yearly_due_month": ircantec_due(100),
    "ircantec.yearly_due_day": ircantec_due(100),
    "ircantec.late_initial_rate": ircantec_late(5),
    "ircantec.late_month_rate": ircantec_late(5),
    "ircantec.late_quarter_rate": ircantec_late(5),
    "pay.point_value": lambda on: indexed.indexed_pay(D(400), on=on),
    "pay.smic_hourly": lambda on: disabled_workers.contribution(40, D(0), on=on),
    "pay.pass_year": POINTS,
    "pay.pass_month": CONTRACT,
    "pay.sft_floor_index": sft(366),
    "pay.sft_ceiling_index": sft(900),
    "rafp.point_acquisition": lambda on: rafp_benefits.points(D(100), on=on),
    "rafp.point_service": claim("6000", 0),
    "rafp.two_part_from_points": claim("5000", 0),
    "rafp.two_part_months": claim("5000", 0),
    "rafp.two_part_within_months": claim("5000", 24),
}
# What no computation reads: it is looked up and shown.
SHOWN = {
    "pay.minimum_index",
    "state.ati_rate",
    "state.sre_civil_employer_rate",
    "state.sre_military_employer_rate",
    "urssaf.health_employer_rate",
}
# Each value counts once, on its day: below.
ONCE = {"cnracl_pensions.revaluation"}
EVER_CHANGED = [
    f"{code}.{name}"
    for code in parameters.schemes()
    for name, found in parameters.scheme(code).items()
    if len(found.values) > 1
]
# A payment is due by the rule of the first day of the period that it covers.
BY_MONTH = {"ircantec.monthly_above", "ircantec.quarterly_above", "ircantec.due_day"}
BY_YEAR = {"ircantec.yearly_due_month", "ircantec.yearly_due_day"}


def used(found: Result[Any], name: str) -> set[Decimal]:
    return {step.figures[name] for step in found.steps if name in step.figures}


def test_every_parameter_that_ever_changed_has_its_computation_here() -> None:
    assert set(EVER_CHANGED) == set(COMPUTED) | SHOWN | ONCE


@pytest.mark.parametrize("name", COMPUTED)
def test_a_value_counts_from_its_first_day_on(name: str) -> None:
    compute = COMPUTED[name]
    values = parameters.parameter(name).values
    seen = 0
    for one in values:
        for day in (one.valid_from, one.valid_from - datetime.timedelta(days=1)):
            read = day.replace(month=1, day=1) if name in BY_YEAR else day.replace(day=1) if name in BY_MONTH else day
            try:
                figures = used(compute(day), name)
            except NotKnown as fault:
                # Before the first value, or something else that the computation needs is not known then.
                assert read < values[0].valid_from or name not in str(fault), (name, day)
                continue
            if read < values[0].valid_from:
                assert not figures, (name, day)
            elif figures or value(name, on=read).value:
                assert figures == {value(name, on=read).value}, (name, day)
                seen += 1
            # else: a condition that is not asked for yet (0) leaves no step.
    assert seen >= 1 + (len(values) > 2), name


def test_a_revaluation_counts_on_its_day_and_not_before() -> None:
    for one in parameters.parameter("cnracl_pensions.revaluation").values:
        eve = one.valid_from - datetime.timedelta(days=1)
        assert afterwards.revalued(D(1000), eve, one.valid_from).value == 1000 * one.value
        assert afterwards.revalued(D(1000), one.valid_from, one.valid_from).value == 1000


def test_rafp_rates_hold_from_the_first_day_of_the_scheme() -> None:
    assert used(rafp.contribution_on(D(100), period=DAY(2005, 1, 1)), "rafp.agent_rate") == {5}


# --- Tables of the law ------------------------------------------------------------------------------------------------


def sides(name: str) -> Iterator[tuple[datetime.date, Any]]:
    """Every version on its first day and on the eve, every row at its key and just before it."""
    versions = tables.table(name).versions
    keys = sorted({row.at for version in versions for row in version.rows})  # type: ignore[type-var]
    for version in versions:
        for on in (version.valid_from, version.valid_from - datetime.timedelta(days=1)):
            for key in keys:
                step: Any = datetime.timedelta(days=1) if isinstance(key, datetime.date) else D(1)
                yield from ((on, key), (on, key - step))


def cell(name: str, on: datetime.date, at: Any) -> Decimal | None:
    try:
        found = tables.find(name, on=on, at=at)
    except NotKnown:
        return None
    return None if found is None else found.value


@pytest.mark.parametrize("category", Category)
def test_ages_and_quarters_are_those_of_the_row(category: Category) -> None:
    table = f"cnracl_pensions.{category.value}"
    seen = 0
    for on, birth in sides(table):
        age = cell(f"{table}.age", on, birth)
        if age is None:
            with pytest.raises(NotKnown):
                rights.legal_age(category, birth, on)
            continue
        assert rights.legal_age(category, birth, on).value.in_months == age
        opened = add_months(birth, int(age))
        quarters = cell(f"{table}.quarters", on, birth)
        if quarters is None and category is not SED:
            quarters = cell("cnracl_pensions.opening_quarters.quarters", on, opened)
        if quarters is not None:
            assert rights.required_quarters(category, birth, on).value == quarters
            seen += 1
        limit = cell(f"cnracl_pensions.age_limit.{category.value}", on, birth)
        assert limit is not None and rights.age_limit(category, birth, on).value.in_months == limit
    assert seen > 20


def test_age_limits_are_those_of_the_row() -> None:
    for on, birth in sides("cnracl_pensions.age_limit"):
        for category in Category:
            limit = cell(f"cnracl_pensions.age_limit.{category.value}", on, birth)
            if limit is not None:
                assert rights.age_limit(category, birth, on).value.in_months == limit


def test_the_decote_is_that_of_the_day_of_opening() -> None:
    for row in tables.table("cnracl_pensions.decote").versions[0].rows[1:]:
        assert isinstance(row.at, datetime.date)
        for day in (row.at, row.at - datetime.timedelta(days=1)):
            # Who leaves at 55, before any age: the right counts as opened on the day of effect.
            birth = add_months(day, -55 * 12)
            found = adjusting.decote(SED, birth, day, insured=100, required=D(160))
            assert found.value.rate == cell("cnracl_pensions.decote.rate", day, day)
            if found.value.rate:
                before = cell("cnracl_pensions.decote.before_limit", day, day)
                assert used(found, "cnracl_pensions.decote.before_limit") == {before}


def test_the_minimum_is_that_of_the_day_of_opening() -> None:
    for on, opened in sides("cnracl_early.minimum"):
        part = cell("cnracl_early.minimum.share", opened, opened)
        if on.year > 1900 or part is None:
            continue
        assert minimum.share(opened, D(60)).value == part


def test_early_openings_are_those_of_the_day() -> None:
    for row in tables.table("cnracl_pensions.early_opening_quarters").versions[0].rows:
        assert isinstance(row.at, datetime.date)
        for day in (row.at, row.at - datetime.timedelta(days=1)):
            birth, effect = add_months(day, -59 * 12), max(day, DAY(2023, 9, 1))
            expected = cell("cnracl_pensions.early_opening_quarters.quarters", effect, day)
            expected = expected or cell("cnracl_pensions.opening_quarters.quarters", effect, day)
            assert rights.required_quarters(SED, birth, effect, opened_on=day).value == expected


def test_doors_of_long_careers_are_those_of_the_row() -> None:
    seen = 0
    for on, birth in sides("cnracl_early.long_career"):
        try:
            found = early.doors(birth, on, generation_only=True).value
        except NotKnown:
            continue
        ages = [cell(f"cnracl_early.long_career.{column}", on, birth) for column, _ in early.DOORS]
        assert [one.age.in_months for one in found] == [age for age in ages if age is not None]
        seen += 1
    assert seen > 60


def test_what_disability_takes_off_is_that_of_the_age() -> None:
    birth = DAY(1962, 1, 1)
    for on, age in sides("cnracl_early.disability"):
        less, validated = (
            cell(f"cnracl_early.disability.{word}_less", on, age) for word in ("contributed", "validated")
        )
        if less is None or age % 12:
            continue
        found = early.disability(birth, int(age) // 12, on).value
        assert (found.contributed, found.validated) == (168 - less, None if validated is None else 168 - validated)


def test_classified_services_volunteers_and_the_revaluation_of_2020() -> None:
    for _, day in sides("cnracl_early.active_services"):
        for category in (Category.ACTIVE, Category.SUPER_ACTIVE):
            months = cell(f"cnracl_early.active_services.{category.value}", day, day)
            if months is not None:
                assert services_threshold(category, day).value == months
    for on, years in sides("cnracl_early.volunteer_firefighter"):
        if years >= 0:
            expected = cell("cnracl_early.volunteer_firefighter.quarters", on, years) or 0
            assert volunteer_quarters(int(years), on).value == expected
    for row in tables.table("cnracl_early.revaluation_2020").versions[0].rows[1:]:
        assert isinstance(row.at, Decimal)
        for monthly in (row.at, row.at - D("0.01")):
            rise = cell("cnracl_early.revaluation_2020.coefficient", DAY(2020, 1, 1), monthly)
            found = afterwards.revalued(D(1000), DAY(2019, 12, 31), DAY(2020, 1, 1), monthly=monthly)
            assert rise is not None and found.value == 1000 * rise


@pytest.mark.parametrize("name", ["increase", "conversion"])
def test_scales_of_the_rafp_are_those_of_the_row(name: str) -> None:
    for on, months in sides(f"rafp.{name}"):
        exact = {
            row.at: row.cells["coefficient"]
            for row in tables.version(f"rafp.{name}", on=max(on, DAY(2005, 1, 1)))[0].rows
        }
        if months in exact and on >= DAY(2005, 1, 1):
            assert rafp_benefits.scale(name, Age(*divmod(int(months), 12)), on).value == exact[months]


def test_scales_of_the_ircantec_are_those_of_the_row() -> None:
    on = DAY(2026, 1, 1)
    for row in tables.table("ircantec.age").versions[0].rows:
        found = ircantec_benefits.age_coefficient(Age(*divmod(int(row.at), 12)), on=on)  # type: ignore[arg-type]
        assert found.value == row.cells["coefficient"]
    for row in tables.table("ircantec.children").versions[0].rows:
        found = ircantec_benefits.children_points(1000, int(row.at), on=on)  # type: ignore[arg-type]
        assert found.value == 1000 * row.cells["increase"] / 100
