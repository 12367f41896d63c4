"""By which ways somebody may leave on a day: age, category, long career, disability, invalidity."""

import datetime
import enum
from collections.abc import Iterator
from dataclasses import dataclass

from parvis.regulations.parameters import NotKnown
from parvis.regulations.parameters.tables import table
from parvis.regulations.pensions import early, rights
from parvis.regulations.pensions.career import (
    Career,
    classified_days,
    counted,
    quarters_by_end_of,
    reaches_on,
)
from parvis.regulations.pensions.categories import Category, services_threshold
from parvis.regulations.periods import age_on

ONE = datetime.timedelta(days=1)
# The old thresholds (15 and 25 years), at the day of which the new ones are read, are the first row of their table.
OLD_LAW = datetime.date(1900, 1, 1)


class Way(enum.Enum):
    """A way out; its French name."""

    AGE = "âge légal"
    ACTIVE = "catégorie active"
    SUPER_ACTIVE = "catégorie super-active"
    LONG_CAREER = "carrière longue"
    DISABILITY = "handicap"
    INVALIDITY = "invalidité"


@dataclass(frozen=True, slots=True)
class Departure:
    """A way that is open: the category whose durations apply, the day on which the right opened.

    `early_opening`: that day where it decides the required duration (long careers).
    """

    way: Way
    category: Category
    opened_on: datetime.date
    early_opening: datetime.date | None = None


def category_kept(career: Career, category: Category, effect: datetime.date) -> bool:
    """Whether services of a category are long enough on a day to leave at its age."""
    old = services_threshold(category, OLD_LAW).value
    reached = reaches_on(career, category, int(old) * 30, effect)
    if reached is None:
        return False
    wanted = services_threshold(category, reached).value
    return classified_days(career, category, effect) >= wanted * 30


def open_ways(career: Career, effect: datetime.date) -> Iterator[Departure]:
    """The ways open on a day of effect, for who has the right to a pension."""
    removed = career.removed_on(effect)
    birth = career.birth
    if career.invalidity is not None:
        yield Departure(Way.INVALIDITY, Category.SEDENTARY, effect)
    opened = rights.opens_on(Category.SEDENTARY, birth, effect)
    if effect >= opened:
        yield Departure(Way.AGE, Category.SEDENTARY, opened)
    for category, way in ((Category.ACTIVE, Way.ACTIVE), (Category.SUPER_ACTIVE, Way.SUPER_ACTIVE)):
        opened = rights.opens_on(category, birth, effect)
        if effect >= opened and category_kept(career, category, removed):
            yield Departure(way, category, opened)
    yield from _long_careers(career, effect)
    yield from _disability(career, effect)


def _long_careers(career: Career, effect: datetime.date) -> Iterator[Departure]:
    birth = career.birth
    try:
        doors = early.doors(birth, effect, reached=True).value
        wanted = early.start_quarters(birth, effect)
    except NotKnown:
        return
    found: set[datetime.date] = set()
    for door in doors:
        first = door.age.reached_on(birth)
        if quarters_by_end_of(career, birth.year + door.began_before) < wanted:
            continue
        opened = _long_career_opens(career, door, first, effect)
        if opened is not None and opened not in found:
            found.add(opened)
            yield Departure(Way.LONG_CAREER, Category.SEDENTARY, opened, opened)


def _long_career_opens(
    career: Career, door: early.Door, first: datetime.date, effect: datetime.date
) -> datetime.date | None:
    """The day, exact, on which age and contributed duration were both there; None where they are not by the effect.

    The duration depends on the day of opening: it is constant between the steps of its tables.
    """
    extra = int(door.contributed) - _required(career, first, effect)
    after = effect + datetime.timedelta(days=1)
    ends = sorted(day for day in _steps(career) if first < day < after)
    for start, before in zip([first, *ends], [*ends, after], strict=True):
        wanted = _required(career, start, effect) + extra
        low, high = start, before - datetime.timedelta(days=1)
        if _contributed(career, high) < wanted:
            continue
        while low < high:
            middle = low + (high - low) // 2
            low, high = (low, middle) if _contributed(career, middle) >= wanted else (middle + ONE, high)
        return low
    return None


def _contributed(career: Career, day: datetime.date) -> int:
    return counted(career, day).contributed


def _steps(career: Career) -> set[datetime.date]:
    """The days on which the required duration may change with the day of opening."""
    found = {rights.SIXTY.reached_on(career.birth)}
    for name in ("opening_quarters", "early_opening_quarters"):
        for one in table(f"cnracl_pensions.{name}").versions:
            found |= {row.at for row in one.rows if isinstance(row.at, datetime.date)}
    return found


def _required(career: Career, opened: datetime.date, effect: datetime.date) -> int:
    found = rights.required_quarters(Category.SEDENTARY, career.birth, effect, opened_on=opened)
    return int(found.value)


def _disability(career: Career, effect: datetime.date) -> Iterator[Departure]:
    if career.disabled_since is None:
        return
    years = age_on(career.birth, effect).years if effect > career.birth else 0
    if years < early.first_disability_age():
        return
    try:
        wanted = early.disability(career.birth, years, effect).value
    except NotKnown:
        return
    have = counted(career, effect)
    if have.contributed_disabled < wanted.contributed:
        return
    if wanted.validated is not None and have.contributed_disabled < wanted.validated:
        return
    yield Departure(
        Way.DISABILITY, Category.SEDENTARY, min(effect, rights.opens_on(Category.SEDENTARY, career.birth, effect))
    )
