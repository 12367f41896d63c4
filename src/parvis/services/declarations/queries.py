"""Reading declarations: the list by month, one declaration with its reports, anomalies, an individual."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q

from parvis.agents import nir
from parvis.agents.models import Affiliation, Agent, Post
from parvis.agents.words import post_hours
from parvis.dsn.shapes import Individual as Told
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.pages.charts import Chart, stacked
from parvis.ground.pages.filters import date_short, de
from parvis.ledger.words import month_in_words
from parvis.regulations.identifiers.persons import nir_masked
from parvis.regulations.periods import add_months
from parvis.services.declarations.checks import Check, Mend
from parvis.services.declarations.checks.case import day, euros, hours, scheme_of
from parvis.services.declarations.models import Anomaly, Correction, Declaration, Individual
from parvis.services.declarations.packing import unpacked
from parvis.services.declarations.standing import COMING, WAITING
from parvis.services.declarations.values import bases_in_order
from parvis.services.declarations.words import ANOMALY_TONES, check_of, here_first, kind_label, state_label

MONTHS_SHOWN = 24
CHART_MONTHS = 12
RECURRING = 3
BASES = {"48": "Base 48, CNRACL", "49": "Base 49, RAFP", "28": "Base 28, Ircantec"}


@dataclass(frozen=True, slots=True)
class Row:
    """A declaration in the list."""

    ref: uuid.UUID
    month: datetime.date
    title: str
    kind: str
    fraction: str
    state: str
    tone: str
    test: bool
    received: str
    individuals: int
    open: int
    payroll: int
    coming: bool


def declared_months(establishment: int, *, years: int = MONTHS_SHOWN // 12) -> list[Row]:
    """The declarations of the last two years, the latest month first; one statement."""
    since = add_months(clock.today().replace(day=1), -12 * years)
    rows = (
        Declaration.objects.filter(establishment_id=establishment, month__gte=since)
        .annotate(
            waiting=Count("anomalies", filter=Q(anomalies__state="open")),
            payroll=Count("anomalies", filter=Q(anomalies__state="payroll")),
        )
        .order_by("-month", "-pk")
    )
    return [row_of(one) for one in rows]


def row_of(one: Any) -> Row:
    """A line of the list."""
    state, tone = state_label(one)
    fraction = f"Fraction {one.fraction} sur {one.fractions}" if one.fractions > 1 else ""
    return Row(
        ref=one.ref,
        month=one.month,
        title=f"DSN {de(month_in_words(one.month))}",
        kind=kind_label(one.kind),
        fraction=fraction,
        state=state,
        tone=tone,
        test=one.test,
        received=date_short(one.received_at.astimezone(clock.PARIS).date()),
        individuals=one.individuals,
        open=one.waiting,
        payroll=one.payroll,
        coming=one.state in COMING,
    )


def chart(establishment: int, today: datetime.date) -> Chart | None:
    """Anomalies by month and family, of the last twelve months; None where there was none."""
    first = add_months(today.replace(day=1), -CHART_MONTHS)
    found: dict[tuple[datetime.date, str], int] = {}
    rows = (
        Anomaly.objects.filter(establishment_id=establishment, month__gte=first)
        .exclude(state=Anomaly.State.TOLD)
        .exclude(declaration__state=Declaration.State.REPLACED)
        .values_list("month", "family")
        .annotate(count=Count("pk"))
    )
    for month, family, count in rows:
        found[month, family] = count
    if not found:
        return None
    families = ("agent", "période", "cotisation")
    months = [add_months(first, n) for n in range(CHART_MONTHS)]
    lines = [(month_in_words(month), [found.get((month, family), 0) for family in families]) for month in months]
    return stacked("Anomalies par mois et par famille", "Mois", [f.capitalize() for f in families], lines)


@dataclass(frozen=True, slots=True)
class Line:
    """An anomaly in a list or a file. `here_first`: it is to be corrected here, whatever payroll does."""

    ref: uuid.UUID
    month: datetime.date
    month_words: str
    code: str
    check: Check
    family: str
    blocking: bool
    who: str
    payroll_number: str
    individual: uuid.UUID | None
    agent: uuid.UUID | None
    declaration: uuid.UUID
    line: int
    found: str
    expected: str
    times: int
    recurring: bool
    state: str
    state_code: str
    tone: str
    taken_by: str
    taken_ref: uuid.UUID | None
    here_first: bool

    @property
    def label(self) -> str:
        return self.check.label

    @property
    def payroll(self) -> str:
        return self.check.payroll


def line_of(one: Anomaly) -> Line:
    """An anomaly, with its individual, agent and declaration loaded."""
    check = check_of(one.code)
    return Line(
        ref=one.ref,
        month=one.month,
        month_words=month_in_words(one.month),
        code=one.code,
        check=check,
        family=one.family,
        blocking=one.blocking,
        who=one.who or "Toute la déclaration",
        payroll_number=one.individual.payroll_number if one.individual is not None else "",
        individual=one.individual.ref if one.individual is not None else None,
        agent=one.agent.ref if one.agent is not None else None,
        declaration=one.declaration.ref,
        line=one.line,
        found=one.found,
        expected=one.expected,
        times=one.times,
        recurring=one.times >= RECURRING,
        state=str(Anomaly.State(one.state).label),
        state_code=one.state,
        tone=ANOMALY_TONES[Anomaly.State(one.state)],
        taken_by=one.taken_name if one.taken_by is not None else "",
        taken_ref=one.taken_by,
        here_first=here_first(one),
    )


def anomalies_rows(establishment: int) -> Any:
    """The anomalies of an establishment with what a line shows of them, by name."""
    return (
        Anomaly.objects.filter(establishment_id=establishment)
        .select_related("individual", "agent", "declaration")
        .order_by("-blocking", "sort_key", "-month", "pk")
    )


def of_declaration(establishment: int, number: int) -> list[Line]:
    """All those of a declaration, for its business report."""
    rows = anomalies_rows(establishment).filter(declaration_id=number).order_by("sort_key", "line", "pk")
    return [line_of(one) for one in rows]


def by_nir(establishment: int, typed: str) -> list[uuid.UUID]:
    """The individuals of that NIR in whom something was found, the latest month first; one statement."""
    rows = Individual.objects.filter(establishment_id=establishment, nir_key=nir.key(nir.plain(typed)))
    return list(rows.order_by("-declaration__month", "-pk").values_list("ref", flat=True)[:50])


def anomaly(establishment: int, ref: uuid.UUID) -> Line | None:
    """One anomaly; None: there is no such one here."""
    one = anomalies_rows(establishment).filter(ref=ref).first()
    return line_of(one) if one is not None else None


def to_payroll(establishment: int) -> list[Line]:
    """What is to be mended in payroll, agent by agent."""
    rows = anomalies_rows(establishment).filter(state=Anomaly.State.PAYROLL).order_by("sort_key", "month", "pk")
    return [line_of(one) for one in rows]


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of what was declared beside what is known."""

    term: str
    declared: str
    known: str

    @property
    def differs(self) -> bool:
        return bool(self.known) and self.known != self.declared


@dataclass(frozen=True, slots=True)
class Person:
    """An individual with anomalies: what was declared, what is known, what can be corrected."""

    row: Individual
    told: Told
    name: str
    month: str
    in_force: bool
    shown: tuple[Shown, ...]
    periods: tuple[tuple[str, str, str, str], ...]
    anomalies: tuple[Line, ...]
    waiting: tuple[Line, ...]
    mends: frozenset[Mend]
    agent: Agent | None
    draft: Correction | None
    history: tuple[Correction, ...]


def person(establishment: int, ref: uuid.UUID) -> Person | None:
    """One individual, with a fixed number of statements."""
    row = (
        Individual.objects.select_related("declaration", "agent")
        .filter(establishment_id=establishment, ref=ref)
        .first()
    )
    if row is None:
        return None
    told = unpacked(row.sealed)
    lines = tuple(line_of(one) for one in anomalies_rows(establishment).filter(individual=row))
    waiting = tuple(one for one in lines if one.state_code in WAITING)
    corrections = list(Correction.objects.filter(individual=row).order_by("-pk"))
    return Person(
        row=row,
        told=told,
        name=row.name,
        month=month_in_words(row.declaration.month),
        in_force=not row.declaration.test and row.declaration.state in ("anomalies", "processed"),
        shown=_compared(row, told),
        periods=tuple(
            (BASES.get(base.code or "", ""), day(base.start), day(base.end), euros(base.amount or 0))
            for base in bases_in_order(told)
        ),
        anomalies=lines,
        waiting=waiting,
        mends=frozenset(one.check.mend for one in waiting),
        agent=row.agent,
        draft=next((one for one in corrections if one.state == Correction.State.DRAFT), None),
        history=tuple(one for one in corrections if one.state == Correction.State.APPLIED),
    )


def _compared(row: Individual, told: Told) -> tuple[Shown, ...]:
    agent, contract = row.agent, told.contracts[-1] if told.contracts else None
    post = Post.objects.filter(agent=agent, ends_on=None).first() if agent is not None else None
    held = list(Affiliation.objects.filter(agent=agent, left_on=None).order_by("scheme")) if agent is not None else []
    week = contract.weekly_hours if contract is not None else None
    number = "Numéro provisoire" if told.ntt else nir_masked(told.nir or "")
    known = nir_masked(nir.unsealed(agent.nir_sealed)) if agent is not None and not agent.provisional else ""
    rows = [
        Shown("NIR", number, known),
        Shown("Nom de naissance", told.surname or "", agent.surname if agent is not None else ""),
        Shown("Prénoms", told.first_names or "", agent.first_names if agent is not None else ""),
        Shown(
            "Date de naissance",
            day(told.born_on),
            day(agent.born_on) if agent is not None else "",
        ),
        Shown("Régime", _scheme(told), ", ".join(one.get_scheme_display() for one in held)),
    ]
    if week is not None or post is not None:
        rows.append(
            Shown("Durée hebdomadaire", hours(week) if week is not None else "", post_hours(post) if post else "")
        )
    return tuple(rows)


def _scheme(told: Told) -> str:
    code = scheme_of(told.contracts)
    return FUNDS[code].short if code else "Autre régime"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many anomalies wait: to correct here, in payroll, blocking ones, drafts."""

    open: int
    payroll: int
    blocking: int
    drafts: int
    people: int


def counted(establishment: int) -> Counted:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'payroll'),
              count(*) FILTER (WHERE state = 'open' AND blocking), (SELECT count(*) FROM
                service_declarations_correction c WHERE c.establishment_id = %(place)s AND c.state = 'draft'),
              count(DISTINCT subject) FILTER (WHERE state = 'open')
            FROM service_declarations_anomaly WHERE establishment_id = %(place)s AND state IN ('open', 'payroll')""",
            {"place": establishment},
        )
        return Counted(*cursor.fetchone())


def by_kind(establishment: int) -> list[tuple[Check, int, int]]:
    """What waits, by check: how many, and in how many months in a row at most."""
    rows = (
        Anomaly.objects.filter(establishment_id=establishment, state__in=WAITING)
        .values_list("code")
        .annotate(count=Count("pk"), times=Max("times"))
        .order_by("-count", "code")
    )
    return [(check_of(code), count, times) for code, count, times in rows]
