"""Pensions of the CNRACL over columns of careers: dates, and the amount on every candidate date, as
`pensions.estimate` gives them, to the cent.

`careers` says which careers columns cover. The numbers of the law are read by the functions of one career (see
`pensions_law`), the arithmetic of amounts is `pensions.formulas`; what stands between is written for columns, and
proven equal on random careers by tests/regulations/batch and bench/pensions.py.
"""

import datetime
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from parvis.regulations.batch.careers import CareerColumns, Rows
from parvis.regulations.batch.days import NEVER, Mask, Whole, dates, day, plus_months
from parvis.regulations.batch.eras import MISSING
from parvis.regulations.batch.pensions_amounts import annual, is_free, leaving
from parvis.regulations.batch.pensions_law import law
from parvis.regulations.batch.pensions_pairs import Pairs, counts, has_right
from parvis.regulations.batch.pensions_ways import (
    WAYS,
    Departures,
    Doors,
    began_young,
    categories_kept,
    first_by_age,
    first_days,
    open_ways,
)
from parvis.regulations.pensions.estimate import candidate_starts
from parvis.regulations.pensions.ways import Way
from parvis.regulations.rounding import to_cent

# Rows taken at a time, so that what is between two steps stays in the processor's cache.
BLOCK = 512
# What stands for a way where there is none.
CLOSED, UNKNOWN = -1, -2


class Standing(enum.IntEnum):
    """What became of a row. Only an estimated one has dates and amounts."""

    ESTIMATED = 0
    # The past is settled after the first day on which the career might open a way: columns do not cover it.
    UNSETTLED = 1
    # Services open no right to a pension, or no way without décote opens.
    NO_PENSION = 2
    # A duration that decides a date is not fixed by any law.
    NOT_KNOWN = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One date of one career: its way and the gross amount a year in euros (None: no way is open, or not known)."""

    effect: datetime.date
    way: Way | None
    annual: Decimal | None

    @property
    def monthly(self) -> Decimal | None:
        """The twelfth, to the cent."""
        return None if self.annual is None else to_cent(self.annual / 12)


@dataclass(frozen=True, slots=True)
class Estimates:
    """One row for each career; days are `datetime64[D]`, NaT where there is none; ways are places in `WAYS`.

    The candidates of row `n` are those from `offsets[n]` up to `offsets[n + 1]`: the earliest date, the first day of
    every month after it, and the day of the age limit (where the earliest date comes after that one: itself alone).
    `annual`: gross, in cents, 0 where there is none; `ways`: CLOSED on a date when a way has closed again (a new law),
    UNKNOWN where a value in euros of that date is not known.
    """

    standing: npt.NDArray[np.int8]
    earliest: npt.NDArray[np.datetime64]
    way: npt.NDArray[np.int8]
    without_decote: npt.NDArray[np.datetime64]
    age_limit: npt.NDArray[np.datetime64]
    offsets: Whole
    annual: npt.NDArray[np.int32]
    ways: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.standing)

    def effects(self) -> npt.NDArray[np.datetime64]:
        """The day of effect of every candidate."""
        sizes = np.diff(self.offsets)
        rows = np.repeat(np.arange(len(self)), sizes)
        month = self.earliest.astype("datetime64[M]")[rows] + (np.arange(self.offsets[-1]) - self.offsets[:-1][rows])
        found = np.minimum(month.astype("datetime64[D]"), self.age_limit[rows])
        found[self.offsets[:-1][sizes > 0]] = self.earliest[sizes > 0]
        return found

    def of(self, row: int) -> list[Candidate]:
        """The candidates of a row."""
        part = slice(int(self.offsets[row]), int(self.offsets[row + 1]))
        alone = Estimates(
            standing=self.standing[row : row + 1],
            earliest=self.earliest[row : row + 1],
            way=self.way[row : row + 1],
            without_decote=self.without_decote[row : row + 1],
            age_limit=self.age_limit[row : row + 1],
            offsets=self.offsets[row : row + 2] - self.offsets[row],
            annual=self.annual[part],
            ways=self.ways[part],
        )
        cells = zip(alone.effects().tolist(), alone.ways.tolist(), alone.annual.tolist(), strict=True)
        return [
            Candidate(effect, None, None) if way < 0 else Candidate(effect, WAYS[way], to_cent(Decimal(cents) / 100))
            for effect, way, cents in cells
        ]


def estimate(columns: CareerColumns, *, euros_of: datetime.date | None = None) -> Estimates:
    """Every career's dates, and its amount on every candidate date: `pensions.estimate.dates` and `pension_on`.

    `euros_of`: the day whose values in euros are used where a day of effect lies after it. Raises ValueError for
    columns that are none. What it needs beside the columns and the result is a few tens of megabytes.
    """
    size = columns.length()
    blocks = [
        _block(Rows(columns.part(start, min(start + BLOCK, size))), euros_of) for start in range(0, size, BLOCK)
    ] or [_block(Rows(columns), euros_of)]
    sizes = np.concatenate([one.sizes for one in blocks])
    return Estimates(
        standing=np.concatenate([one.standing for one in blocks]),
        earliest=_dates([one.earliest for one in blocks]),
        way=np.concatenate([one.way for one in blocks]),
        without_decote=_dates([one.without for one in blocks]),
        age_limit=_dates([one.limit for one in blocks]),
        offsets=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]),
        annual=np.concatenate([one.annual for one in blocks]),
        ways=np.concatenate([one.ways for one in blocks]),
    )


def _dates(blocks: Sequence[Whole]) -> npt.NDArray[np.datetime64]:
    numbers = np.concatenate(blocks)
    return np.where(numbers == NEVER, np.datetime64("NaT"), dates(numbers))


@dataclass(slots=True)
class _Block:
    standing: npt.NDArray[np.int8]
    earliest: Whole
    way: npt.NDArray[np.int8]
    without: Whole
    limit: Whole
    sizes: Whole
    annual: npt.NDArray[np.int32]
    ways: npt.NDArray[np.int8]


def _block(rows: Rows, euros_of: datetime.date | None) -> _Block:
    kept, doors = categories_kept(rows), began_young(rows)
    first = first_days(rows, kept, doors)
    # The surcote counts the insurance at the removal, the rest that at the effect: columns hold one of them.
    between = (rows.settled > rows.removed) & (rows.removed > plus_months(first, -int(law().parental_less.max())))
    covered = (rows.settled <= first) & ~between
    earliest, way, without, unknown = _search(rows, kept, doors, np.where(covered, first, NEVER))
    standing = np.where((earliest == NEVER) | (without == NEVER), Standing.NO_PENSION, Standing.ESTIMATED)
    standing = np.where(unknown < np.minimum(without, NEVER), Standing.NOT_KNOWN, standing)
    standing = np.where(covered, standing, Standing.UNSETTLED).astype(np.int8)
    estimated = standing == Standing.ESTIMATED
    earliest, without = (np.where(estimated, one, NEVER) for one in (earliest, without))
    limit = np.where(estimated, age_limits(rows), NEVER)
    months = np.where(limit > earliest, (limit >> 5) - (earliest >> 5) + ((limit & 31) > 1), 0)
    sizes = np.where(estimated, 1 + months, 0)
    row = np.repeat(np.arange(len(rows)), sizes)
    place = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    firsts = ((earliest.take(row) >> 5) + place << 5) + 1
    effect = np.where(place == 0, earliest.take(row), np.minimum(firsts, limit.take(row)))
    amounts, ways = _best(Pairs.of(rows, row, effect), kept, doors, euros_of)
    way = np.where(estimated, way, CLOSED).astype(np.int8)
    return _Block(standing, earliest, way, without, limit, sizes, amounts, ways)


def age_limits(rows: Rows) -> Whole:
    """The day of the age limit of the present category: `estimate.dates`."""
    own = law()
    found = np.zeros(len(rows), dtype=np.int64)
    for place, category in enumerate(own.categories):
        if (rows.category == place).any():
            era = own.eras.place(first_by_age(rows, place))
            limit = plus_months(rows.birth, category.limit.take(rows.generation * len(own.eras) + era))
            found = np.where(rows.category == place, limit, found)
    return found


def _candidates(rows: Rows, first: Whole) -> tuple[Whole, Whole]:
    """Rows and days on which something may open, from the first day of each row: as `estimate.dates` looks at them,
    first days of months, ages of the tables and first days of laws."""
    own = law()
    ages = own.ages[rows.generation]
    last = np.where(first < NEVER, plus_months(rows.birth, ages.max(axis=1)), 0)
    begin = (first >> 5) + ((first & 31) > 1)
    sizes = np.maximum((last >> 5) - begin + 1, 0)
    row = np.repeat(np.arange(len(rows)), sizes)
    month = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes - begin, sizes)
    starts = np.array([day(one) for one in sorted(set(candidate_starts()))], dtype=np.int64)
    found_rows, found = [row], [(month << 5) + 1]
    at_ages = plus_months(rows.birth[:, None], ages)
    for several, there in ((at_ages, ages >= 0), (np.broadcast_to(starts, (len(rows), len(starts))), np.True_)):
        own_rows, places = np.nonzero(there & (several >= first[:, None]) & (several <= last[:, None]))
        found_rows.append(own_rows)
        found.append(several[own_rows, places])
    return np.concatenate(found_rows), np.concatenate(found)


def _search(
    rows: Rows, kept: list[Whole], doors: Doors, first: Whole
) -> tuple[Whole, npt.NDArray[np.int8], Whole, Whole]:
    """The earliest date of each row, its way, the first date without décote, the first whose duration is not known."""
    pairs = _with_right(Pairs.of(rows, *_candidates(rows, first)))
    counted = counts(pairs)
    earliest, without, unknown = (np.full(len(rows), NEVER) for _ in range(3))
    way = np.full(len(rows), CLOSED, dtype=np.int8)
    seen: list[tuple[Departures, Whole, Whole]] = []
    for departures in open_ways(pairs, kept, doors):
        one = leaving(pairs, counted, departures)
        row, effect = one.pairs.row, one.pairs.effect
        np.minimum.at(earliest, row, effect)
        free = is_free(one)
        np.minimum.at(without, row[free], effect[free])
        lost: Mask = one.required < 0
        np.minimum.at(unknown, row[lost], effect[lost])
        seen.append((departures, row, effect))
    for departures, row, effect in reversed(seen):
        way[row[effect == earliest.take(row)]] = WAYS.index(departures.way)
    return earliest, way, without, unknown


def _with_right(pairs: Pairs) -> Pairs:
    right = has_right(pairs)
    return pairs if right.all() else pairs.at(np.flatnonzero(right))


def _best(
    pairs: Pairs, kept: list[Whole], doors: Doors, euros_of: datetime.date | None
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    """Of the ways open on each date the one that gives most, the first of equal ones: `estimate.pension_on`."""
    amounts, ways = np.zeros(len(pairs), dtype=np.int32), np.full(len(pairs), CLOSED, dtype=np.int8)
    right = np.flatnonzero(has_right(pairs))
    pairs = pairs.at(right)
    counted = counts(pairs)
    best = np.full(len(pairs), MISSING)
    way = np.full(len(pairs), CLOSED, dtype=np.int8)
    unknown = np.zeros(len(pairs), dtype=np.bool_)
    most = NEVER if euros_of is None else day(euros_of)
    for departures in open_ways(pairs, kept, doors):
        one = leaving(pairs, counted, departures)
        found = annual(one, np.minimum(one.pairs.effect, most))
        unknown[departures.places[found < 0]] = True
        better = np.flatnonzero(found > best.take(departures.places))
        places = departures.places.take(better)
        best[places], way[places] = found.take(better), WAYS.index(departures.way)
    amounts[right] = np.where(unknown, 0, np.maximum(best, 0))
    ways[right] = np.where(unknown, UNKNOWN, way)
    return amounts, ways
