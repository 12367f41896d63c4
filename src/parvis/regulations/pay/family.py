"""The supplément familial de traitement (SFT): what is paid for children, and for which months."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative, value_or_given
from parvis.regulations.parameters import Value, value
from parvis.regulations.periods import Period, add_months
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import cut_to_cent

SOURCE = "décret 85-1148 art. 10 et 10 bis"


@dataclass(frozen=True, slots=True)
class FamilyTable:
    """What the published table holds: the lowest and the highest amount by number of children, in euros a month."""

    one: Decimal
    two: tuple[Decimal, Decimal]
    three: tuple[Decimal, Decimal]
    each_more: tuple[Decimal, Decimal]


def family_supplement(
    children: int,
    index: Decimal,
    *,
    on: datetime.date,
    nbi_points: Decimal = Decimal(0),
    point_per_year: Decimal | None = None,
    floor: Decimal | None = None,
    ceiling: Decimal | None = None,
    half: bool = False,
) -> Result[Decimal]:
    """The SFT of a month in euros: a fixed part, and a part of the pay of the index bounded to a floor and a ceiling.

    The points of the NBI count with the index. `half`: the child lives by turns with both parents, who asked to share.
    The amount is cut to the cent, not rounded: the published tables are. Raises ValueError (children or index below
    zero), NotKnown. Source: décret 85-1148 art. 10 et 10 bis; service-public F32513.
    """
    if children < 0:
        raise ValueError(f"{children} children")
    not_negative(index=index, nbi_points=nbi_points)
    steps = Steps()
    if children == 0:
        return steps.close(steps.add("Sans enfant à charge, pas de supplément familial.", Decimal("0.00"), SOURCE))
    if children == 1:
        fixed = value("pay.sft_fixed_1", on=on)
        whole = steps.add("Un enfant : part fixe seule.", fixed.value, SOURCE, fixed)
    else:
        pay = _bounded_pay(index + nbi_points, on, point_per_year, floor, ceiling, steps)
        whole = steps.add(
            "Part fixe et part du traitement, selon le nombre d’enfants.",
            _uncut(children, pay, on),
            SOURCE,
            *_used(children, on),
            enfants=children,
        )
    if half:
        whole = steps.add("Résidence alternée : la moitié pour chaque parent.", whole / 2, SOURCE)
    return steps.close(steps.add("Montant tronqué au centime, comme les barèmes.", cut_to_cent(whole), SOURCE))


def family_table(
    *,
    on: datetime.date,
    point_per_year: Decimal | None = None,
    floor: Decimal | None = None,
    ceiling: Decimal | None = None,
) -> Result[FamilyTable]:
    """The table as it is published, in euros a month, each amount cut to the cent. Raises NotKnown."""
    steps = Steps()
    low, high = (
        _bounded_pay(index, on, point_per_year, floor, ceiling, steps) for index in (Decimal(0), Decimal(10**6))
    )
    fixed, more, rate = (value(f"pay.sft_{name}", on=on) for name in ("fixed_1", "fixed_more", "rate_more"))
    table = FamilyTable(
        cut_to_cent(fixed.value),
        (cut_to_cent(_uncut(2, low, on)), cut_to_cent(_uncut(2, high, on))),
        (cut_to_cent(_uncut(3, low, on)), cut_to_cent(_uncut(3, high, on))),
        (cut_to_cent(more.value + rate.rate * low), cut_to_cent(more.value + rate.rate * high)),
    )
    return steps.close(steps.add("Barème : chaque montant tronqué au centime.", table, SOURCE, fixed, more, rate))


def paid_from_to(met_on: datetime.date, ceases_on: datetime.date) -> Period | None:
    """The months for which the SFT is paid: from the 1st after the condition is met, to the 1st of the month in which
    it ceases (that month is not paid any more). None where no month is. Source: service-public F32513.
    """
    first, last = add_months(met_on.replace(day=1), 1), ceases_on.replace(day=1)
    return Period(first, last) if first < last else None


def _bounded_pay(
    index: Decimal,
    on: datetime.date,
    point_per_year: Decimal | None,
    floor: Decimal | None,
    ceiling: Decimal | None,
    steps: Steps,
) -> Decimal:
    lowest = value_or_given("pay.sft_floor_index", floor, on=on)
    highest = value_or_given("pay.sft_ceiling_index", ceiling, on=on)
    if lowest.value > highest.value:
        raise ValueError("the floor index is above the ceiling index")
    point = value_or_given("pay.point_value", point_per_year, on=on)
    bounded = min(max(index, lowest.value), highest.value)
    pay: Decimal = steps.add(
        "Traitement mensuel de l’indice, ramené entre le plancher et le plafond.",
        bounded * point.value / 12,
        SOURCE,
        lowest,
        highest,
        point,
        indice=index,
        indice_retenu=bounded,
    )
    return pay


def _used(children: int, on: datetime.date) -> tuple[Value, ...]:
    names = ["2"] if children == 2 else ["3"] if children == 3 else ["3", "more"]
    return tuple(value(f"pay.sft_{kind}_{name}", on=on) for name in names for kind in ("fixed", "rate"))


def _uncut(children: int, pay: Decimal, on: datetime.date) -> Decimal:
    fixed, rate, *more = _used(children, on)
    amount = fixed.value + rate.rate * pay
    if more:
        amount += (children - 3) * (more[0].value + more[1].rate * pay)
    return amount
