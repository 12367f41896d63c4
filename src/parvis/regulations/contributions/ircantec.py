"""Ircantec: contributions on slices A and B, the ceiling regularised month by month, and what is paid."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.contributions.cnracl import check_one_year
from parvis.regulations.given import not_negative, value_or_given
from parvis.regulations.parameters import value
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent, to_euro

SOURCE = "ircantec.retraites.fr, calcul des cotisations ; arrêté du 30 décembre 1970"


@dataclass(frozen=True, slots=True)
class IrcantecMonth:
    """A month's gross pay effectively received, benefits in kind included, in euros.

    `ceiling`: the monthly ceiling, that of the period unless given. `ceiling_share`: the part of it that counts, from
    0 to 1 (part time, a month begun late, the share of one of several employers).
    """

    period: datetime.date
    base: Decimal
    ceiling: Decimal | None = None
    ceiling_share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class IrcantecContribution:
    """What a month owes, in euros. Each share is rounded once, over both slices; a slice's amounts, as the DSN lists
    them (060 A, 061 B), are rounded for themselves and may differ from it by a cent. Slice B may fall below zero when
    the regularisation gives back to slice A.
    """

    period: datetime.date
    slice_a: Decimal
    slice_b: Decimal
    agent: Decimal
    employer: Decimal
    agent_a: Decimal
    agent_b: Decimal
    employer_a: Decimal
    employer_b: Decimal

    @property
    def total(self) -> Decimal:
        return self.agent + self.employer


def year_of_contributions(months: Sequence[IrcantecMonth]) -> Result[tuple[IrcantecContribution, ...]]:
    """Each month's contribution, the ceiling regularised progressively: slice A is what of the pay cumulated since
    January lies under the ceilings cumulated, less what earlier months had; slice B what lies between one and eight.

    The months are of one calendar year, in order, those of the employment alone. Raises ValueError, NotKnown (before
    2011, or a ceiling not published yet). Source: ircantec.retraites.fr, calcul des cotisations.
    """
    check_one_year([month.period for month in months])
    steps = Steps()
    pay = ceilings = used_a = used_b = Decimal(0)
    found: list[IrcantecContribution] = []
    for month in months:
        not_negative(base=month.base)
        if not 0 <= month.ceiling_share <= 1:
            raise ValueError(f"{month.ceiling_share} is no share of the ceiling")
        ceiling = value_or_given("pay.pass_month", month.ceiling, on=month.period)
        multiple = value("ircantec.b_ceiling_multiple", on=month.period)
        pay, ceilings = pay + month.base, ceilings + ceiling.value * month.ceiling_share
        in_a = to_cent(min(pay, ceilings))
        in_b = to_cent(min(pay, ceilings * multiple.value)) - in_a
        slice_a, slice_b = in_a - used_a, in_b - used_b
        used_a, used_b = in_a, in_b
        steps.add(
            "Tranches : rémunérations et plafonds cumulés depuis janvier, moins ce qu’ont eu les mois précédents.",
            (slice_a, slice_b),
            SOURCE,
            ceiling,
            multiple,
            periode=month.period,
            remunerations_cumulees=pay,
            plafonds_cumules=ceilings,
        )
        found.append(_on(slice_a, slice_b, month.period, steps))
    return steps.close(tuple(found))


def contributions(
    base: Decimal, *, period: datetime.date, ceiling: Decimal | None = None, ceiling_share: Decimal = Decimal(1)
) -> Result[IrcantecContribution]:
    """The contribution of one month for itself, without those before it. Raises as `year_of_contributions`."""
    result = year_of_contributions([IrcantecMonth(period, base, ceiling, ceiling_share)])
    return Result(result.value[0], result.steps, result.warnings)


def share_of_ceiling(pay: Decimal, pay_everywhere: Decimal) -> Result[Decimal]:
    """The part of the ceiling of one of several employers that employ somebody at once: its part of all the pay.

    Other employers count whether or not they pay to Ircantec. Raises ValueError (nothing paid, or more than
    everywhere). Source: baseircantec.retraites.fr, proratisation du plafond d’assiette.
    """
    if not 0 <= pay <= pay_everywhere or not pay_everywhere:
        raise ValueError(f"{pay} is no part of {pay_everywhere}")
    steps = Steps()
    return steps.close(
        steps.add(
            "Plusieurs employeurs : le plafond est partagé en proportion des rémunérations.",
            pay / pay_everywhere,
            "baseircantec.retraites.fr, proratisation du plafond d’assiette",
            remuneration=pay,
            toutes=pay_everywhere,
        )
    )


def payment(amount: Decimal) -> Result[Decimal]:
    """What is paid for an amount of contributions: to the nearest euro, 50 cents upward. Source: CT2025.1,
    S21.G00.20.005; CSS L.130-1."""
    steps = Steps()
    return steps.close(
        steps.add(
            "Versement arrondi à l’euro le plus proche, 50 centimes vers le haut.",
            to_euro(amount),
            "cahier technique CT2025.1, S21.G00.20.005",
            montant=amount,
        )
    )


def _on(slice_a: Decimal, slice_b: Decimal, period: datetime.date, steps: Steps) -> IrcantecContribution:
    amounts: dict[str, Decimal] = {}
    for who, french in (("agent", "l’agent"), ("employer", "l’employeur")):
        rate_a, rate_b = (value(f"ircantec.{part}_{who}_rate", on=period) for part in ("a", "b"))
        in_a, in_b = slice_a * rate_a.rate, slice_b * rate_b.rate
        amounts[who] = steps.add(
            f"Part de {french} : tranche A × taux A + tranche B × taux B.", to_cent(in_a + in_b), "", rate_a, rate_b
        )
        amounts[f"{who}_a"], amounts[f"{who}_b"] = to_cent(in_a), to_cent(in_b)
    return IrcantecContribution(period, slice_a, slice_b, **amounts)
