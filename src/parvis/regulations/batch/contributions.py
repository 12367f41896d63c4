"""Contributions to the CNRACL and the RAFP over columns: what `contributions` computes agent by agent, to the cent."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parvis.regulations.batch.cents import BLOCK, Cents, column, percent_cut, percent_of, same_length
from parvis.regulations.contributions.cnracl import check_one_year
from parvis.regulations.parameters import value


@dataclass(frozen=True, slots=True)
class Shares:
    """What each row owes, in cents: the agent's and the employer's share."""

    agent: Cents
    employer: Cents


@dataclass(frozen=True, slots=True)
class RafpColumns:
    """A month of the RAFP, one agent a row, in cents: see `contributions.rafp.RafpMonth`. None: nothing anywhere."""

    period: datetime.date
    indexed_pay: npt.ArrayLike
    accessories: npt.ArrayLike
    outside: npt.ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class RafpShares(Shares):
    """The same, with the base within the ceiling and the whole base."""

    capped_base: Cents
    base: Cents


def cnracl(bases: npt.ArrayLike, *, period: datetime.date) -> Shares:
    """The CNRACL's shares of bases in cents, all of one period: `contributions.cnracl.contributions` over a column.

    Raises ValueError (no whole cents, below zero, out of bounds), NotKnown.
    """
    base = column(bases)
    agent_rate = value("cnracl.agent_rate", on=period).value
    employer_rate = value("cnracl.employer_rate", on=period).value
    due = Shares(np.empty_like(base), np.empty_like(base))
    for start in range(0, len(base), BLOCK):
        rows = slice(start, start + BLOCK)
        percent_of(base[rows], agent_rate, due.agent[rows])
        percent_of(base[rows], employer_rate, due.employer[rows])
    return due


def rafp_year(months: Sequence[RafpColumns]) -> tuple[RafpShares, ...]:
    """The RAFP's shares month by month, the ceiling cumulated since January: `contributions.rafp.year_of_contributions`
    over columns. `outside`: GIPA and CET together.

    The months are of one calendar year, in order, and the same rows in each. Raises ValueError, NotKnown.
    """
    check_one_year([month.period for month in months])
    columns = [
        (
            month.period,
            column(month.indexed_pay, negative=True),
            column(month.accessories, negative=True),
            None if month.outside is None else column(month.outside, negative=True),
        )
        for month in months
    ]
    if not columns:
        return ()
    length = same_length(*(one for _, *several in columns for one in several if one is not None))
    found = tuple(RafpShares(*(np.empty(length, dtype=np.int64) for _ in range(4))) for _ in columns)
    for start in range(0, length, BLOCK):
        _block(columns, found, slice(start, min(start + BLOCK, length)))
    return found


def _block(
    columns: Sequence[tuple[datetime.date, Cents, Cents, Cents | None]], found: Sequence[RafpShares], rows: slice
) -> None:
    size = rows.stop - rows.start
    paid, accessories, used, most = (np.zeros(size, dtype=np.int64) for _ in range(4))
    for (period, pay, bonuses, outside), due in zip(columns, found, strict=True):
        paid += pay[rows]
        accessories += bonuses[rows]
        percent_cut(paid, value("rafp.base_ceiling", on=period).value, most)
        capped, base = due.capped_base[rows], due.base[rows]
        np.minimum(accessories, most, out=capped)
        capped -= used
        used += capped
        base[:] = capped
        if outside is not None:
            base += outside[rows]
        negative = bool(base.min() < 0)
        percent_of(base, value("rafp.agent_rate", on=period).value, due.agent[rows], negative=negative)
        percent_of(base, value("rafp.employer_rate", on=period).value, due.employer[rows], negative=negative)
