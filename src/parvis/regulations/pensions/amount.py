"""From the pay of reference to the pension: percentage, increase for children, floor and caps of invalidity."""

import datetime
from decimal import Decimal

from parvis.regulations.parameters import value
from parvis.regulations.pensions import formulas
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent


def prorata(services: Decimal, required: Decimal) -> Result[Decimal]:
    """Services over the required duration, at most 1."""
    if required <= 0:
        raise ValueError("the required duration is above 0")
    steps = Steps()
    return steps.close(
        steps.add(
            "Coefficient de proratisation : les services sur la durée requise, 1 au plus.",
            min(services / required, Decimal(1)),
            "décret 2003-1306, art. 16",
            services=services,
            trimestres_requis=required,
        )
    )


def base_pension(
    pay: Decimal,
    services: Decimal,
    required: Decimal,
    effect: datetime.date,
    *,
    bonifications: Decimal = Decimal(0),
    decote: Decimal = Decimal(0),
    surcote: Decimal = Decimal(0),
) -> Result[Decimal]:
    """The pension a year before minimum garanti and increases, not rounded.

    `decote`, `surcote`: in percent of the pension. Services give at most 75 %, bonifications bring it up to 80 %.
    """
    if required <= 0 or services < 0 or bonifications < 0 or pay < 0:
        raise ValueError("durations and pay are not below 0")
    steps = Steps()
    most = value("cnracl_pensions.maximum", on=effect)
    raised = value("cnracl_pensions.maximum_with_bonifications", on=effect)
    counted = formulas.counted_quarters(services, bonifications, required, most.value, raised.value)
    steps.add(
        "Pourcentage de la pension : 75 % × trimestres / trimestres requis, 75 % au plus, 80 % du chef des "
        "bonifications.",
        counted / required,
        "décret 2003-1306, art. 16",
        most,
        raised,
        services=services,
        bonifications=bonifications,
        trimestres_requis=required,
    )
    above, below = formulas.pension(pay, counted, required, decote, surcote)
    found = above / below
    steps.add(
        "Pension : traitement × pourcentage × (1 − décote) × (1 + surcote).",
        found,
        "décret 2003-1306, art. 16 et 20",
        traitement=pay,
        decote_pct=decote,
        surcote_pct=surcote,
    )
    return steps.close(found)


def children_increase(
    children: int, pension: Decimal, effect: datetime.date, *, pay: Decimal | None = None
) -> Result[Decimal]:
    """What three children and more add to a pension; pension and increase stay within the pay of reference."""
    if children < 0:
        raise ValueError("children are not below 0")
    steps = Steps()
    three = value("cnracl_pensions.children_three", on=effect)
    further = value("cnracl_pensions.children_further", on=effect)
    percent = formulas.children_share(children, three.value, further.value)
    found = to_cent(pension * percent / 100)
    steps.add(
        "Majoration pour enfants : 10 % pour trois, 5 % par enfant de plus.",
        found,
        "décret 2003-1306, art. 24",
        three,
        further,
        enfants=children,
        pension=pension,
    )
    if pay is not None and pension + found > pay:
        found = to_cent(max(pay - pension, Decimal(0)))
        steps.add(
            "La pension et sa majoration ne dépassent pas le traitement de référence.",
            found,
            "décret 2003-1306, art. 24",
            traitement=pay,
        )
    return steps.close(found)


def invalidity_floor(rate: Decimal, part: Decimal, effect: datetime.date) -> Result[Decimal]:
    """The part of the pay that an invalidity pension gives: at least half of it from 60 % of invalidity on.

    `rate`: of invalidity, in percent; `part`: of the pay, as a factor (0.2).
    """
    steps = Steps()
    threshold = value("cnracl_pensions.invalidity_threshold", on=effect)
    floor = value("cnracl_pensions.invalidity_floor", on=effect)
    found = max(part, floor.rate) if rate >= threshold.value else part
    return steps.close(
        steps.add(
            "Invalidité d’au moins 60 % : la pension est d’au moins la moitié du traitement.",
            found,
            "décret 2003-1306, art. 34",
            threshold,
            floor,
            taux_invalidite=rate,
            part_du_traitement=part,
        )
    )


def with_annuity(pay: Decimal, rate: Decimal, part: Decimal, effect: datetime.date) -> Result[Decimal]:
    """Pension and annuity of invalidity together, at most the pay; the annuity is the rate of invalidity of the pay.

    Only the sum is computed: sources disagree on how it is shared between the two once it is capped.
    """
    steps = Steps()
    pension = to_cent(pay * steps.extend(invalidity_floor(rate, part, effect)))
    annuity = to_cent(pay * rate / 100)
    found = min(pension + annuity, pay)
    return steps.close(
        steps.add(
            "Rente d’invalidité : le taux d’invalidité, appliqué au traitement; pension et rente ne le dépassent pas.",
            found,
            "décret 2003-1306, art. 37 (CPCMR L.28 et L.30 ter)",
            traitement=pay,
            pension=pension,
            rente=annuity,
        )
    )
