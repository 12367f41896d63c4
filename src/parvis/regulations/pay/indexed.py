"""The indexed pay of an index, and of the points of the NBI and of the CTI."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative, value_or_given
from parvis.regulations.parameters import Value, value
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent

# What the DSN takes for an index (S21.G00.40.058).
LOWEST_INDEX, HIGHEST_INDEX = 100, 2500
SOURCE = "décret 85-1148 art. 2 et 3"


@dataclass(frozen=True, slots=True)
class IndexedPay:
    """The pay of an index: for a full year and for a month, in euros."""

    year: Decimal
    month: Decimal


def minimum_index(on: datetime.date) -> Value:
    """The lowest major index on which anybody is paid that day. Raises NotKnown."""
    return value("pay.minimum_index", on=on)


def indexed_pay(
    index: Decimal, *, on: datetime.date, point_per_year: Decimal | None = None, paid: Decimal = Decimal(1)
) -> Result[IndexedPay]:
    """Traitement indiciaire brut: major index × yearly value of the point; the month is a twelfth, to the cent.

    `paid`: the fraction of pay that is paid (half pay: 0.5; part time at 80 %: 6/7). `point_per_year`: instead of the
    value in force. Raises ValueError (index or fraction out of bounds), NotKnown. Source: décret 85-1148 art. 2 et 3.
    """
    if not LOWEST_INDEX <= index <= HIGHEST_INDEX:
        raise ValueError(f"{index} is no major index ({LOWEST_INDEX} to {HIGHEST_INDEX})")
    return _worth(index, on=on, point_per_year=point_per_year, paid=paid, what="Traitement indiciaire")


def points_pay(
    points: Decimal, *, on: datetime.date, point_per_year: Decimal | None = None, paid: Decimal = Decimal(1)
) -> Result[IndexedPay]:
    """What points beside the index are worth (NBI, CTI): the same rule, without a lower bound.

    Raises ValueError (points or fraction out of bounds), NotKnown. Source: décret 85-1148 art. 2 et 3.
    """
    not_negative(points=points)
    return _worth(points, on=on, point_per_year=point_per_year, paid=paid, what="Points")


def _worth(
    points: Decimal, *, on: datetime.date, point_per_year: Decimal | None, paid: Decimal, what: str
) -> Result[IndexedPay]:
    if not 0 <= paid <= 1:
        raise ValueError(f"{paid} is no fraction of pay")
    steps = Steps()
    point = value_or_given("pay.point_value", point_per_year, on=on)
    year = steps.add(
        f"{what} d’une année : nombre de points × valeur annuelle du point, au centime.",
        to_cent(points * point.value * paid),
        SOURCE,
        point,
        points=points,
        paid=paid,
    )
    month = steps.add(
        f"{what} d’un mois : un douzième, au centime.", to_cent(points * point.value * paid / 12), SOURCE, point
    )
    return steps.close(IndexedPay(year, month))
