"""The day on which a fund must have been paid: by fund, by the employer's size and kind, by period."""

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import Value, value
from parvis.regulations.periods import Period, add_months
from parvis.regulations.results import Result, Steps

MONTHS_A_QUARTER = 3
WEEKEND = (
    "L’échéance tombe un samedi ou un dimanche : aucun texte lu ne dit si elle est reportée. Payer la veille est sûr."
)


class Fund(enum.Enum):
    """Who is paid or declared to; the value is the name of its parameters."""

    CNRACL = "cnracl"
    ATIACL = "atiacl"
    FEH = "feh"
    RAFP = "rafp"
    IRCANTEC = "ircantec"
    FIPHFP = "fiphfp"
    FNC = "fnc"
    FAEFM = "faefm"
    DIF = "dif"
    DSN = "dsn"


class Periodicity(enum.Enum):
    """How many months one payment covers."""

    MONTHLY = 1
    QUARTERLY = 3
    YEARLY = 12


@dataclass(frozen=True, slots=True)
class Payer:
    """What the periodicity depends on; None where it is not known (an error only where it decides).

    `agents`: those of the fund. `state_body`: of the State, with `seconded` agents of the CNRACL.
    `contributions_last_year`: in euros, to the Ircantec. `headcount`: everybody paid, for the DSN; `paid_within_month`:
    pay is paid in the month for which it is.
    """

    agents: int | None = None
    state_body: bool = False
    seconded: int = 0
    contributions_last_year: Decimal | None = None
    headcount: int | None = None
    paid_within_month: bool = True


@dataclass(frozen=True, slots=True)
class Due:
    """A payment: for which period, how often, and on which day at the latest."""

    periodicity: Periodicity
    period: Period
    on: datetime.date


class PeriodicityNotSet(LookupError):
    """The fund decides itself how often this employer pays."""


def periodicity(fund: Fund, payer: Payer, *, on: datetime.date) -> Result[Periodicity]:
    """How often an employer pays a fund in the period that begins on a day.

    CNRACL, ATIACL, FEH: monthly above 9 agents (and State bodies from 1 seconded agent on), else quarterly. RAFP:
    monthly from 10 agents on, else yearly. Ircantec: monthly above 5 000 € of contributions in the last year, quarterly
    above 1 300 €, else yearly. FIPHFP, FAEFM, DIF élus: yearly. DSN: monthly. Raises ValueError where what decides is
    missing or out of bounds, PeriodicityNotSet (Ircantec, first year), NotKnown. Source: with each parameter.
    """
    steps = Steps()
    if fund in (Fund.CNRACL, Fund.ATIACL, Fund.FEH):
        return steps.close(_by_agents(payer, on, steps))
    if fund is Fund.RAFP:
        threshold = value("rafp.monthly_from_agents", on=on)
        agents = _agents(payer)
        found = Periodicity.MONTHLY if agents >= threshold.value else Periodicity.YEARLY
        rule = "RAFP : versement mensuel à partir de 10 agents, annuel en dessous."
        return steps.close(steps.add(rule, found, "", threshold, agents=agents))
    if fund is Fund.IRCANTEC:
        return steps.close(_by_contributions(payer, on, steps))
    if fund is Fund.DSN:
        return steps.close(steps.add("La DSN est mensuelle.", Periodicity.MONTHLY, "cahier technique CT2025.1 §1.4.2"))
    if fund in (Fund.FIPHFP, Fund.FAEFM, Fund.DIF):
        return steps.close(steps.add("Versement annuel.", Periodicity.YEARLY, _yearly_source(fund)))
    raise ValueError(f"{fund.name}: no payment is due to it at a date that is known")


def due(fund: Fund, payer: Payer, *, period: datetime.date) -> Result[Due]:
    """The payment that covers a month: its periodicity, the whole period it covers, and the last day to pay.

    `period`: any day of a month (of the quarter, of the year) of pay; FIPHFP: of the year of the campaign; FAEFM and
    DIF élus: of the year in which it is due. CNRACL, ATIACL, FEH: the account is credited by the 5th after the period;
    RAFP: the 15th of the next month, or 31 March of the next year; Ircantec: the 15th after the month or quarter, or
    31 January of the next year. A day at the weekend is kept and the result says so. Raises as `periodicity`.
    """
    steps = Steps()
    how_often: Periodicity = steps.extend(periodicity(fund, payer, on=_begin_of_month(period)))
    covered = covering(how_often, period)
    used = _day_values(fund, payer, how_often, covered, on=covered.starts_on, steps=steps)
    day = _last_day(fund, how_often, covered, used)
    if day.weekday() > 4:
        steps.warn(WEEKEND)
    steps.add("Dernier jour pour que le compte soit crédité.", day, "", *used, periode=covered)
    return steps.close(Due(how_often, covered, day))


def covering(how_often: Periodicity, day: datetime.date) -> Period:
    """The month, the quarter or the year of the calendar that a day is in."""
    months = how_often.value
    first = datetime.date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, add_months(first, months))


def _agents(payer: Payer) -> int:
    if payer.agents is None:
        raise ValueError("the number of agents decides, and is not given")
    if payer.agents < 1:
        raise ValueError("without an agent nothing is due")
    return payer.agents


def _by_agents(payer: Payer, on: datetime.date, steps: Steps) -> Periodicity:
    if payer.state_body and payer.seconded:
        from_seconded = value("cnracl.state_monthly_from_seconded", on=on)
        if payer.seconded >= from_seconded.value:
            rule = "Organisme de l’État avec un agent détaché au moins : versement mensuel."
            monthly: Periodicity = steps.add(rule, Periodicity.MONTHLY, "", from_seconded, detaches=payer.seconded)
            return monthly
    threshold = value("cnracl.quarterly_up_to_agents", on=on)
    agents = _agents(payer)
    found = Periodicity.QUARTERLY if agents <= threshold.value else Periodicity.MONTHLY
    rule = "Versement trimestriel de 1 à 9 agents, mensuel au-delà."
    return steps.add(rule, found, "", threshold, agents=agents)


def _by_contributions(payer: Payer, on: datetime.date, steps: Steps) -> Periodicity:
    last_year = payer.contributions_last_year
    if last_year is None:
        raise PeriodicityNotSet("Ircantec: it sets the periodicity itself where nothing was paid the year before")
    monthly, quarterly = value("ircantec.monthly_above", on=on), value("ircantec.quarterly_above", on=on)
    if last_year > monthly.value:
        found = Periodicity.MONTHLY
    elif last_year > quarterly.value:
        found = Periodicity.QUARTERLY
    else:
        found = Periodicity.YEARLY
    rule = "Ircantec : selon les cotisations du dernier exercice, mensuel, trimestriel ou annuel."
    steps.add(rule, found, "", monthly, quarterly, cotisations=last_year)
    return found


def _day_values(
    fund: Fund, payer: Payer, how_often: Periodicity, covered: Period, *, on: datetime.date, steps: Steps
) -> tuple[Value, ...]:
    if fund in (Fund.CNRACL, Fund.ATIACL, Fund.FEH):
        return (value("cnracl.due_day", on=on),)
    if fund is Fund.DSN:
        if payer.headcount is None:
            raise ValueError("the headcount decides, and is not given")
        threshold = value("dsn.large_from_agents", on=on)
        large = payer.headcount >= threshold.value and payer.paid_within_month
        # Only at the threshold itself do the sources disagree.
        at_edge = payer.headcount == threshold.value
        steps.add(
            "DSN : le 5 à partir de 50 agents payés dans le mois, sinon le 15.",
            large,
            threshold.act,
            uncertain=at_edge,
            effectif=payer.headcount,
        )
        return (value("dsn.due_day_large" if large else "dsn.due_day_small", on=on),)
    if fund in (Fund.RAFP, Fund.IRCANTEC) and how_often is not Periodicity.YEARLY:
        return (value(f"{fund.value}.due_day", on=on),)
    if fund is Fund.FAEFM:
        return (value("elected.faefm_before_month", on=on),)
    if fund is Fund.DIF:
        return (value("elected.dif_due_month", on=on), value("elected.dif_due_day", on=on))
    if fund is Fund.FIPHFP:
        return (value("fiphfp.due_month", on=on), value("fiphfp.due_day", on=on))
    return (value(f"{fund.value}.yearly_due_month", on=on), value(f"{fund.value}.yearly_due_day", on=on))


def _last_day(fund: Fund, how_often: Periodicity, covered: Period, used: tuple[Value, ...]) -> datetime.date:
    if fund is Fund.FAEFM:
        return datetime.date(covered.starts_on.year, int(used[0].value), 1) - datetime.timedelta(days=1)
    if len(used) == 1:
        return covered.ends_before.replace(day=int(used[0].value))
    year = covered.starts_on.year if fund in (Fund.FIPHFP, Fund.DIF) else covered.ends_before.year
    return datetime.date(year, int(used[0].value), int(used[1].value))


def _begin_of_month(day: datetime.date) -> datetime.date:
    return day.replace(day=1)


def _yearly_source(fund: Fund) -> str:
    return {
        Fund.FIPHFP: "cdg69.fr, déclaration annuelle",
        Fund.FAEFM: "politiques-sociales.caissedesdepots.fr/FAEFM",
        Fund.DIF: "politiques-sociales.caissedesdepots.fr, DIF des élus locaux",
    }[fund]
