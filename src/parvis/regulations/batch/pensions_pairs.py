"""Careers and days of effect in pairs, and what is counted of each: `pensions.career` and `estimate` over columns."""

from dataclasses import dataclass

import numpy as np

from parvis.regulations.batch.careers import SHARES, Rows
from parvis.regulations.batch.days import NEVER, Mask, Whole, days_between
from parvis.regulations.batch.pensions_law import law
from parvis.regulations.pensions import formulas


@dataclass(slots=True)
class Pairs:
    """A row and a day of effect, many times: `era` and `cell` (generation × era) say where the law is read for it.

    `until`: the removal, the day of effect or an earlier one. `tail`: days of the present service until then.
    """

    rows: Rows
    row: Whole
    effect: Whole
    era: Whole
    cell: Whole
    birth: Whole
    until: Whole
    tail: Whole

    @classmethod
    def of(cls, rows: Rows, row: Whole, effect: Whole) -> "Pairs":
        eras = law().eras
        era = eras.place(effect)
        cell = rows.generation.take(row) * len(eras) + era
        until = effect
        if (rows.removed < NEVER).any():
            until = np.minimum(effect, rows.removed.take(row))
        return cls(rows, row, effect, era, cell, rows.birth.take(row), until, days_between(rows.since.take(row), until))

    def __len__(self) -> int:
        return len(self.row)

    def at(self, places: Whole) -> "Pairs":
        """Some of them."""
        several = (self.row, self.effect, self.era, self.cell, self.birth, self.until, self.tail)
        return Pairs(self.rows, *(one.take(places) for one in several))

    def column(self, name: str) -> Whole:
        """The cells of a column."""
        found: Whole = getattr(self.rows, name)
        return found.take(self.row)

    def any(self, name: str) -> bool:
        """Whether a column holds anything in this block."""
        return bool(getattr(self.rows, name).any())


@dataclass(slots=True)
class Counts:
    """Quarters of each pair: services in the amount, bonifications, insurance, that for the surcote, for children."""

    services: Whole
    bonifications: Whole
    insured: Whole
    for_surcote: Whole
    for_children: Whole

    def at(self, places: Whole) -> "Counts":
        """Some of them."""
        return Counts(
            self.services.take(places),
            self.bonifications.take(places),
            self.insured.take(places),
            self.for_surcote.take(places),
            self.for_children.take(places),
        )


def rounded(days: Whole) -> Whole:
    """`durations.rounded`."""
    found: Whole = formulas.rounded_quarters(days, law().quarter, law().rounding)
    return found


def effective(pairs: Pairs) -> Whole:
    """Days of effective services up to the removal."""
    rows = pairs.rows
    return (rows.worked_days + rows.sick_days + rows.counted_leave_days).take(pairs.row) + pairs.tail


def has_right(pairs: Pairs) -> Mask:
    """`rights.has_right`."""
    return effective(pairs) >= law().services_days.take(law().eras.place(pairs.until))


def contributed_before(rows: Rows) -> Whole:
    """Contributed days of all schemes before the present service; the leave for illness within its limit."""
    return rows.worked_days + np.minimum(rows.sick_days, law().sick_days) + rows.other_paid_days


def while_disabled(pairs: Pairs) -> Whole:
    """Contributed quarters since the disability, 0 where there is none before the removal."""
    since = pairs.column("disabled_since")
    sick = np.minimum(pairs.column("disabled_sick_days"), law().sick_days)
    tail = days_between(np.maximum(pairs.column("since"), since), pairs.until)
    found = rounded(pairs.column("disabled_worked_days") + sick + tail) + pairs.column("disabled_other_quarters")
    return np.where(since < pairs.effect, found, 0)


def counts(pairs: Pairs) -> Counts:
    """What `career.counted` and the quarters beside it make."""
    own, rows = law(), pairs.rows
    services = rounded((pairs.column("liquidated") + pairs.tail * pairs.column("share")) // SHARES)
    before, since = pairs.column("children_before_2004"), pairs.column("children_since_2004")
    for_children = before * own.child_before + since * own.child_since
    bonifications = before * own.child_before + since * own.child_moved.take(pairs.era)
    other = pairs.column("bonifications")
    if pairs.any("firefighter") or pairs.any("firefighter_days"):
        other = other + _firefighter(pairs)
    if pairs.any("volunteer_years"):
        years = np.minimum(pairs.column("volunteer_years"), len(own.volunteer) - 1)
        other = other + own.volunteer[years, pairs.era]
    insured = rounded(effective(pairs) + pairs.column("other_days"))
    more = rows.surcote_quarters.take(pairs.row)
    return Counts(
        services=services,
        bonifications=bonifications + other,
        insured=insured + for_children + other + rows.duration_quarters.take(pairs.row),
        for_surcote=insured + for_children + more,
        for_children=for_children,
    )


def _firefighter(pairs: Pairs) -> Whole:
    own = law()
    days = pairs.column("firefighter_days") + pairs.tail * pairs.column("firefighter")
    part = days * own.firefighter_percent.take(pairs.era) // (100 * own.quarter)
    return np.minimum(part, own.firefighter_most.take(pairs.era))
