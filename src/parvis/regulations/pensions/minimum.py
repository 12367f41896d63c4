"""The minimum garanti of each era (décret 2003-1306, art. 22; loi 2003-775, art. 66 V)."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import value
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.pensions import formulas
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent


@dataclass(frozen=True, slots=True)
class Minimum:
    """The part of the reference in percent, and the amount a year, 0 where it is not due."""

    percent: Decimal
    amount: Decimal


def share(
    opened_on: datetime.date, quarters: Decimal, *, required: Decimal | None = None, invalid: bool = False
) -> Result[Decimal]:
    """The part of the reference in percent, for so many quarters of services.

    `opened_on`: the day on which the right opened. Below 15 years: a fifteenth of the 15-year part a year where one
    leaves for invalidity (and before 2011); otherwise services over the required duration. Raises ValueError where
    that duration is needed and not given.
    """
    if quarters < 0:
        raise ValueError("services are not below 0")
    steps = Steps()
    base = "cnracl_early.minimum"
    part = cell(f"{base}.share", on=opened_on, at=opened_on)
    short = value("cnracl_pensions.minimum_short_quarters", on=opened_on)
    if quarters < short.value:
        return steps.close(_short(steps, opened_on, quarters, required, invalid))
    step = cell(f"{base}.step", on=opened_on, at=opened_on)
    after = cell(f"{base}.step_after", on=opened_on, at=opened_on)
    threshold = cell(f"{base}.threshold", on=opened_on, at=opened_on)
    full = value("cnracl_pensions.minimum_full_quarters", on=opened_on)
    found = Decimal(
        formulas.minimum_share(quarters, part.value, step.value, after.value, threshold.value, short.value, full.value)
    )
    steps.add(
        "Minimum garanti : une part à 15 ans de services, puis des points par trimestre jusqu’à un premier seuil, "
        "puis jusqu’à 40 ans.",
        found,
        "décret 2003-1306, art. 22 et 65",
        part,
        step,
        threshold,
        after,
        full,
        trimestres=quarters,
    )
    return steps.close(found)


def _short(
    steps: Steps, opened_on: datetime.date, quarters: Decimal, required: Decimal | None, invalid: bool
) -> Decimal:
    part = cell("cnracl_early.minimum.share", on=opened_on, at=opened_on)
    short = value("cnracl_pensions.minimum_short_quarters", on=opened_on)
    by_services = value("cnracl_pensions.minimum_by_services", on=opened_on)
    if invalid or not by_services.value:
        found = part.value * quarters / short.value
        steps.add(
            "Moins de 15 ans de services : un quinzième par an de la part de 15 ans.",
            found,
            "décret 2003-1306, art. 22",
            part,
            short,
            trimestres=quarters,
        )
        return found
    if required is None:
        raise ValueError("below 15 years of services the required duration must be given")
    found = 100 * quarters / required
    steps.add(
        "Moins de 15 ans de services, sans invalidité : la référence au prorata des services sur la durée requise.",
        found,
        "décret 2003-1306, art. 22",
        by_services,
        trimestres=quarters,
        trimestres_requis=required,
    )
    return min(found, Decimal(100))


def minimum(
    effect: datetime.date,
    opened_on: datetime.date,
    quarters: Decimal,
    *,
    full_rate: bool,
    required: Decimal | None = None,
    invalid: bool = False,
) -> Result[Minimum]:
    """The minimum garanti a year, to the cent: its part of the reference of the day of effect.

    It asks for the full rate (duration reached, annulment age, invalidity) where the right opened from 2011 on.
    Raises NotKnown where the reference is not known on that day.
    """
    steps = Steps()
    condition = value("cnracl_pensions.minimum_full_rate", on=opened_on)
    percent = steps.extend(share(opened_on, quarters, required=required, invalid=invalid))
    if condition.value and not (full_rate or invalid):
        steps.add(
            "Le minimum garanti n’est dû qu’au taux plein (droit ouvert depuis 2011).",
            Decimal(0),
            "loi 2010-1330, art. 45",
            condition,
        )
        return steps.close(Minimum(percent, Decimal(0)))
    reference = value("cnracl_pensions.minimum_reference", on=effect)
    index = cell("cnracl_early.minimum.index", on=opened_on, at=opened_on)
    whole = value("cnracl_pensions.minimum_index", on=effect)
    amount = to_cent(reference.value * index.value * percent / (whole.value * 100))
    steps.add(
        "Minimum garanti : la part, appliquée à la référence revalorisée (au cent le plus proche).",
        amount,
        "décret 2003-1306, art. 22",
        reference,
        index,
        whole,
        part=percent,
    )
    return steps.close(Minimum(percent, amount))
