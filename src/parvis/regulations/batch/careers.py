"""Careers as columns, and the careers as periods that columns can stand for.

A row covers a career that is settled but for one thing, the present post: what came before is given as durations by
kind, and from `since` on the same service goes on, under the same category, share and index, until departure (or
`removed`). What is not covered is said, never estimated:

* `columns_of` refuses a career of periods with the reason: a pension for invalidity, a last period that is not service
  (a leave that goes on), work under another scheme that goes on. Changes to come (share, category, index) cannot be
  said.
* `pensions.estimate` marks a row `UNSETTLED` where the career might leave before the day on which its past is settled
  (somebody who was recruited after that, or who comes back to work).
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from parvis.regulations.batch.days import NEVER, Mask, Whole, day, days
from parvis.regulations.batch.eras import DAWN
from parvis.regulations.batch.pensions_law import BEGUN, CATEGORIES, FIRST_DURATIONS, LAST_BEFORE_2004, law
from parvis.regulations.parameters import value
from parvis.regulations.pensions import career as periods
from parvis.regulations.pensions.career import Career, Kind, Stretch
from parvis.regulations.pensions.categories import Category
from parvis.regulations.periods import add_months

# A share of working time, in ten thousandths.
SHARES = 10_000
LAST_BIRTH, LAST_DAY = datetime.date(2050, 1, 1), datetime.date(2120, 1, 1)
LONGEST_DAYS, MOST_QUARTERS, MOST_CHILDREN, HIGHEST_INDEX = 36_000, 400, 100, 10_000
DAYS = ("birth", "since", "settled", "removed", "active_reached", "super_active_reached", "disabled_since")
ABSENT_DAYS = ("removed", "active_reached", "super_active_reached", "disabled_since")


@dataclass(frozen=True, slots=True)
class CareerColumns:
    """One career a row. Days are `datetime64` (NaT: none), durations are days of 360 a year; all is whole numbers.

    * `birth`; `since`: the present service goes on unchanged from that day; `settled`: from that day on nothing else
      adds anything (`since`; the 1 January after the last year of another scheme; the sixth month of the index);
      `removed`: the end of the present service where it has one.
    * `category` of the present post: 0 sedentary, 1 active, 2 super-active; `share`: what it counts for in the amount,
      in ten thousandths (10 000 where part time counts whole); `firefighter`: 1 for a professional one; `index`: the
      major index (indice majoré) held.
    * Before `since`: `worked_days`, `sick_days`, `counted_leave_days`; `liquidated`: these at their share, in ten
      thousandths of days; `firefighter_days`; `active_days` (super-active ones among them), `super_active_days`;
      `active_reached`, `super_active_reached`: when they came to 15 and 25 years (NaT: not before `since`).
    * Of other schemes, within what a calendar year holds beside the CNRACL: `other_days`, and `other_paid_days` of them
      contributed. `begun`: quarters of insurance by the end of the years in which one is 16, 17, 18, 20, 21 (`BEGUN`),
      a column for each.
    * Children: `children_before_2004` (work interrupted), `children_since_2004` (borne in service), `children_raised`.
    * Quarters: `bonifications` in services, `duration_quarters` in the insurance duration alone, `surcote_quarters`:
      those of both that count for the surcote; `volunteer_years` as a firefighter.
    * `disabled_since`; after it and before `since`: `disabled_worked_days`, `disabled_sick_days`; contributed quarters
      of other schemes in the years after it: `disabled_other_quarters`.
    """

    birth: npt.ArrayLike
    since: npt.ArrayLike
    settled: npt.ArrayLike
    removed: npt.ArrayLike
    category: npt.ArrayLike
    share: npt.ArrayLike
    firefighter: npt.ArrayLike
    index: npt.ArrayLike
    worked_days: npt.ArrayLike
    sick_days: npt.ArrayLike
    counted_leave_days: npt.ArrayLike
    liquidated: npt.ArrayLike
    firefighter_days: npt.ArrayLike
    active_days: npt.ArrayLike
    super_active_days: npt.ArrayLike
    active_reached: npt.ArrayLike
    super_active_reached: npt.ArrayLike
    other_days: npt.ArrayLike
    other_paid_days: npt.ArrayLike
    begun: npt.ArrayLike
    children_before_2004: npt.ArrayLike
    children_since_2004: npt.ArrayLike
    children_raised: npt.ArrayLike
    bonifications: npt.ArrayLike
    duration_quarters: npt.ArrayLike
    surcote_quarters: npt.ArrayLike
    volunteer_years: npt.ArrayLike
    disabled_since: npt.ArrayLike
    disabled_worked_days: npt.ArrayLike
    disabled_sick_days: npt.ArrayLike
    disabled_other_quarters: npt.ArrayLike

    def length(self) -> int:
        """The number of rows. Raises ValueError where columns differ."""
        lengths = {len(np.asarray(getattr(self, one.name))) for one in fields(self)}
        if len(lengths) != 1:
            raise ValueError("the columns are not of one length")
        return lengths.pop()

    def part(self, start: int, end: int) -> "CareerColumns":
        """Some of the rows."""
        return CareerColumns(*(np.asarray(getattr(self, one.name))[start:end] for one in fields(self)))


NAMES = tuple(one.name for one in fields(CareerColumns))
_MOST = (
    {"category": 2, "share": SHARES, "firefighter": 1, "index": HIGHEST_INDEX, "liquidated": LONGEST_DAYS * SHARES}
    | {name: LONGEST_DAYS for name in NAMES if name.endswith("_days")}
    | {name: MOST_CHILDREN for name in NAMES if name.startswith("children")}
    | {name: MOST_QUARTERS for name in NAMES if name.endswith("quarters")}
    | {"bonifications": MOST_QUARTERS, "volunteer_years": MOST_CHILDREN, "begun": MOST_QUARTERS}
)
_LEAST = {"share": 1, "index": 1}


class Rows:
    """The rows of a block, checked: days as numbers (see `days`), all else as 64-bit whole numbers."""

    __slots__ = (*NAMES, "generation")

    def __init__(self, columns: CareerColumns) -> None:
        """Raises ValueError, with the name of the column, for what is none, out of bounds or contradicts another."""
        self.generation: Whole
        for name in NAMES:
            try:
                setattr(self, name, _checked(name, getattr(columns, name)))
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
        columns.length()
        if self.begun.shape[1:] != (len(BEGUN),):
            raise ValueError(f"begun: a column for each of the ages {BEGUN} is expected")
        self._coherent()
        self.generation = law().births.place(self.birth)

    def __getattr__(self, name: str) -> Whole:
        raise AttributeError(name)

    def __len__(self) -> int:
        return len(self.birth)

    def _coherent(self) -> None:
        counted = self.worked_days + self.sick_days + self.counted_leave_days
        wrong: dict[str, Mask] = {
            "since: before the birth": self.since < self.birth,
            "birth: before 1900 or too late": (self.birth < day(DAWN)) | (self.birth >= day(LAST_BIRTH)),
            "settled: too late": self.settled >= day(LAST_DAY),
            "settled: before since": self.settled < self.since,
            "removed: before since": self.removed < self.since,
            "liquidated: more than the days of services": self.liquidated > counted * SHARES,
            "firefighter_days: more than the days of services": self.firefighter_days > counted,
            "active_days: more than the days of services": self.active_days > counted,
            "super_active_days: more than the active ones": self.super_active_days > self.active_days,
            "other_paid_days: more than other_days": self.other_paid_days > self.other_days,
        }
        for category, reached, had in (
            (1, self.active_reached, self.active_days),
            (2, self.super_active_reached, self.super_active_days),
        ):
            old = law().categories[category].old_days
            name = "active_reached" if category == 1 else "super_active_reached"
            wrong[f"{name}: the day is missing, or the days are"] = (reached < NEVER) != (had >= old)
            wrong[f"{name}: after since"] = (reached < NEVER) & (reached > self.since)
        for text, rows in wrong.items():
            if rows.any():
                raise ValueError(f"{text} (row {int(np.argmax(rows))})")


def _checked(name: str, given: npt.ArrayLike) -> Whole:
    if name in DAYS:
        return days(given, absent=NEVER if name in ABSENT_DAYS else None)
    found = np.asarray(given)
    if found.ndim != (2 if name == "begun" else 1) or not np.issubdtype(found.dtype, np.integer):
        raise ValueError("a column of whole numbers is expected")
    if found.size and (int(found.max()) > _MOST[name] or int(found.min()) < _LEAST.get(name, 0)):
        raise ValueError("a number is out of bounds")
    return np.ascontiguousarray(found, dtype=np.int64)


def columns_of(careers: Iterable[Career]) -> CareerColumns:
    """The columns that stand for careers, counted by the functions of one career. Raises ValueError for one that
    columns do not cover, with its place and the reason."""
    rows = []
    for place, one in enumerate(careers):
        try:
            rows.append(_row(one))
        except ValueError as error:
            raise ValueError(f"career {place}: {error}") from error
    return CareerColumns(*(_column(name, [row[name] for row in rows]) for name in NAMES))


def _column(name: str, cells: Sequence[object]) -> npt.NDArray[np.generic]:
    if name in DAYS:
        return np.array(cells, dtype="datetime64[D]")
    if name == "begun":
        return np.array(cells, dtype=np.int64).reshape(-1, len(BEGUN))
    return np.array(cells, dtype=np.int64)


def _row(career: Career) -> dict[str, object]:
    present, others = _present(career), [one for one in career.stretches if one.kind is Kind.OTHER_SCHEME]
    since, past = present.starts_on, [one for one in career.stretches if one is not present]
    counted = [one for one in past if one.kind in periods.COUNTED]
    ends = [since, *(datetime.date(_last_year(one) + 1, 1, 1) for one in others)]
    ends += [datetime.date(one.year + 1, 1, 1) for one in career.other_years]
    index, held = _index(career, present)
    settled = max(*ends, held)
    other_days, other_paid = periods.other_days(career, settled)
    disabled = career.disabled_since
    return {
        "birth": career.birth,
        "since": since,
        "settled": settled,
        "removed": present.ends_before,
        "category": CATEGORIES.index(present.category),
        "share": _tenthousandths(present),
        "firefighter": int(present.firefighter),
        "index": index,
        "worked_days": sum(one.days_until(since) for one in past if one.kind is Kind.SERVICE),
        "sick_days": sum(one.days_until(since) for one in past if one.kind is Kind.SICK_LEAVE),
        "counted_leave_days": sum(one.days_until(since) for one in past if one.kind is Kind.COUNTED_LEAVE),
        "liquidated": sum(one.days_until(since) * _tenthousandths(one) for one in counted),
        "firefighter_days": sum(one.days_until(since) for one in counted if one.firefighter),
        "active_days": periods.classified_days(career, Category.ACTIVE, since),
        "super_active_days": periods.classified_days(career, Category.SUPER_ACTIVE, since),
        "active_reached": _reached(career, Category.ACTIVE, since),
        "super_active_reached": _reached(career, Category.SUPER_ACTIVE, since),
        "other_days": other_days,
        "other_paid_days": other_paid,
        "begun": [periods.quarters_by_end_of(career, career.birth.year + age) for age in BEGUN],
        "children_before_2004": sum(one.interrupted for one in career.children if one.born_on <= LAST_BEFORE_2004),
        "children_since_2004": sum(one.borne_in_service for one in career.children if one.born_on >= FIRST_DURATIONS),
        "children_raised": sum(one.raised for one in career.children),
        "bonifications": sum(one.quarters for one in career.bonifications if one.in_services),
        "duration_quarters": sum(one.quarters for one in career.bonifications if not one.in_services),
        "surcote_quarters": sum(one.quarters for one in career.bonifications if one.for_surcote),
        "volunteer_years": career.volunteer_years,
        "disabled_since": disabled,
        "disabled_worked_days": 0
        if disabled is None
        else sum(one.days_until(since, disabled) for one in past if one.kind is Kind.SERVICE),
        "disabled_sick_days": 0
        if disabled is None
        else sum(one.days_until(since, disabled) for one in past if one.kind is Kind.SICK_LEAVE),
        "disabled_other_quarters": 0
        if disabled is None
        else sum(one.contributed for one in career.other_years if one.year > disabled.year),
    }


def _present(career: Career) -> Stretch:
    own = [one for one in career.stretches if one.kind is not Kind.OTHER_SCHEME]
    if career.invalidity is not None:
        raise ValueError("a pension for invalidity is estimated one by one")
    present = max(own, key=lambda one: one.starts_on, default=None)
    if present is None or present.kind is not Kind.SERVICE:
        raise ValueError("the last period is not one of service")
    return present


def _last_year(stretch: Stretch) -> int:
    if stretch.ends_before is None:
        raise ValueError("work under another scheme goes on")
    return stretch.ends_before.year


def _tenthousandths(stretch: Stretch) -> int:
    exact = (Decimal(1) if stretch.kept_whole else stretch.share) * SHARES
    if exact != int(exact):
        raise ValueError("a share of working time has more than four decimals")
    return int(exact)


def _index(career: Career, present: Stretch) -> tuple[int, datetime.date]:
    """The index held at the departure, and the day from which it is that one whatever the departure."""
    last = sorted(career.indices, key=lambda one: one.since)[-1]
    months = int(value("cnracl_pensions.index_months", on=FIRST_DURATIONS).value)
    held = add_months(last.since, months)
    if len(career.indices) == 1:
        return last.index, present.starts_on
    if present.ends_before is None or held <= present.ends_before:
        return last.index, held
    return periods.index_held(career, present.ends_before).index, present.ends_before


def _reached(career: Career, category: Category, since: datetime.date) -> datetime.date | None:
    return periods.reaches_on(career, category, law().categories[CATEGORIES.index(category)].old_days, since)
