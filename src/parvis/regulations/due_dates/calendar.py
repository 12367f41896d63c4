"""The day on which a fund must have been paid: by fund, by the employer's size and kind, by period."""

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import Value, value
from parvis.regulations.parameters.model import Confidence
from parvis.regulations.periods import Period, add_months
from parvis.regulations.results import Result, Steps

DSN_RULE = "DSN : le 5 à partir de 50 agents payés dans le mois, sinon le 15."
WEEKEND = "L’échéance tombe un samedi ou un dimanche : aucun texte lu ne dit si elle est reportée. Payez avant."


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


LIKE_CNRACL = (Fund.CNRACL, Fund.ATIACL, Fund.FEH)


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
    """A payment: for which period, how often, on which day at the latest, and how sure the least sure of that is."""

    periodicity: Periodicity
    period: Period
    on: datetime.date
    confidence: Confidence


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
    found, _ = _periodicity(fund, payer, on, steps)
    return steps.close(found)


def due(fund: Fund, payer: Payer, *, period: datetime.date) -> Result[Due]:
    """The payment that covers a month: its periodicity, the whole period it covers, and the last day to pay.

    `period`: any day of a month (of the quarter, of the year) of pay; FIPHFP: of the year of the campaign; FAEFM and
    DIF élus: of the year in which it is due. CNRACL, ATIACL, FEH: the account is credited by the 5th after the period;
    RAFP: the 15th of the next month, or 31 March of the next year; Ircantec: the 15th after the month or quarter, or
    31 January of the next year. A day at the weekend is kept and the result says so. Raises as `periodicity`.
    """
    steps = Steps()
    how_often, decided_by = _periodicity(fund, payer, period.replace(day=1), steps)
    covered = covering(how_often, period)
    used = _day_values(fund, payer, how_often, covered.starts_on)
    day = _last_day(fund, covered, used)
    if day.weekday() > 4:
        steps.warn(WEEKEND)
    at_edge = fund is Fund.DSN and payer.headcount == value("dsn.large_from_agents", on=covered.starts_on).value
    steps.add(
        "Dernier jour pour que le compte soit crédité." if fund is not Fund.DSN else DSN_RULE,
        day,
        "",
        *used,
        uncertain=at_edge,
        periode=covered,
    )
    confidence = Confidence.UNCERTAIN if at_edge else least_sure(decided_by + used)
    return steps.close(Due(how_often, covered, day, confidence))


def least_sure(values: tuple[Value, ...]) -> Confidence:
    """The confidence of the least sure of some values; official where there is none."""
    ranks = list(Confidence)
    return max((one.confidence for one in values), key=ranks.index, default=Confidence.OFFICIAL)


def individual_declaration(year: int) -> Result[datetime.date]:
    """The last day of the CNRACL's individual declaration of a year, as it was before the DSN carried it: 31 January.

    Raises NotKnown. Source: cnracl.retraites.fr, immatriculation.
    """
    used = tuple(
        value(f"cnracl.individual_declaration_{part}", on=datetime.date(year, 12, 31)) for part in ("month", "day")
    )
    steps = Steps()
    steps.warn("Depuis que la DSN la porte, cette déclaration n’est plus faite à part.")
    day = datetime.date(year + 1, *(int(one.value) for one in used))
    return steps.close(steps.add("Déclaration individuelle de l’année : fin janvier de la suivante.", day, "", *used))


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


def _periodicity(fund: Fund, payer: Payer, on: datetime.date, steps: Steps) -> tuple[Periodicity, tuple[Value, ...]]:
    used: tuple[Value, ...]
    if fund in LIKE_CNRACL:
        found, rule, used = _like_cnracl(payer, on)
    elif fund is Fund.RAFP:
        used = (value("rafp.monthly_from_agents", on=on),)
        found = Periodicity.MONTHLY if _agents(payer) >= used[0].value else Periodicity.YEARLY
        rule = "RAFP : versement mensuel à partir de 10 agents, annuel en dessous."
    elif fund is Fund.IRCANTEC:
        found, rule, used = _by_contributions(payer, on)
    elif fund is Fund.DSN:
        found, rule, used = Periodicity.MONTHLY, "La DSN est mensuelle.", ()
    elif fund in (Fund.FIPHFP, Fund.FAEFM, Fund.DIF):
        found, rule, used = Periodicity.YEARLY, "Une fois par an.", ()
    else:
        raise ValueError(f"{fund.name}: no day is known by which it must be paid")
    steps.add(rule, found, "", *used, agents=payer.agents, cotisations_annee_precedente=payer.contributions_last_year)
    return found, used


def _like_cnracl(payer: Payer, on: datetime.date) -> tuple[Periodicity, str, tuple[Value, ...]]:
    if payer.state_body and payer.seconded:
        from_seconded = value("cnracl.state_monthly_from_seconded", on=on)
        if payer.seconded >= from_seconded.value:
            rule = "Organisme de l’État avec un agent détaché au moins : versement mensuel."
            return Periodicity.MONTHLY, rule, (from_seconded,)
    threshold = value("cnracl.quarterly_up_to_agents", on=on)
    found = Periodicity.QUARTERLY if _agents(payer) <= threshold.value else Periodicity.MONTHLY
    return found, "Versement trimestriel de 1 à 9 agents, mensuel au-delà.", (threshold,)


def _by_contributions(payer: Payer, on: datetime.date) -> tuple[Periodicity, str, tuple[Value, ...]]:
    last_year = payer.contributions_last_year
    if last_year is None:
        raise PeriodicityNotSet("Ircantec: it sets the periodicity itself where nothing was paid the year before")
    if last_year < 0:
        raise ValueError(f"{last_year} is no amount of contributions")
    monthly, quarterly = value("ircantec.monthly_above", on=on), value("ircantec.quarterly_above", on=on)
    if last_year > monthly.value:
        found = Periodicity.MONTHLY
    else:
        found = Periodicity.QUARTERLY if last_year > quarterly.value else Periodicity.YEARLY
    rule = "Ircantec : selon les cotisations du dernier exercice, versement mensuel, trimestriel ou annuel."
    return found, rule, (monthly, quarterly)


def _day_values(fund: Fund, payer: Payer, how_often: Periodicity, on: datetime.date) -> tuple[Value, ...]:
    if fund is Fund.DSN:
        if payer.headcount is None:
            raise ValueError("the headcount decides, and is not given")
        large = payer.headcount >= value("dsn.large_from_agents", on=on).value and payer.paid_within_month
        names = ["dsn.due_day_large" if large else "dsn.due_day_small"]
    elif fund in LIKE_CNRACL:
        names = ["cnracl.due_day"]
    elif fund is Fund.FAEFM:
        names = ["elected.faefm_before_month"]
    elif fund is Fund.DIF:
        names = ["elected.dif_due_month", "elected.dif_due_day"]
    elif fund is Fund.FIPHFP:
        names = ["fiphfp.due_month", "fiphfp.due_day"]
    elif how_often is Periodicity.YEARLY:
        names = [f"{fund.value}.yearly_due_month", f"{fund.value}.yearly_due_day"]
    else:
        names = [f"{fund.value}.due_day"]
    return tuple(value(name, on=on) for name in names)


def _last_day(fund: Fund, covered: Period, used: tuple[Value, ...]) -> datetime.date:
    if fund is Fund.FAEFM:
        return datetime.date(covered.starts_on.year, int(used[0].value), 1) - datetime.timedelta(days=1)
    if len(used) == 1:
        return covered.ends_before.replace(day=int(used[0].value))
    year = covered.starts_on.year if fund in (Fund.FIPHFP, Fund.DIF) else covered.ends_before.year
    return datetime.date(year, int(used[0].value), int(used[1].value))
