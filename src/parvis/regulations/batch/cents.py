"""Columns of whole cents, and a percentage of them rounded as `rounding.to_cent` rounds."""

from decimal import Decimal

import numpy as np
import numpy.typing as npt

Cents = npt.NDArray[np.int64]
# Up to a thousand million euros in a cell: what is multiplied by a rate stays far below the largest integer.
LARGEST = 10**11
# Rows taken at a time, so that what is between two steps stays in the processor's cache.
BLOCK = 32_768


def column(amounts: npt.ArrayLike, *, negative: bool = False) -> Cents:
    """Amounts in cents as a column of one dimension. Raises ValueError for what is no whole number of cents, for more
    than a thousand million euros, and below zero unless `negative`."""
    found = np.asarray(amounts)
    if found.ndim != 1 or not np.issubdtype(found.dtype, np.integer):
        raise ValueError("a column of whole cents is expected: one dimension, integers")
    if found.size and (int(found.max()) > LARGEST or int(found.min()) < (-LARGEST if negative else 0)):
        raise ValueError("an amount is out of bounds")
    return np.ascontiguousarray(found, dtype=np.int64)


def same_length(*columns: Cents) -> int:
    """The number of rows. Raises ValueError where columns differ."""
    lengths = {len(one) for one in columns}
    if len(lengths) != 1:
        raise ValueError("the columns are not of one length")
    return lengths.pop()


def percent_of(cents: Cents, percent: Decimal, out: Cents, *, negative: bool = False) -> None:
    """Write a percentage of each cell, to the cent, half a cent away from zero (ROUND_HALF_UP of Decimal)."""
    times, over = (percent / 100).as_integer_ratio()
    # round(x × times / over) = floor((2 × x × times + over) / (2 × over)) for x ≥ 0.
    sizes = np.abs(cents) if negative else cents
    np.multiply(sizes, 2 * times, out=out)
    out += over
    np.floor_divide(out, 2 * over, out=out)
    if negative:
        np.multiply(out, np.sign(cents), out=out)


def percent_cut(cents: Cents, percent: Decimal, out: Cents) -> None:
    """Write a percentage of each cell, cut to the cent toward zero (ROUND_DOWN of Decimal)."""
    times, over = (percent / 100).as_integer_ratio()
    np.multiply(np.abs(cents), times, out=out)
    np.floor_divide(out, over, out=out)
    np.multiply(out, np.sign(cents), out=out)
