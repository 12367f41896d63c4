"""Columns of days as the texts count them: what `periods` and `pensions.durations` do, over whole columns.

A day is one whole number, its month since the year 0 times 32 plus the day of the month: such numbers compare as the
days do, and month and day come apart without a calendar.
"""

import datetime

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FIRST_YEAR, END_YEAR = 1850, 2200
LATEST = END_YEAR * 12 << 5
# No such day: later than all of them.
NEVER = LATEST - 32
_START = FIRST_YEAR * 12
_MONTHS = np.arange(np.datetime64(f"{FIRST_YEAR}-01"), np.datetime64(f"{END_YEAR + 1}-01"))
_FIRSTS: Whole = _MONTHS.astype("datetime64[D]").astype(np.int64)
_LENGTHS: Whole = _FIRSTS[1:] - _FIRSTS[:-1]
_UNIX = 1970 * 12


def day(date: datetime.date) -> int:
    """The number of a day. Raises ValueError outside 1850 to 2199."""
    if not FIRST_YEAR <= date.year < END_YEAR:
        raise ValueError(f"{date} is out of bounds")
    return (date.year * 12 + date.month - 1 << 5) + date.day


def date_of(number: int) -> datetime.date:
    """The day of a number."""
    year, month = divmod(number >> 5, 12)
    return datetime.date(year, month + 1, number & 31)


def days(dates: npt.ArrayLike, *, absent: int | None = None) -> Whole:
    """The numbers of a column of days (`datetime64`, or what NumPy makes one of). Raises ValueError for what is none,
    outside 1850 to 2199; for an absent one (NaT) unless `absent` says what stands for it."""
    try:
        found = np.asarray(dates).astype("datetime64[D]", casting="same_kind" if _is_dated(dates) else "unsafe")
    except TypeError as error:
        raise ValueError("a column of days is expected") from error
    if found.ndim != 1:
        raise ValueError("a column of days has one dimension")
    empty = np.isnat(found)
    if absent is None and empty.any():
        raise ValueError("a day is missing")
    known = np.where(empty, np.datetime64("1970-01-01"), found)
    months = known.astype("datetime64[M]")
    of_month = (known - months.astype("datetime64[D]")).astype(np.int64) + 1
    numbers: Whole = (months.astype(np.int64) + _UNIX << 5) + of_month
    if numbers.size and (int(numbers.min()) < _START << 5 or int(numbers.max()) >= LATEST):
        raise ValueError("a day is out of bounds")
    return numbers if absent is None else np.where(empty, absent, numbers)


def _is_dated(dates: npt.ArrayLike) -> bool:
    found = np.asarray(dates)
    if found.dtype.kind not in "MO":
        raise ValueError("a column of days is expected")
    return found.dtype.kind == "M"


def dates(numbers: Whole) -> npt.NDArray[np.datetime64]:
    """The days of numbers, as `datetime64[D]`."""
    months = ((numbers >> 5) - _UNIX).astype("datetime64[M]")
    return months.astype("datetime64[D]") + ((numbers & 31) - 1)


def _clamped(month: Whole, of_month: Whole) -> Whole:
    return np.minimum(of_month, _LENGTHS.take(month - _START))


def plus_months(numbers: Whole, months: Whole | int) -> Whole:
    """`periods.add_months`: the same day so many months later, the last of a shorter month."""
    month = (numbers >> 5) + months
    return (month << 5) + _clamped(month, numbers & 31)


def plus_days(numbers: Whole, more: Whole) -> Whole:
    """So many days of the calendar later."""
    return days(dates(numbers) + more)


def days_between(start: Whole, end: Whole) -> Whole:
    """`durations.days_between`: days of services in months of 30 days; 0 where the end does not come after."""
    found = ((end >> 5) - (start >> 5)) * 30 + np.minimum(end & 31, 30) - np.minimum(start & 31, 30)
    return np.where(end > start, found, 0)


def reached_after(start: Whole, wanted: Whole) -> Whole:
    """The first day on which `days_between` of a start is at least so many (the start where none is wanted)."""
    month, more = np.divmod((start >> 5) * 30 + np.minimum(start & 31, 30) + np.maximum(wanted, 0) - 1, 30)
    # A day 30 that its month does not have is the first of the next one.
    late = more + 1 > _LENGTHS.take(month - _START)
    found: Whole = np.where(late, (month + 1 << 5) + 1, (month << 5) + more + 1)
    return np.maximum(found, start)


def whole_months(start: Whole, end: Whole) -> Whole:
    """`periods.whole_months`; 0 where the end comes before."""
    month = end >> 5
    found = month - (start >> 5) - (_clamped(month, start & 31) > (end & 31))
    return np.where(end > start, found, 0)


def begun_months(start: Whole, end: Whole) -> Whole:
    """`pensions.adjusting.begun_months`: months, one begun counting whole; 0 where the end has passed."""
    month = end >> 5
    found = month - (start >> 5) + (_clamped(month, start & 31) < (end & 31))
    return np.where(end > start, found, 0)
