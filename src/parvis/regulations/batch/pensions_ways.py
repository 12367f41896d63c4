"""By which ways the pairs may leave: `pensions.ways` over columns, in the same order."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from parvis.regulations.batch.careers import Rows
from parvis.regulations.batch.days import NEVER, Mask, Whole, plus_days, plus_months, reached_after
from parvis.regulations.batch.days import day as number
from parvis.regulations.batch.days import whole_months as months_between
from parvis.regulations.batch.eras import MISSING
from parvis.regulations.batch.pensions_law import BEGUN, law
from parvis.regulations.batch.pensions_pairs import Pairs, contributed_before, while_disabled
from parvis.regulations.pensions.early import DOORS
from parvis.regulations.pensions.rights import SIXTY
from parvis.regulations.pensions.ways import Way

WAYS = tuple(Way)
SEDENTARY, ACTIVE, SUPER_ACTIVE = 0, 1, 2


@dataclass(slots=True)
class Departures:
    """The pairs that are open by one way: their places, and the day on which the right opened. `early`: that day
    decides the required duration (long careers)."""

    way: Way
    category: int
    places: Whole
    opened: Whole
    early: bool = False


@dataclass(slots=True)
class Doors:
    """Of the rows that began young enough: their place among those (MISSING: none); by door, the day on which the long
    career opened for each of them and each law (NEVER)."""

    place: Whole
    opened: Whole


def opens_by_age(pairs: Pairs, category: int) -> Whole:
    """`rights.opens_on`."""
    return plus_months(pairs.birth, law().categories[category].age.take(pairs.cell))


def open_ways(pairs: Pairs, kept: list[Whole], doors: Doors) -> Iterator[Departures]:
    """The ways open to each pair, for who has the right to a pension, in the order in which ties are decided."""
    opened = opens_by_age(pairs, SEDENTARY)
    yield _where(Way.AGE, SEDENTARY, opened <= pairs.effect, opened)
    for category, way in ((ACTIVE, Way.ACTIVE), (SUPER_ACTIVE, Way.SUPER_ACTIVE)):
        since = kept[category].take(pairs.row)
        if (since < NEVER).any():
            by_age = opens_by_age(pairs, category)
            yield _where(way, category, (by_age <= pairs.effect) & (since <= pairs.until), by_age)
    young = doors.place.take(pairs.row)
    if (young >= 0).any():
        place = young * len(law().laws) + law().law_of.take(pairs.era)
        for opened_days in doors.opened:
            day = opened_days.take(np.maximum(place, 0))
            yield _where(Way.LONG_CAREER, SEDENTARY, (young >= 0) & (day <= pairs.effect), day, early=True)
    if (pairs.rows.disabled_since < NEVER).any():
        yield _disability(pairs, opened)


def _where(way: Way, category: int, open_: Mask, opened: Whole, *, early: bool = False) -> Departures:
    places = np.flatnonzero(open_)
    return Departures(way, category, places, opened.take(places), early)


def _disability(pairs: Pairs, by_age: Whole) -> Departures:
    own = law()
    years = months_between(pairs.birth, pairs.effect) // 12 - own.disability_age
    row = np.minimum(np.maximum(years, 0), len(own.disability_contributed) - 1)
    contributed = own.disability_contributed[row, pairs.cell]
    validated = own.disability_validated[row, pairs.cell]
    have = while_disabled(pairs)
    open_ = (pairs.column("disabled_since") < NEVER) & (years >= 0) & (contributed >= 0)
    open_ &= (have >= contributed) & (have >= validated)
    return _where(Way.DISABILITY, SEDENTARY, open_, np.minimum(by_age, pairs.effect))


def categories_kept(rows: Rows) -> list[Whole]:
    """By category, the first removal for which classified services are long enough (NEVER; 0 where those before the
    present service are already): `ways.category_kept`."""
    return [np.full(len(rows), NEVER), _kept(rows, ACTIVE), _kept(rows, SUPER_ACTIVE)]


def _kept(rows: Rows, category: int) -> Whole:
    own = law()
    past = rows.active_days if category == ACTIVE else rows.super_active_days
    reached = (rows.active_reached if category == ACTIVE else rows.super_active_reached).copy()
    found = np.full(len(rows), NEVER)
    goes_on = rows.category >= category
    concerned = np.flatnonzero(goes_on | (reached < NEVER))
    if not len(concerned):
        return found
    old, since, past = own.categories[category].old_days, rows.since.take(concerned), past.take(concerned)
    goes_on, reached = goes_on.take(concerned), reached.take(concerned)
    left = np.maximum(old - past, 0)
    # As `career.reaches_on`: whole months of 30 days on the calendar, then days of it.
    later = plus_days(plus_months(since, left // 30), left % 30)
    reached = np.where(reached < NEVER, reached, np.where(goes_on, later, NEVER))
    wanted = own.categories[category].wanted_days.take(own.reached.place(reached))
    served = reached_after(since, wanted - past)
    # The threshold is read once the old duration is there: counted days, not days of the calendar, say when.
    served = np.maximum(served, np.where(left > 0, reached_after(since, left), since))
    day = np.where(past >= wanted, 0, np.where(goes_on, served, NEVER))
    found[concerned] = np.where(reached < NEVER, day, NEVER)
    return found


def began_young(rows: Rows) -> Doors:
    """The rows that may leave for a long career, and when: age and contributed duration both there.

    The required duration is that of the day of opening, constant between the rows of its table until 60, then that of
    the generation: the first day on which the contributed one reaches it is found stretch by stretch.
    """
    own = law()
    least = min(int(own.begun_quarters.max()), int(own.begun_autumn.max()))
    young = np.flatnonzero((rows.begun >= max(least, 1)).any(axis=1))
    place = np.full(len(rows), MISSING)
    place[young] = np.arange(len(young))
    # One line for each young row and law.
    row, era = np.repeat(young, len(own.laws)), np.tile(own.law_eras, len(young))
    return Doors(place, np.stack([_door(rows, row, era, door) for door in range(len(DOORS))]))


def _door(rows: Rows, row: Whole, era: Whole, door: int) -> Whole:
    own = law()
    cell = rows.generation.take(row) * len(own.eras) + era
    birth, age = rows.birth.take(row), own.door_age[door].take(cell)
    autumn = (birth >> 5) % 12 + 1 >= own.autumn_month.take(era)
    wanted = np.where(autumn, own.begun_autumn.take(era), own.begun_quarters.take(era))
    begun = rows.begun[:, BEGUN.index(DOORS[door][1])].take(row)
    opened = np.full(len(row), NEVER)
    at = np.flatnonzero((age >= 0) & (wanted >= 0) & (begun >= wanted))
    if len(at):
        opened[at] = _reached(rows, row[at], era[at], plus_months(birth[at], age[at]), door)
    return opened


def _reached(rows: Rows, row: Whole, era: Whole, first: Whole, door: int) -> Whole:
    own = law()
    cell = rows.generation.take(row) * len(own.eras) + era
    sixty = plus_months(rows.birth.take(row), SIXTY.in_months)
    since, removed = rows.since.take(row), rows.removed.take(row)
    before, extra = contributed_before(rows).take(row), own.door_extra[door].take(cell)

    def there(required: Whole) -> Whole:
        # Of so many quarters, the last one counts from `rounding` days on.
        left = (required + extra - 1) * own.quarter + own.rounding - before
        day = np.where(left > 0, reached_after(since, left), 0)
        return np.where((required >= 0) & (day <= removed), day, NEVER)

    found = np.full(len(row), NEVER)
    starts = [number(one) for one in own.openings.starts]
    for place, (start, end) in enumerate(zip(starts, [*starts[1:], NEVER], strict=True)):
        after, until = np.maximum(first, start), np.minimum(sixty, end)
        if (after < until).any():
            required = own.early_quarters.take(place * len(own.eras) + era)
            day = np.maximum(after, there(required))
            found = np.where((found == NEVER) & (day < until), day, found)
    day = np.maximum(np.maximum(first, sixty), there(own.categories[SEDENTARY].quarters.take(cell)))
    return np.where((found == NEVER) & (day < NEVER), day, found)


def first_days(rows: Rows, kept: list[Whole], doors: Doors) -> Whole:
    """The first day on which each row may leave by any way, its right to a pension apart (NEVER where none ever opens).

    It is right where it does not come before the past is settled: no later day is missed, and none comes before it.
    """
    own = law()
    found = first_by_age(rows, SEDENTARY)
    for category in (ACTIVE, SUPER_ACTIVE):
        if (kept[category] < NEVER).any():
            by_age = np.maximum(first_by_age(rows, category), kept[category])
            found = np.minimum(found, by_age)
    young = np.flatnonzero(doors.place >= 0)
    for opened in doors.opened:
        found[young] = np.minimum(found.take(young), _first_under_law(opened.reshape(-1, len(own.laws))))
    at_age = plus_months(rows.birth, own.disability_age * 12)
    return np.where(rows.disabled_since < NEVER, np.minimum(found, at_age), found)


def first_by_age(rows: Rows, category: int) -> Whole:
    """`rights.legal_date` of each row."""
    own = law()
    ages = own.categories[category].age.reshape(-1, len(own.eras))[:, own.law_eras][rows.generation]
    return _first_under_law(np.where(ages >= 0, plus_months(rows.birth[:, None], np.maximum(ages, 0)), NEVER))


def _first_under_law(opens: Whole) -> Whole:
    """The first day, under the first law, on which a way is open; `opens`: by row and law, its day under that law."""
    starts = [number(one) for one in law().laws.starts]
    found = np.full(len(opens), NEVER)
    for place, (start, end) in enumerate(zip(starts, [*starts[1:], NEVER], strict=True)):
        day = np.maximum(opens[:, place], start)
        found = np.where((found == NEVER) & (day < end), day, found)
    return found


def required_quarters(pairs: Pairs, departures: Departures, opens_on: Whole) -> Whole:
    """`rights.required_quarters` of pairs that are already those of the departures; MISSING where it is not known."""
    own, eras = law(), len(law().eras)
    found = own.categories[departures.category].quarters.take(pairs.cell)
    if departures.early:
        early = own.early_quarters.take(own.openings.place(departures.opened) * eras + pairs.era)
        return np.where(departures.opened < plus_months(pairs.birth, SIXTY.in_months), early, found)
    if departures.category == SEDENTARY:
        return found
    by_opening = own.opening_quarters.take(own.openings.place(opens_on) * eras + pairs.era)
    return np.where(found < 0, by_opening, found)
