"""FNC: what local employers share of the supplément familial, and what each pays or receives."""

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative, value_or_given
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent, to_places

SOURCE = "décrets 85-885 et 85-886 art. 4 ; politiques-sociales.caissedesdepots.fr/FNC"


class FamilyFund(enum.Enum):
    """TC: at least one full-time civil servant; TNC: part-hours only. The value is the name of its parameter."""

    FULL_TIME = "fnc.coefficient_full_time"
    PART_HOURS = "fnc.coefficient_part_hours"


@dataclass(frozen=True, slots=True)
class FamilyBalance:
    """An employer's share of a year in euros, and its balance: above zero it pays, below zero it receives."""

    share: Decimal
    balance: Decimal


def fund_of(has_full_time_civil_servant: bool) -> FamilyFund:
    """The fund an employer belongs to. Source: politiques-sociales.caissedesdepots.fr/FNC."""
    return FamilyFund.FULL_TIME if has_full_time_civil_servant else FamilyFund.PART_HOURS


def balance(
    fund: FamilyFund, pay: Decimal, supplement_paid: Decimal, *, year: int, coefficient: Decimal | None = None
) -> Result[FamilyBalance]:
    """The share (declared pay × coefficient of the year of that pay) less the supplement paid, in euros.

    `pay`: what civil servants were paid in the year, net of compulsory contributions, less SFT and benefits in kind.
    `coefficient`: in percent, instead of the one set for that year (it is set two years later). Raises ValueError,
    NotKnown (the coefficients for pay of 2023 and later were not found). Source: décrets 85-885 and 85-886 art. 4.
    """
    not_negative(pay=pay, supplement_paid=supplement_paid)
    steps = Steps()
    rate = value_or_given(fund.value, coefficient, on=datetime.date(year, 1, 1))
    share = steps.add(
        "Part contributive : rémunérations déclarées × coefficient.", to_cent(pay * rate.rate), SOURCE, rate, paie=pay
    )
    return steps.close(
        FamilyBalance(
            share,
            steps.add(
                "Solde : part contributive moins supplément versé ; au-dessus de zéro, l’employeur paie.",
                share - supplement_paid,
                SOURCE,
                sft_verse=supplement_paid,
            ),
        )
    )


def coefficient(
    supplement_declared: Decimal,
    costs: Decimal,
    ascaa_declared: Decimal,
    pay_declared: Decimal,
    ascaa_of_agents: Decimal,
) -> Result[Decimal]:
    """The coefficient of a year, in percent: (SFT + running costs + ASCAA) / (pay − ASCAA of civil servants), the
    quotient to 4 decimals. All in euros, of all employers together. Raises ValueError. Source: as above.
    """
    not_negative(supplement=supplement_declared, costs=costs, ascaa=ascaa_declared, ascaa_of_agents=ascaa_of_agents)
    if pay_declared <= ascaa_of_agents:
        raise ValueError("no pay is left to share on")
    steps = Steps()
    quotient = (supplement_declared + costs + ascaa_declared) / (pay_declared - ascaa_of_agents)
    return steps.close(
        steps.add(
            "Coefficient : dépenses déclarées et frais, sur les rémunérations, à quatre décimales.",
            to_places(quotient, 4) * 100,
            SOURCE,
        )
    )
