"""The CNRACL's rules of pensions as arrays by era, generation and day of opening: see `eras`.

Every number is what the functions of `pensions` and `parameters` answer for the first day of its place.
"""

import datetime
import functools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from parvis.regulations.batch.days import Whole, day
from parvis.regulations.batch.eras import MISSING, Breaks, Read, changes, grid, line, whole
from parvis.regulations.parameters import NotKnown, scheme, value
from parvis.regulations.parameters.tables import find, table, tables
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.pensions import early, rights
from parvis.regulations.pensions.categories import Category, services_threshold
from parvis.regulations.pensions.estimate import candidate_ages
from parvis.regulations.pensions.ways import OLD_LAW

Date = datetime.date
OWN = "cnracl_pensions"
FILES = (OWN, "cnracl_early")
CATEGORIES = (Category.SEDENTARY, Category.ACTIVE, Category.SUPER_ACTIVE)
# Ages before which long careers begin; the ages in years from which disability reads its table.
BEGUN = tuple(sorted({before for _, before in early.DOORS}))
# A percentage of the pension in eighths: whole in every era (0,125 % and 1,25 %).
EIGHTHS = 8
# A part of the minimum garanti, in ten thousandths of a percent.
PARTS = 10_000
# The point of the index, in ten thousandths of a euro.
POINT = 10_000
NO_CEILING = 10_000
FIRST_DURATIONS = Date(2004, 1, 1)
LAST_BEFORE_2004 = Date(2003, 12, 31)


@dataclass(frozen=True, slots=True)
class OfCategory:
    """Of one category: by generation × era (age and limit in months, own quarters), and by era."""

    age: Whole
    quarters: Whole
    limit: Whole
    surcote_months: Whole
    # Classified days: those of the old law, then those asked for by the place of the day on which they were reached.
    old_days: int
    wanted_days: Whole


@dataclass(frozen=True, slots=True)
class Minimum:
    """The scale of the minimum garanti, by opening."""

    share: Whole
    step: Whole
    step_after: Whole
    threshold: Whole
    short: Whole
    full: Whole
    by_services: Whole
    full_rate: Whole
    index: Whole


@dataclass(frozen=True, slots=True)
class Law:
    """Everything, read once. `births`, `eras`, `openings`, `reached`: where a day lies."""

    births: Breaks
    eras: Breaks
    # Where tables and the rule of beginnings change: their eras, and of which of them each era is.
    laws: Breaks
    law_eras: Whole
    law_of: Whole
    openings: Breaks
    reached: Breaks
    categories: tuple[OfCategory, ...]
    # By generation: the candidate ages in months, each row filled up with MISSING.
    ages: Whole
    # By era.
    services_days: Whole
    maximum: Whole
    raised: Whole
    decote_ceiling: Whole
    surcote_rate: Whole
    surcote_begun: Whole
    surcote_ceiling: Whole
    parental_months: Whole
    parental_less: Whole
    parental_most: Whole
    point: Whole
    reference: Whole
    reference_index: Whole
    three: Whole
    further: Whole
    child_moved: Whole
    firefighter_percent: Whole
    firefighter_most: Whole
    begun_quarters: Whole
    begun_autumn: Whole
    autumn_month: Whole
    # By opening × era.
    decote_rate: Whole
    before_limit: Whole
    opening_quarters: Whole
    early_quarters: Whole
    minimum: Minimum
    # By generation × era, a row for each door of `early.DOORS`.
    door_age: Whole
    door_extra: Whole
    # By years of age from `disability_age` × generation × era; and by years as a volunteer × era.
    disability_age: int
    disability_contributed: Whole
    disability_validated: Whole
    volunteer: Whole
    # Numbers that do not change.
    quarter: int
    sick_days: int
    rounding: int
    child_before: int
    child_since: int
    surcote_first: Date


def _by_era(eras: Breaks, name: str, scale: int = 1) -> Whole:
    return line(eras, lambda on: value(f"{OWN}.{name}", on=on), scale=scale)


def _table_rows(key: str) -> list[str]:
    return [f"{code}.{name}" for code in FILES for name, found in tables(code).items() if found.key == key]


@functools.cache
def law() -> Law:
    """The law that is packaged. Takes part of a second, once."""
    own = [f"{OWN}.{name}" for name in scheme(OWN)]
    every = [f"{code}.{name}" for code in FILES for name in tables(code)]
    eras = changes([*own, "pay.point_value"], every)
    laws = changes([name for name in own if ".long_career_" in name], every)
    births = changes(rows=_table_rows("birth"))
    openings = changes(parameters=[name for name in own if ".minimum_" in name], rows=_table_rows("opening"))
    reached = changes(rows=["cnracl_early.active_services"])

    def by_birth(name: str) -> Whole:
        return grid(births, eras, lambda at, on: find(name, on=on, at=at))

    def by_opening(name: str, scale: int = 1) -> Whole:
        return grid(openings, eras, lambda at, on: find(f"{OWN}.{name}", on=on, at=at), scale=scale)

    columns = [column for column, _ in early.DOORS]
    youngest = early.first_disability_age()
    contributed, validated = _disability(births, eras, youngest)
    return Law(
        births=births,
        eras=eras,
        laws=laws,
        law_eras=eras.place(_numbers(laws)),
        law_of=laws.place(_numbers(eras)),
        openings=openings,
        reached=reached,
        categories=tuple(_category(one, births, eras, reached, by_birth) for one in CATEGORIES),
        ages=_ages(births),
        services_days=_by_era(eras, "minimum_services", 360),
        maximum=_by_era(eras, "maximum"),
        raised=_by_era(eras, "maximum_with_bonifications"),
        decote_ceiling=_by_era(eras, "decote_quarters"),
        surcote_rate=_by_era(eras, "surcote_rate", EIGHTHS),
        surcote_begun=_by_era(eras, "surcote_begun_quarters"),
        surcote_ceiling=_or(_by_era(eras, "surcote_quarters"), NO_CEILING),
        parental_months=_by_era(eras, "parental_surcote_age", 12),
        parental_less=_by_era(eras, "parental_surcote_months"),
        parental_most=_by_era(eras, "parental_surcote_quarters"),
        point=line(eras, lambda on: value("pay.point_value", on=on), scale=POINT),
        reference=_by_era(eras, "minimum_reference", 100),
        reference_index=_by_era(eras, "minimum_index"),
        three=_by_era(eras, "children_three"),
        further=_by_era(eras, "children_further"),
        child_moved=_or(_by_era(eras, "child_duration_as_bonification"), 0),
        firefighter_percent=_by_era(eras, "firefighter_share"),
        firefighter_most=_by_era(eras, "firefighter_quarters"),
        begun_quarters=_by_era(eras, "long_career_start"),
        begun_autumn=_by_era(eras, "long_career_start_autumn"),
        autumn_month=_by_era(eras, "long_career_autumn_month"),
        decote_rate=by_opening("decote.rate", EIGHTHS),
        before_limit=by_opening("decote.before_limit"),
        opening_quarters=by_opening("opening_quarters.quarters"),
        # Who is born on the day of opening is not 60 on it: what is read is the rule of who leaves before 60.
        early_quarters=grid(
            openings,
            eras,
            lambda at, on: rights.required_quarters(Category.SEDENTARY, at, on, opened_on=at).value,
        ),
        minimum=_minimum(openings),
        door_age=np.stack([by_birth(f"cnracl_early.long_career.{column}") for column in columns]),
        door_extra=np.stack([_or(_extra(column, births, eras), 0) for column in columns]),
        disability_age=youngest,
        disability_contributed=contributed,
        disability_validated=validated,
        volunteer=_volunteer(eras),
        quarter=_quarter(),
        sick_days=_only(line(eras, lambda on: _since_2004("sick_contributed_quarters", on))) * _quarter(),
        rounding=whole(lambda: value(f"{OWN}.rounding_days", on=FIRST_DURATIONS)),
        child_before=whole(lambda: value(f"{OWN}.child_bonification", on=LAST_BEFORE_2004)),
        child_since=whole(lambda: value(f"{OWN}.child_duration", on=FIRST_DURATIONS)),
        surcote_first=value(f"{OWN}.surcote_rate", on=FIRST_DURATIONS).valid_from,
    )


def _numbers(breaks: Breaks) -> Whole:
    return np.array([day(one) for one in breaks.starts], dtype=np.int64)


def _extra(column: str, births: Breaks, eras: Breaks) -> Whole:
    return grid(births, eras, lambda at, on: early.extra_quarters(column, at, on))


def _or(found: Whole, otherwise: int) -> Whole:
    return np.where(found == MISSING, otherwise, found)


def _only(found: Whole) -> int:
    """The one number of all eras. Raises ValueError where there are several: columns are summed up before they know."""
    several = set(found.tolist())
    if len(several) != 1:
        raise ValueError(f"columns hold for one limit of leave for illness, not for {sorted(several)}")
    return int(several.pop())


def _since_2004(name: str, on: Date) -> Read:
    return value(f"{OWN}.{name}", on=max(on, FIRST_DURATIONS))


def _quarter() -> int:
    return whole(lambda: value(f"{OWN}.quarter_days", on=FIRST_DURATIONS))


def _category(
    category: Category, births: Breaks, eras: Breaks, reached: Breaks, by_birth: Callable[[str], Whole]
) -> OfCategory:
    name = category.value
    sedentary = category is Category.SEDENTARY
    return OfCategory(
        age=by_birth(f"{OWN}.{name}.age"),
        quarters=by_birth(f"{OWN}.{name}.quarters"),
        limit=by_birth(f"{OWN}.age_limit.{name}"),
        surcote_months=np.zeros(len(eras), dtype=np.int64)
        if sedentary
        else line(eras, lambda on: _since_2004(f"{name}_surcote_years", on), scale=12),
        old_days=0 if sedentary else whole(lambda: services_threshold(category, OLD_LAW).value, 30),
        wanted_days=np.zeros(0, dtype=np.int64)
        if sedentary
        else line(reached, lambda on: services_threshold(category, on).value, scale=30),
    )


def _ages(births: Breaks) -> Whole:
    rows = [sorted(candidate_ages(birth)) for birth in births.starts]
    width = max(len(row) for row in rows)
    return np.array([row + [MISSING] * (width - len(row)) for row in rows], dtype=np.int64)


def _minimum(openings: Breaks) -> Minimum:
    def of(column: str, scale: int) -> Whole:
        return line(openings, lambda on: cell(f"cnracl_early.minimum.{column}", on=on, at=on), scale=scale)

    return Minimum(
        share=of("share", PARTS),
        step=of("step", PARTS),
        step_after=of("step_after", PARTS),
        threshold=of("threshold", 1),
        short=_by_era(openings, "minimum_short_quarters"),
        full=_by_era(openings, "minimum_full_quarters"),
        by_services=_by_era(openings, "minimum_by_services"),
        full_rate=_by_era(openings, "minimum_full_rate"),
        index=of("index", 1),
    )


def _disability(births: Breaks, eras: Breaks, youngest: int) -> tuple[Whole, Whole]:
    """By years of age from the youngest to the last row, generation and era."""
    last = max(
        int(row.at) // 12 for row in table("cnracl_early.disability").versions[-1].rows if isinstance(row.at, Decimal)
    )

    def durations(birth: Date, age: int, on: Date) -> early.DisabilityDuration | None:
        try:
            return early.disability(birth, age, on).value
        except NotKnown:
            return None

    found = [
        [[durations(birth, age, on) for on in eras.starts] for birth in births.starts]
        for age in range(youngest, last + 1)
    ]
    contributed = [[[MISSING if one is None else int(one.contributed) for one in row] for row in of] for of in found]
    validated = [
        [[MISSING if one is None or one.validated is None else int(one.validated) for one in row] for row in of]
        for of in found
    ]
    size = (len(found), -1)
    return (
        np.array(contributed, dtype=np.int64).reshape(size),
        np.array(validated, dtype=np.int64).reshape(size),
    )


def _volunteer(eras: Breaks) -> Whole:
    """By whole years as a volunteer (up to the last row) and era; 0 where there is no bonification."""
    rows = table("cnracl_early.volunteer_firefighter").versions[-1].rows
    last = max(int(row.at) for row in rows if isinstance(row.at, Decimal))
    name = "cnracl_early.volunteer_firefighter.quarters"

    def row(years: int) -> Whole:
        return line(eras, lambda on: find(name, on=on, at=Decimal(years)))

    found = [row(years) for years in range(last + 1)]
    return np.maximum(np.stack(found), 0)
