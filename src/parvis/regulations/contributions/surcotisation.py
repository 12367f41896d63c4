"""CNRACL surcotisation: part-timers who pay to have what they do not work counted, and how long they may."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative, value_or_given
from parvis.regulations.parameters import value
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import CENT, to_cent

SOURCE = "décret 2004-678 art. 2 ; juris-cnracl.retraites.fr, surcotisation"
DURATION_SOURCE = "décret 2003-1306 art. 14 ; juris-cnracl.retraites.fr, surcotisation"
MONTHS_A_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Surcotisation:
    """The agent's rate in percent, on the pay of full time, and what it makes in euros a month (None without a pay)."""

    rate: Decimal
    amount: Decimal | None


def surcotisation(
    worked: Decimal,
    *,
    period: datetime.date,
    full_time_pay: Decimal | None = None,
    agent_rate: Decimal | None = None,
    employer_rate: Decimal | None = None,
    disabled: bool = False,
) -> Result[Surcotisation]:
    """The rate q × A + 80 % × (A + R) × (1 − q), to two decimals, on the indexed pay, NBI and CTI of full time.

    `worked`: q, from 0 to 1; A: the agent's rate; R: the representative rate of the employer's contribution (both in
    percent, those in force unless given). It takes the place of the ordinary contribution; the employer's does not
    change. `disabled`: permanent incapacity of 80 % or more, who owes the ordinary rate on the pay of full time.
    Raises ValueError (q out of bounds), NotKnown. Source: décret 2004-678 art. 2.
    """
    _check(worked)
    steps = Steps()
    agent = value_or_given("cnracl.agent_rate", agent_rate, on=period)
    if disabled:
        rate = steps.add(
            "Incapacité permanente de 80 % au moins : taux normal, sur le traitement d’un temps plein.",
            agent.value,
            DURATION_SOURCE,
            agent,
        )
    else:
        employer = value_or_given("cnracl.surcotisation_employer_rate", employer_rate, on=period)
        weight = value("cnracl.surcotisation_weight", on=period)
        rate = steps.add(
            "Taux : quotité travaillée × taux de l’agent + 80 % des deux taux réunis × quotité non travaillée.",
            to_cent(worked * agent.value + weight.rate * (agent.value + employer.value) * (1 - worked)),
            SOURCE,
            agent,
            employer,
            weight,
            quotite=worked,
        )
    amount = None
    if full_time_pay is not None:
        not_negative(full_time_pay=full_time_pay)
        amount = steps.add(
            "Retenue : traitement d’un temps plein × ce taux.", to_cent(full_time_pay * rate / 100), SOURCE
        )
    return steps.close(Surcotisation(rate, amount))


def longest_in_months(worked: Decimal, *, on: datetime.date, disabled: bool = False) -> Result[Decimal]:
    """For how many months one may pay it: until what is not worked makes 4 quarters (8 where disabled).

    50 %: 24 months, 90 %: 120; another fraction in the same way, cut to a hundredth of a month. Raises ValueError
    (full time gains nothing). Source: décret 2003-1306 art. 14.
    """
    _check(worked)
    if worked == 1:
        raise ValueError("full time has nothing to gain")
    name = "cnracl.surcotisation_quarters_disabled" if disabled else "cnracl.surcotisation_quarters"
    quarters = value(name, on=on)
    steps = Steps()
    return steps.close(
        steps.add(
            "Durée au bout de laquelle la quotité non travaillée fait le nombre de trimestres permis.",
            (quarters.value * MONTHS_A_QUARTER / (1 - worked)).quantize(CENT, "ROUND_DOWN"),
            DURATION_SOURCE,
            quarters,
            quotite=worked,
        )
    )


def free_quarters(children_born_from_2004: int, *, on: datetime.date) -> Result[int]:
    """Quarters that count as full time without any surcotisation: part time to raise a child born from 2004 on.

    12 at most for each child. The agent pays the ordinary rate on the pay of part time. Raises ValueError, NotKnown.
    Source: décret 2003-1306 art. 14.
    """
    if children_born_from_2004 < 0:
        raise ValueError(f"{children_born_from_2004} children")
    each = value("cnracl.surcotisation_quarters_per_child", on=on)
    steps = Steps()
    return steps.close(
        steps.add(
            "Temps partiel de droit pour élever un enfant : trimestres gratuits par enfant.",
            int(each.value) * children_born_from_2004,
            DURATION_SOURCE,
            each,
        )
    )


def _check(worked: Decimal) -> None:
    if not 0 < worked <= 1:
        raise ValueError(f"{worked} is no fraction of full time")
