"""Everything an establishment must do for the funds between two dates: what, when, by which rule, how sure it is."""

import datetime
import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from parvis.regulations.due_dates.calendar import (
    Due,
    Fund,
    Payer,
    Periodicity,
    PeriodicityNotSet,
    covering,
    due,
)
from parvis.regulations.obligations.disabled_workers import is_liable
from parvis.regulations.obligations.elected_members import LOCAL, Authority, owes_faefm, owes_training
from parvis.regulations.parameters import NotKnown, value
from parvis.regulations.parameters.model import Confidence
from parvis.regulations.periods import Period, add_months
from parvis.regulations.results import Result

PAID_BY_PERIOD = (Fund.CNRACL, Fund.ATIACL, Fund.FEH, Fund.RAFP, Fund.IRCANTEC)
DECLARED_BY_DSN = frozenset({Fund.CNRACL, Fund.RAFP, Fund.IRCANTEC})
NAMES = {
    Fund.CNRACL: "CNRACL",
    Fund.ATIACL: "ATIACL",
    Fund.FEH: "FEH",
    Fund.RAFP: "RAFP",
    Fund.IRCANTEC: "Ircantec",
    Fund.FIPHFP: "FIPHFP",
    Fund.FNC: "FNC",
    Fund.FAEFM: "FAEFM",
    Fund.DIF: "DIF élus",
    Fund.DSN: "DSN",
}


class Act(enum.Enum):
    """What there is to do."""

    PAY = "verser"
    DECLARE = "déclarer"
    DECLARE_AND_PAY = "déclarer et verser"
    CORRECT = "corriger"
    EXPECT = "recevoir"


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract with a fund (immatriculation, adhésion), from a day to the day before another; without end: None."""

    fund: Fund
    starts_on: datetime.date
    ends_before: datetime.date | None = None

    def covers(self, period: Period) -> bool:
        """Whether it holds on a day of the period."""
        return self.starts_on < period.ends_before and (self.ends_before is None or self.ends_before > period.starts_on)


@dataclass(frozen=True, slots=True)
class Establishment:
    """What the schedule depends on; None where it is not known.

    `civil_servants`: agents of the CNRACL (and so of ATIACL, FEH and RAFP). `headcount`: everybody paid;
    `full_time_equivalent`: the same in full time. `ircantec_last_year`: contributions in euros, by the year that
    follows them (2026: what was paid for 2025). `called_by_fiphfp`: it asked an employer under 20 for its headcount.
    """

    authority: Authority
    contracts: tuple[Contract, ...]
    civil_servants: int | None = None
    headcount: int | None = None
    full_time_equivalent: Decimal | None = None
    ircantec_last_year: dict[int, Decimal] = field(default_factory=dict)
    inhabitants: int | None = None
    pays_allowances: bool = True
    seconded: int = 0
    called_by_fiphfp: bool = False
    paid_within_month: bool = True


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing to do. `due_on`: the last day, None where no source says one; `opens_on`: the first, if there is one.

    `period`: what it is for. `rule`: in French sentences, with `source`; `confidence`: of the least sure figure of it;
    `remarks`: what to know of it, as a weekend.
    """

    fund: Fund
    act: Act
    label: str
    period: Period
    due_on: datetime.date | None
    opens_on: datetime.date | None
    rule: str
    source: str
    confidence: Confidence
    remarks: tuple[str, ...] = ()

    @property
    def placed_on(self) -> datetime.date:
        """The day under which it stands in a calendar: the last, or else the first."""
        day = self.due_on or self.opens_on
        assert day is not None
        return day


@dataclass(frozen=True, slots=True)
class Schedule:
    """The obligations of a span, by day; `missing`: in French, what would have to be known to say the rest."""

    obligations: tuple[Obligation, ...]
    missing: tuple[str, ...] = ()


def schedule(establishment: Establishment, span: Period) -> Schedule:
    """What an establishment must do on the days of a span, by day and fund, each with its rule and source.

    A contract that ended still owes its last period, one that begins owes its first. What cannot be told, because a
    figure is missing or a fund decides it, is said in `missing` and left out; nothing is guessed. Raises nothing for an
    establishment that is incomplete. Sources: with each obligation.
    """
    missing: dict[str, None] = {}
    found = [
        one
        for kind in (_payments, _dsn, _recaps, _fiphfp, _fnc, _faefm, _dif)
        for one in kind(establishment, span, lambda text: missing.setdefault(text))
        if one.placed_on in span
    ]
    found.sort(key=lambda one: (one.placed_on, list(Fund).index(one.fund), one.label))
    return Schedule(tuple(found), tuple(missing))


Missing = Callable[[str], None]


def _payments(place: Establishment, span: Period, missing: Missing) -> Iterator[Obligation]:
    for fund in PAID_BY_PERIOD:
        seen: set[Period] = set()
        for month in _months(span, before=15):
            covered_month = covering(Periodicity.MONTHLY, month)
            if not _holds(place, fund, covered_month):
                continue
            try:
                result = due(fund, _payer(place, fund, month), period=month)
            except (PeriodicityNotSet, ValueError, NotKnown) as fault:
                if span.starts_on <= _last_possible(month.year):
                    missing(_what_is_missing(fund, month.year, fault))
                continue
            if result.value.period not in seen:
                seen.add(result.value.period)
                yield _obligation(fund, Act.PAY, f"Verser les cotisations {NAMES[fund]}", result, remarks=())


def _dsn(place: Establishment, span: Period, missing: Missing) -> Iterator[Obligation]:
    for month in _months(span, before=2):
        covered = covering(Periodicity.MONTHLY, month)
        if not any(_holds(place, fund, covered) for fund in DECLARED_BY_DSN):
            continue
        try:
            result = due(
                Fund.DSN, Payer(headcount=place.headcount, paid_within_month=place.paid_within_month), period=month
            )
        except ValueError:
            missing("DSN : l’effectif rémunéré, qui décide entre le 5 et le 15 du mois.")
            continue
        except NotKnown:
            continue
        yield _obligation(
            Fund.DSN, Act.DECLARE, "Déposer la DSN du mois", result, remarks=("Avant midi, heure de Paris.",)
        )
        after = value("dsn.reports_after_days", on=month)
        yield Obligation(
            Fund.DSN,
            Act.CORRECT,
            "Lire les comptes rendus de la DSN et corriger les anomalies",
            covered,
            None,
            result.value.on + datetime.timedelta(days=int(after.value)),
            "Les anomalies sont visibles trois jours après l’échéance de la DSN ; les corriger sans attendre.",
            after.act,
            result.value.confidence,
        )


def _recaps(place: Establishment, span: Period, missing: Missing) -> Iterator[Obligation]:
    for fund in (Fund.ATIACL, Fund.FEH):
        for year in _years(span):
            covered = covering(Periodicity.YEARLY, datetime.date(year - 1, 1, 1))
            if not _holds(place, fund, covered):
                continue
            try:
                month = value("cnracl.recap_month", on=covered.ends_before)
            except NotKnown:
                continue
            opens = datetime.date(year, int(month.value), 1)
            yield Obligation(
                fund,
                Act.DECLARE,
                f"Déclarer les cotisations {NAMES[fund]} de l’année",
                covered,
                add_months(opens, 1) - datetime.timedelta(days=1),
                opens,
                "La déclaration récapitulative de l’année écoulée se fait en janvier, régularisations comprises.",
                month.act,
                month.confidence,
            )


def _fiphfp(place: Establishment, span: Period, missing: Missing) -> Iterator[Obligation]:
    for year in _years(span):
        covered = covering(Periodicity.YEARLY, datetime.date(year - 1, 1, 1))
        if place.full_time_equivalent is None and not place.called_by_fiphfp:
            missing("FIPHFP : l’effectif en équivalent temps plein, qui décide de l’obligation.")
            return
        reference = covered.ends_before - datetime.timedelta(days=1)
        try:
            liable = (
                place.full_time_equivalent is not None and is_liable(place.full_time_equivalent, on=reference).value
            )
            if not liable and not place.called_by_fiphfp:
                continue
            result = due(Fund.FIPHFP, Payer(), period=datetime.date(year, 1, 1))
            opens = [int(value(f"fiphfp.opens_{part}", on=reference).value) for part in ("month", "day")]
        except NotKnown:
            continue
        yield Obligation(
            Fund.FIPHFP,
            Act.DECLARE_AND_PAY if liable else Act.DECLARE,
            "Déclarer l’emploi de travailleurs handicapés et verser la contribution"
            if liable
            else "Déclarer au FIPHFP l’effectif en équivalent temps plein",
            covered,
            result.value.on,
            datetime.date(year, *opens),
            "Campagne annuelle du FIPHFP : déclaration et paiement dans le même délai, sur l’effectif du 31 décembre."
            if liable
            else "Un employeur de moins de 20 agents que le FIPHFP a appelé déclare son seul effectif.",
            result.steps[-1].source,
            result.value.confidence,
            result.warnings,
        )


def _fnc(place: Establishment, span: Period, missing: Missing) -> Iterator[Obligation]:
    if place.authority not in LOCAL:
        return
    if place.civil_servants is None:
        missing("FNC : le nombre de fonctionnaires, qui décide de l’adhésion.")
        return
    if place.civil_servants < 1:
        return
    for year in _years(span):
        try:
            opens = value("fnc.opens_month", on=datetime.date(year, 1, 1))
        except NotKnown:
            continue
        yield Obligation(
            Fund.FNC,
            Act.DECLARE,
            "Déclarer le supplément familial de traitement versé et les rémunérations",
            covering(Periodicity.YEARLY, datetime.date(year - 1, 1, 1)),
            None,
            datetime.date(year, int(opens.value), 1),
            "Déclaration annuelle à partir de janvier, même sans supplément versé ; sa date limite n’est pas établie.",
            opens.act,
            Confidence.SECONDARY,
        )


def _faefm(place: Establishment, span: Period, missing: Missing) -> Iterator[Obligation]:
    try:
        if not owes_faefm(place.authority, place.inhabitants, on=span.starts_on).value:
            return
    except ValueError:
        missing("FAEFM : la population de la commune, qui décide de la cotisation.")
        return
    except NotKnown:
        return
    yield from _yearly(place, span, Fund.FAEFM, "faefm", Act.PAY, "Verser la cotisation au FAEFM")


def _dif(place: Establishment, span: Period, missing: Missing) -> Iterator[Obligation]:
    if owes_training(place.authority, pays_allowances=place.pays_allowances).value:
        remark = "Les sources ne s’accordent pas sur l’organisme à qui verser : suivre l’appel reçu."
        label = "Verser et déclarer les cotisations de formation des élus (DIF élus)"
        yield from _yearly(place, span, Fund.DIF, "dif", Act.DECLARE_AND_PAY, label, remark)


def _yearly(
    place: Establishment, span: Period, fund: Fund, name: str, act: Act, label: str, *remarks: str
) -> Iterator[Obligation]:
    for year in _years(span):
        first = datetime.date(year, 1, 1)
        try:
            result = due(fund, Payer(), period=first)
            month, day = (value(f"elected.{name}_call_{part}", on=first) for part in ("month", "day"))
        except NotKnown:
            continue
        paid = _obligation(fund, act, label, result, remarks=remarks)
        yield paid
        yield Obligation(
            fund,
            Act.EXPECT,
            f"Recevoir l’appel {NAMES[fund]}",
            paid.period,
            datetime.date(year, int(month.value), int(day.value)),
            None,
            "L’appel de cotisation est envoyé au plus tard ce jour-là ; le demander s’il n’est pas arrivé.",
            month.act,
            paid.confidence,
        )


def _obligation(fund: Fund, act: Act, label: str, result: Result[Due], *, remarks: tuple[str, ...]) -> Obligation:
    rules = [step.rule for step in result.steps]
    sources = dict.fromkeys(step.source for step in result.steps if step.source)
    return Obligation(
        fund,
        act,
        label,
        result.value.period,
        result.value.on,
        None,
        " ".join(rules),
        " ; ".join(sources),
        result.value.confidence,
        remarks + result.warnings,
    )


def _payer(place: Establishment, fund: Fund, month: datetime.date) -> Payer:
    return Payer(
        agents=place.civil_servants,
        state_body=place.authority is Authority.STATE_BODY,
        seconded=place.seconded,
        contributions_last_year=place.ircantec_last_year.get(month.year) if fund is Fund.IRCANTEC else None,
    )


def _what_is_missing(fund: Fund, year: int, fault: Exception) -> str:
    if isinstance(fault, PeriodicityNotSet):
        return (
            f"Ircantec, {year} : les cotisations de l’année précédente. Sans elles, l’Ircantec fixe elle-même la"
            " périodicité des versements."
        )
    if isinstance(fault, NotKnown):
        return f"{NAMES[fund]}, {year} : les règles de cette année-là."
    return f"{NAMES[fund]} : le nombre d’agents."


def _last_possible(year: int) -> datetime.date:
    """The last day on which anything that covers a month of a year may be due: a year's payment to the RAFP."""
    return datetime.date(year + 1, 3, 31)


def _holds(place: Establishment, fund: Fund, period: Period) -> bool:
    return any(contract.fund is fund and contract.covers(period) for contract in place.contracts)


def _months(span: Period, *, before: int) -> Iterator[datetime.date]:
    """First days of months whose obligation may fall in a span: those of it, and so many before it."""
    month = add_months(span.starts_on.replace(day=1), -before)
    while month < span.ends_before:
        yield month
        month = add_months(month, 1)


def _years(span: Period) -> range:
    return range(span.starts_on.year, (span.ends_before - datetime.timedelta(days=1)).year + 1)
