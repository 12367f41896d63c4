"""A career as periods, and what is counted of it on a day."""

import datetime
import enum
import functools
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import value
from parvis.regulations.pensions.categories import Category
from parvis.regulations.pensions.children import Child
from parvis.regulations.pensions.durations import days_between, rounded
from parvis.regulations.periods import add_months


class Kind(enum.Enum):
    """What a period of a career is."""

    SERVICE = "service"
    # Paid leave for illness: services; contributed within a limit, for long careers and disability.
    SICK_LEAVE = "sick_leave"
    # Leave that counts in services without contributions (parental leave within its limits).
    COUNTED_LEAVE = "counted_leave"
    # Leave that counts for nothing (disponibilité).
    UNCOUNTED_LEAVE = "uncounted_leave"
    # Work under another scheme: insurance duration only.
    OTHER_SCHEME = "other_scheme"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period of one kind. `ends_before`: None while it goes on, until the day of departure.

    `share`: of working time. `kept_whole`: part time that counts whole in the amount (surcotisation, part time of right
    for a child). `category`: of the post. `firefighter`: professional firefighter. Raises ValueError where it is empty
    or its share is none.
    """

    starts_on: datetime.date
    ends_before: datetime.date | None = None
    kind: Kind = Kind.SERVICE
    share: Decimal = Decimal(1)
    category: Category = Category.SEDENTARY
    kept_whole: bool = False
    firefighter: bool = False

    def __post_init__(self) -> None:
        if self.ends_before is not None and self.ends_before <= self.starts_on:
            raise ValueError("a period ends after it starts")
        if not 0 < self.share <= 1:
            raise ValueError("a share of working time is above 0 and at most 1")

    def days_until(self, until: datetime.date, since: datetime.date = datetime.date.min) -> int:
        """Days of it from `since` up to `until`, in months of 30 days."""
        start = max(self.starts_on, since)
        end = until if self.ends_before is None else min(self.ends_before, until)
        return days_between(start, end) if end > start else 0


@dataclass(frozen=True, slots=True)
class Bonification:
    """Quarters added to services; or, with `in_services` false, to the insurance duration alone (a disabled child,
    active posts of hospitals). `for_surcote`: those for children and disability count there, the others do not."""

    quarters: int
    label: str
    for_surcote: bool = False
    in_services: bool = True


@dataclass(frozen=True, slots=True)
class OtherYear:
    """Quarters that another scheme's statement gives for a year, and those of them that were contributed."""

    year: int
    quarters: int
    contributed: int

    def __post_init__(self) -> None:
        if not 0 <= self.contributed <= self.quarters <= 4:
            raise ValueError("a year holds 0 to 4 quarters, and no more contributed than given")


@dataclass(frozen=True, slots=True)
class IndexHeld:
    """A major index (indice majoré), NBI apart, and the day from which it was held."""

    index: int
    since: datetime.date


@dataclass(frozen=True, slots=True)
class Career:
    """All that an estimate needs. `disabled_since`: of 50 % or more; `invalidity`: its rate in percent, for who leaves
    because of it. Raises ValueError without a period or an index, or where periods of services overlap."""

    birth: datetime.date
    stretches: tuple[Stretch, ...]
    indices: tuple[IndexHeld, ...]
    children: tuple[Child, ...] = ()
    bonifications: tuple[Bonification, ...] = ()
    other_years: tuple[OtherYear, ...] = ()
    volunteer_years: int = 0
    disabled_since: datetime.date | None = None
    invalidity: Decimal | None = None

    def __post_init__(self) -> None:
        if not self.stretches or not self.indices:
            raise ValueError("a career has a period and an index at least")
        own = sorted(
            (one for one in self.stretches if one.kind is not Kind.OTHER_SCHEME), key=lambda one: one.starts_on
        )
        for earlier, later in zip(own, own[1:], strict=False):
            if earlier.ends_before is None or later.starts_on < earlier.ends_before:
                raise ValueError(f"two periods overlap on {later.starts_on:%Y-%m-%d}")
        if len({one.year for one in self.other_years}) != len(self.other_years):
            raise ValueError("a year of another scheme is given twice")

    def removed_on(self, effect: datetime.date) -> datetime.date:
        """The first day after the CNRACL's services: the day of effect, or an earlier one."""
        ends = [one.ends_before for one in self.stretches if one.kind is not Kind.OTHER_SCHEME]
        if any(end is None for end in ends):
            return effect
        return min(effect, max((end for end in ends if end is not None), default=effect))

    def last_category(self) -> Category:
        """The category of the last period of the CNRACL."""
        own = [one for one in self.stretches if one.kind is not Kind.OTHER_SCHEME]
        return max(own, key=lambda one: one.starts_on).category if own else Category.SEDENTARY


COUNTED = (Kind.SERVICE, Kind.SICK_LEAVE, Kind.COUNTED_LEAVE)
SICK_QUARTERS = "cnracl_pensions.sick_contributed_quarters"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a career counts on a day, bonifications apart. Days are 360 a year."""

    effective_days: int
    liquidated_days: Decimal
    firefighter_days: int
    services: int
    insured: int
    contributed: int
    contributed_disabled: int


# Small on purpose: one estimate asks for the same days again and again, and careers are not to stay in memory.
@functools.lru_cache(maxsize=256)
def counted(career: Career, until: datetime.date) -> Counted:
    """Services (pro rata for part time) and insurance, contributed quarters, of a career up to a day."""
    own = [one for one in career.stretches if one.kind in COUNTED]
    effective = sum(one.days_until(until) for one in own)
    liquidated = sum((Decimal(one.days_until(until)) * (1 if one.kept_whole else one.share) for one in own), Decimal(0))
    others, others_paid = other_days(career, until)
    return Counted(
        effective_days=effective,
        liquidated_days=liquidated,
        firefighter_days=sum(one.days_until(until) for one in own if one.firefighter),
        services=rounded(int(liquidated)).value,
        insured=rounded(effective + others).value,
        contributed=rounded(_contributed_days(career, until) + others_paid).value,
        contributed_disabled=_while_disabled(career, until),
    )


def _contributed_days(career: Career, until: datetime.date, since: datetime.date = datetime.date.min) -> int:
    worked = sum(one.days_until(until, since) for one in career.stretches if one.kind is Kind.SERVICE)
    sick = sum(one.days_until(until, since) for one in career.stretches if one.kind is Kind.SICK_LEAVE)
    first = datetime.date(2004, 1, 1)
    most = value(SICK_QUARTERS, on=max(until, first)).value * value("cnracl_pensions.quarter_days", on=first).value
    return worked + min(sick, int(most))


def other_days(career: Career, until: datetime.date) -> tuple[int, int]:
    """Days of other schemes, and those contributed: with those of the CNRACL no more than a calendar year holds.

    Days are added and rounded once, so that no quarter is lost where two schemes share a year.
    """
    days = paid = 0
    stated = {one.year: one for one in career.other_years}
    years = set(stated)
    for one in career.stretches:
        if one.kind is Kind.OTHER_SCHEME:
            end = until if one.ends_before is None else min(one.ends_before, until)
            years |= set(range(one.starts_on.year, end.year + 1))
    quarter = int(value("cnracl_pensions.quarter_days", on=datetime.date(2004, 1, 1)).value)
    most = quarter * int(value("cnracl_pensions.year_quarters", on=datetime.date(2004, 1, 1)).value)
    for year in sorted(years):
        first, last = datetime.date(year, 1, 1), min(datetime.date(year + 1, 1, 1), until)
        if last <= first:
            continue
        room = most - _days(career, COUNTED, first, last)
        worked = _days(career, (Kind.OTHER_SCHEME,), first, last)
        given = stated.get(year, OtherYear(year, 0, 0))
        days += min(room, worked + given.quarters * quarter)
        paid += min(room, worked + given.contributed * quarter)
    return days, paid


def _days(career: Career, kinds: tuple[Kind, ...], since: datetime.date, until: datetime.date) -> int:
    return sum(one.days_until(until, since) for one in career.stretches if one.kind in kinds)


def _while_disabled(career: Career, until: datetime.date) -> int:
    if career.disabled_since is None or career.disabled_since >= until:
        return 0
    return rounded(_contributed_days(career, until, career.disabled_since)).value + sum(
        one.contributed for one in career.other_years if career.disabled_since.year < one.year < until.year
    )


def quarters_by_end_of(career: Career, year: int) -> int:
    """Quarters of insurance by the end of a calendar year, all schemes, no more of a year than it holds (the start of a
    long career)."""
    end = datetime.date(year + 1, 1, 1)
    return rounded(_days(career, COUNTED, datetime.date.min, end) + other_days(career, end)[0]).value


def classified_days(career: Career, category: Category, until: datetime.date) -> int:
    """Days of services in posts of a category; those of super-active posts are active services too."""
    wanted = (category,) if category is Category.SUPER_ACTIVE else (Category.ACTIVE, Category.SUPER_ACTIVE)
    return sum(one.days_until(until) for one in career.stretches if one.kind in COUNTED and one.category in wanted)


def reaches_on(career: Career, category: Category, days: int, until: datetime.date) -> datetime.date | None:
    """The day on which classified services reach so many days, None where they do not by `until`."""
    wanted = (category,) if category is Category.SUPER_ACTIVE else (Category.ACTIVE, Category.SUPER_ACTIVE)
    left = days
    for one in sorted(career.stretches, key=lambda one: one.starts_on):
        if one.kind not in COUNTED or one.category not in wanted:
            continue
        own = one.days_until(until)
        if own >= left:
            months, more = divmod(left, 30)
            return add_months(one.starts_on, months) + datetime.timedelta(days=more)
        left -= own
    return None


def index_held(career: Career, removed_on: datetime.date) -> IndexHeld:
    """The last index held for 6 months at least before the removal (art. 17); the first one where none was."""
    months = int(value("cnracl_pensions.index_months", on=removed_on).value)
    held = sorted(career.indices, key=lambda one: one.since)
    long = [one for one in held if add_months(one.since, months) <= removed_on]
    return long[-1] if long else held[0]
