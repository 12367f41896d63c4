"""After the pension began, or before it is paid: revaluation, and work beside it."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import NotKnown, parameter, value
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent

BY_AMOUNT = datetime.date(2020, 1, 1)


def revalued(
    amount: Decimal, since: datetime.date, until: datetime.date, *, monthly: Decimal | None = None
) -> Result[Decimal]:
    """An amount fixed on a day, at its value of another: every coefficient after the first day, up to the second.

    `monthly`: the total of the person's pensions a month, which decides the coefficient of January 2020; without it
    the lowest is taken, and the result says so. Raises ValueError where the days are the other way, and NotKnown past
    the last known revaluation.
    """
    if until < since:
        raise ValueError("the end comes before the start")
    steps = Steps()
    found = amount
    known = parameter("cnracl_pensions.revaluation")
    if known.known_before is not None and until >= known.known_before and until > since:
        raise NotKnown(f"cnracl_pensions.revaluation: no coefficient is known from {known.known_before:%Y-%m-%d} on.")
    for one in known.values:
        if not since < one.valid_from <= until:
            continue
        used = value("cnracl_pensions.revaluation", on=one.valid_from)
        if one.valid_from == BY_AMOUNT:
            if monthly is None:
                steps.warn("Revalorisation de 2020 au coefficient le plus bas : le total des pensions n’est pas connu.")
            else:
                used = cell("cnracl_early.revaluation_2020.coefficient", on=BY_AMOUNT, at=monthly)
        found = steps.add(f"Revalorisation du {one.valid_from:%d/%m/%Y}.", found * used.value, "", used, montant=found)
    return steps.close(found)


@dataclass(frozen=True, slots=True)
class WorkLimit:
    """The income beside a pension that costs nothing, and what is taken off the pension above it, both a year."""

    ceiling: Decimal
    deduction: Decimal


def work_ceiling(pension: Decimal, on: datetime.date) -> Result[Decimal]:
    """Half of the minimum garanti and a third of the pension, a year, to the cent (CPCMR L.85)."""
    steps = Steps()
    reference = value("cnracl_pensions.minimum_reference", on=on)
    half = value("cnracl_pensions.work_minimum_share", on=on)
    third = value("cnracl_pensions.work_pension_part", on=on)
    found = to_cent(reference.value * half.rate) + to_cent(pension / third.value)
    return steps.close(
        steps.add(
            "Plafond des revenus d’activité : la moitié du minimum garanti et le tiers de la pension.",
            found,
            "CPCMR L.85",
            reference,
            half,
            third,
            pension=pension,
        )
    )


def deduction(income: Decimal, ceiling: Decimal) -> Result[Decimal]:
    """What income beyond the ceiling takes off a pension: all of it, never below 0."""
    if income < 0 or ceiling < 0:
        raise ValueError("an income and a ceiling are not below 0")
    steps = Steps()
    return steps.close(
        steps.add(
            "Ce qui dépasse le plafond est déduit de la pension.",
            max(income - ceiling, Decimal(0)),
            "CPCMR L.85",
            revenu=income,
            plafond=ceiling,
        )
    )
