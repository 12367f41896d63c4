"""The law as small arrays: each cell read once by the functions that the estimate of one career uses, then looked up.

Between two days on which a parameter or a table changes nothing changes: such a stretch is an era. Arrays are by era of
the day of effect, by generation (births between two rows), by opening (days of opening between two rows), or by two of
these. Numbers are whole: months, quarters, days, cents, or the scale that is named beside them.
"""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

import numpy as np

from parvis.regulations.batch.days import FIRST_YEAR, LATEST, Whole, day
from parvis.regulations.parameters import NotKnown, Value, parameter
from parvis.regulations.parameters.tables import table

# What a cell says where the law says nothing, or nothing is known: below every number of the law.
MISSING = -1
DAWN = datetime.date(1900, 1, 1)
_ORIGIN = FIRST_YEAR * 12 << 5


class Breaks:
    """The days on which something changes, and where a day lies between them."""

    def __init__(self, starts: Iterable[datetime.date]) -> None:
        self.starts = tuple(sorted({DAWN, *starts}))
        numbers = np.array([day(one) for one in self.starts], dtype=np.int64)
        # Every day has its place written down: reading it is quicker than looking for it.
        every = np.arange(_ORIGIN, LATEST, dtype=np.int64)
        self._places: Whole = np.maximum(np.searchsorted(numbers, every, side="right") - 1, 0)

    def __len__(self) -> int:
        return len(self.starts)

    def place(self, days: Whole) -> Whole:
        """The place of each day."""
        return self._places.take(days - _ORIGIN)


def changes(parameters: Iterable[str] = (), versions: Iterable[str] = (), rows: Iterable[str] = ()) -> Breaks:
    """Where parameters change, tables get a new version, or (of tables read by a day) a new row begins."""
    starts: set[datetime.date] = set()
    for name in parameters:
        found = parameter(name)
        starts |= {one.valid_from for one in found.values}
        ends = (found.known_before, *(one.valid_before for one in found.values))
        starts |= {one for one in ends if one is not None}
    for name in versions:
        starts |= {one.valid_from for one in table(name).versions}
    for name in rows:
        for one in table(name).versions:
            starts |= {row.at for row in one.rows if isinstance(row.at, datetime.date)}
    return Breaks(starts)


Read = Value | Decimal | int | None


def whole(read: Callable[[], Read], scale: int = 1) -> int:
    """A number of the law times a scale; MISSING where there is none. Raises ValueError where that is no whole one."""
    try:
        found = read()
    except NotKnown:
        return MISSING
    if found is None:
        return MISSING
    exact = Fraction(found.value if isinstance(found, Value) else found) * scale
    if exact.denominator != 1:
        raise ValueError(f"{found} is not a whole number of 1/{scale}")
    return int(exact)


def line(breaks: Breaks, read: Callable[[datetime.date], Read], *, scale: int = 1) -> Whole:
    """One number for each place."""
    return np.array([whole(lambda one=one: read(one), scale) for one in breaks.starts], dtype=np.int64)  # type: ignore[misc]


def grid(
    outer: Breaks, inner: Breaks, read: Callable[[datetime.date, datetime.date], Read], *, scale: int = 1
) -> Whole:
    """One number for each two places, flat: `outer × len(inner) + inner`."""
    rows = [line(inner, lambda second, first=first: read(first, second), scale=scale) for first in outer.starts]  # type: ignore[misc]
    return np.concatenate(rows)
