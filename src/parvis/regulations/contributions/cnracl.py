"""CNRACL: the agent's and the employer's contribution on the base of a month."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative
from parvis.regulations.parameters import value
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent

SOURCE = "décret 2007-173 ; juris-cnracl.retraites.fr, assiette des cotisations"
OVERTIME_SOURCE = "CSS L.241-17 III ; décret 2019-133"


@dataclass(frozen=True, slots=True)
class CnraclPay:
    """What a month's base is made of, in euros, as it is paid (half pay counts for half).

    Residence allowance, SFT, overtime, benefits in kind and other bonuses are no part of it: they go to the RAFP.
    """

    indexed_pay: Decimal
    nbi: Decimal = Decimal(0)
    cti: Decimal = Decimal(0)
    care_assistant_bonus: Decimal = Decimal(0)
    fire_allowance: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        not_negative(
            indexed_pay=self.indexed_pay,
            nbi=self.nbi,
            cti=self.cti,
            care_assistant_bonus=self.care_assistant_bonus,
            fire_allowance=self.fire_allowance,
        )

    @property
    def base(self) -> Decimal:
        """Assiette: everything above."""
        return self.indexed_pay + self.nbi + self.cti + self.care_assistant_bonus + self.fire_allowance


@dataclass(frozen=True, slots=True)
class Part:
    """What one element of the base owes, with the codes under which the DSN lists it (S21.G00.81.001)."""

    label: str
    agent_code: str
    employer_code: str
    base: Decimal
    agent: Decimal
    employer: Decimal


@dataclass(frozen=True, slots=True)
class CnraclContributions:
    """What is due for a month, in euros."""

    base: Decimal
    agent: Decimal
    employer: Decimal

    @property
    def total(self) -> Decimal:
        return self.agent + self.employer


@dataclass(frozen=True, slots=True)
class OvertimeMonth:
    """A month with overtime: what was paid for it, the indexed pay, and the agent's contribution before reduction."""

    period: datetime.date
    overtime: Decimal
    indexed_pay: Decimal
    agent_contribution: Decimal


def contributions(pay: CnraclPay, *, period: datetime.date) -> Result[CnraclContributions]:
    """The agent's and the employer's contribution on a month's pay, at the rates of the month to which it relates.

    The day of payment changes nothing (January 2025, raised after it was paid, owes the raised rate). Each amount is
    rounded once, on the whole base, half a cent upward. Raises NotKnown for a period without a rate. Source: décret
    2007-173; rates: décrets 2014-1531, 2024-49, 2025-86.
    """
    steps = Steps()
    agent, employer = value("cnracl.agent_rate", on=period), value("cnracl.employer_rate", on=period)
    base = steps.add(
        "Assiette : traitement indiciaire, NBI, CTI et primes soumises à retenue.",
        pay.base,
        SOURCE,
        traitement=pay.indexed_pay,
        nbi=pay.nbi,
        cti=pay.cti,
        prime_aide_soignant=pay.care_assistant_bonus,
        indemnite_de_feu=pay.fire_allowance,
    )
    due = CnraclContributions(
        base,
        steps.add("Retenue de l’agent : assiette × taux de la période.", to_cent(base * agent.rate), SOURCE, agent),
        steps.add(
            "Contribution de l’employeur : assiette × taux de la période.",
            to_cent(base * employer.rate),
            SOURCE,
            employer,
        ),
    )
    return steps.close(due)


def by_code(pay: CnraclPay, *, period: datetime.date) -> Result[tuple[Part, ...]]:
    """The same element by element, as the DSN lists it, in euros; each amount is rounded for itself, so that their sum
    may differ from `contributions` by a cent a part. Raises NotKnown. Source: CT2025.1, S21.G00.81.001.
    """
    agent, employer = value("cnracl.agent_rate", on=period), value("cnracl.employer_rate", on=period)
    parts = tuple(
        Part(label, ours, theirs, amount, to_cent(amount * agent.rate), to_cent(amount * employer.rate))
        for label, ours, theirs, amount in (
            ("Traitement indiciaire et CTI", "300", "301", pay.indexed_pay + pay.cti),
            ("NBI", "304", "305", pay.nbi),
            ("Indemnité de feu", "306", "307", pay.fire_allowance),
            ("Prime d’aide-soignant", "309", "310", pay.care_assistant_bonus),
        )
        if amount
    )
    steps = Steps()
    rule = "Chaque élément de l’assiette sous ses codes de la DSN, arrondi pour lui-même."
    return steps.close(steps.add(rule, parts, "cahier technique CT2025.1, S21.G00.81.001", agent, employer))


def regularisation(
    pay: CnraclPay, *, period: datetime.date, paid_at_rates_of: datetime.date
) -> Result[CnraclContributions]:
    """What is still due for a month that was paid at the rates of another one, in euros (below zero: paid too much).

    January 2025: `period` January 2025, `paid_at_rates_of` December 2024. It is declared attached to the month it is
    owed for (DSN block 78 of that month, code 301). Raises NotKnown. Source: décret 2025-86.
    """
    steps = Steps()
    due = steps.extend(contributions(pay, period=period))
    paid = steps.extend(contributions(pay, period=paid_at_rates_of))
    left = CnraclContributions(due.base, due.agent - paid.agent, due.employer - paid.employer)
    steps.add(
        "Reste dû : cotisations au taux de la période, moins ce qui a été versé.",
        left.total,
        "décret 2025-86 ; cnracl.retraites.fr, régularisation de janvier 2025",
        retenue=left.agent,
        contribution=left.employer,
    )
    return steps.close(left)


def overtime_reduction(months: Sequence[OvertimeMonth]) -> Result[tuple[Decimal, ...]]:
    """What overtime takes off the agent's contribution, month by month, in euros: 5 % (the agent's RAFP rate) of it.

    Overtime counts up to 20 % of the indexed pay of the year, here cumulated since January as the RAFP cumulates (the
    text says « the year », not how a month gets there). A month's reduction never exceeds its contribution. The months
    are of one year, in order. Raises ValueError where they are not, NotKnown before 2019. Source: décret 2019-133.
    """
    check_one_year([month.period for month in months])
    steps = Steps()
    paid = overtime = counted = Decimal(0)
    reductions: list[Decimal] = []
    for month in months:
        not_negative(overtime=month.overtime, indexed_pay=month.indexed_pay, agent=month.agent_contribution)
        share = value("cnracl.overtime_reduction_ceiling", on=month.period)
        rate = value("rafp.agent_rate", on=month.period)
        paid, overtime = paid + month.indexed_pay, overtime + month.overtime
        eligible = min(overtime, paid * share.rate) - counted
        counted += eligible
        reductions.append(
            steps.add(
                "Réduction : heures supplémentaires retenues × taux de la retenue RAFP, au plus la retenue du mois.",
                min(to_cent(eligible * rate.rate), month.agent_contribution),
                OVERTIME_SOURCE,
                share,
                rate,
                periode=month.period,
                heures_retenues=eligible,
            )
        )
    return steps.close(tuple(reductions))


def check_one_year(periods: Sequence[datetime.date]) -> None:
    """Raises ValueError where months are not of one calendar year, each after the one before."""
    if len(periods) < 2:
        return
    firsts = [period.replace(day=1) for period in periods]
    if any(later <= earlier for earlier, later in zip(firsts, firsts[1:], strict=False)):
        raise ValueError("the months do not follow one another")
    if firsts[0].year != firsts[-1].year:
        raise ValueError("what is cumulated since January is of one calendar year")
