"""What only the employer pays: ATIACL, FEH and the former FCCPA; and the allowance that the ATIACL serves."""

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative, value_or_given
from parvis.regulations.parameters import value
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent

NBI_IN_DOUBT = (
    "Les sources ne s’accordent pas sur la NBI dans l’assiette de l’ATIACL et du FEH : ce calcul suit un choix."
)


class EmployerFund(enum.Enum):
    """The fund; its value is the name of its parameters."""

    ATIACL = "atiacl"
    FEH = "feh"
    FCCPA = "fccpa"


@dataclass(frozen=True, slots=True)
class Allowance:
    """The allocation temporaire d’invalidité, in euros a month: what it is a share of, and the share."""

    base: Decimal
    amount: Decimal


def employer_contribution(
    fund: EmployerFund, indexed_pay: Decimal, nbi: Decimal, *, period: datetime.date, with_nbi: bool
) -> Result[Decimal]:
    """The employer's contribution of a month in euros: the base at the rate of the period, to the cent.

    `with_nbi` must be said: cdc.retraites.fr (2012) and maisondescommunes85.fr (décret 92-1046) leave the NBI out,
    OpenFisca counts it. Where there is an NBI the result says that it is in doubt. FEH: hospitals only; FCCPA:
    territorial employers, nothing since 2011. Raises ValueError (below zero), NotKnown.
    """
    not_negative(indexed_pay=indexed_pay, nbi=nbi)
    steps = Steps()
    rate = value(f"{fund.value}.employer_rate", on=period)
    base = indexed_pay + nbi if with_nbi else indexed_pay
    doubtful = nbi > 0 and rate.value > 0
    if doubtful:
        steps.warn(NBI_IN_DOUBT)
    amount = steps.add(
        "Contribution de l’employeur : assiette × taux de la période.",
        to_cent(base * rate.rate),
        "décret 92-1046 ; cdc.retraites.fr",
        rate,
        uncertain=doubtful,
        assiette=base,
        nbi_comprise=with_nbi,
    )
    return steps.close(amount)


def injury_allowance(
    disability: Decimal, *, on: datetime.date, index: Decimal | None = None, point_per_year: Decimal | None = None
) -> Result[Allowance]:
    """The ATI of a month: the disability rate, from 0 to 1, of the monthly pay of the major index 245.

    Base and amount are rounded to the cent. Raises ValueError (rate out of bounds), NotKnown. Source:
    blogavocat.fr (A. Icard), 2012.
    """
    if not 0 <= disability <= 1:
        raise ValueError(f"{disability} is no disability rate")
    steps = Steps()
    reference = value_or_given("atiacl.allowance_index", index, on=on)
    point = value_or_given("pay.point_value", point_per_year, on=on)
    base = steps.add(
        "Base : traitement mensuel de l’indice de référence.",
        to_cent(reference.value * point.value / 12),
        "décret 2005-442",
        reference,
        point,
    )
    amount = steps.add(
        "Allocation : base × taux d’invalidité.",
        to_cent(reference.value * point.value / 12 * disability),
        "décret 2005-442",
        taux_invalidite=disability,
    )
    return steps.close(Allowance(base, amount))
