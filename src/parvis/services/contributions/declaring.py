"""Declaring to the ATIACL and the FEH: a period's base, then in January the whole year, regularisations included.

What is declared is due at once on the account; a correction takes the former movement back and writes the new one.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from parvis.access.actions.guards import actor_of, locked
from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.pages.filters import date_long, de, plural
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import SYSTEM, record
from parvis.ledger import actions as ledger
from parvis.ledger import corrections, sides
from parvis.ledger.corrections import Raise, raised
from parvis.ledger.models import Account, Kind, Line
from parvis.ledger.words import euros, period_in_words
from parvis.obligations.actions import done_by_service
from parvis.obligations.facts import Held
from parvis.regulations.contributions.employer_funds import EmployerFund, employer_contribution
from parvis.regulations.parameters import NotKnown
from parvis.regulations.periods import Period, add_months
from parvis.regulations.results import Result
from parvis.services.conflict import Conflict
from parvis.services.contributions.declared import YEAR, latest
from parvis.services.contributions.due import term
from parvis.services.contributions.inherited import of_year
from parvis.services.contributions.lateness import in_cents
from parvis.services.contributions.models import FundDeclaration
from parvis.services.contributions.service import CODE

DECLARED = ("atiacl", "feh")
YEARS_BACK = 3
SEEN = "Le service « Cotisations » a reçu la déclaration de l’année."
CORRECTED = "Déclaration corrigée"


@dataclass(frozen=True, slots=True)
class Span:
    """What a declaration is of: a month, a quarter, or a year (the recap)."""

    fund: str
    starts_on: datetime.date
    months: int

    @property
    def recap(self) -> bool:
        return self.months == YEAR

    @property
    def said(self) -> str:
        return period_in_words(self.starts_on, self.months)

    @property
    def name(self) -> str:
        return FUNDS[self.fund].short

    @property
    def period(self) -> Period:
        return Period(self.starts_on, add_months(self.starts_on, self.months))


@dataclass(frozen=True, slots=True)
class Said:
    """What is typed: the agents, and the base in cents; `note`: why a year differs from what was declared."""

    agents: int
    base: int
    note: str = ""


def spans(fund: str, held: Held, today: datetime.date) -> list[Span]:
    """What may be declared today: the periods that are over or run, and the years that are over; the latest first.

    Only while there is, or was, a contract with the fund.
    """
    first = datetime.date(today.year - YEARS_BACK, 1, 1)
    bound = [one for one in held.contracts if one.fund.value == fund]
    found, month = [], first
    while month <= today:
        about = term(fund, month, held)
        found.append(Span(fund, about.starts_on, about.months))
        month = about.period.ends_before
    found += [Span(fund, datetime.date(year, 1, 1), 12) for year in range(first.year, today.year)]
    listed = [one for one in dict.fromkeys(found) if any(contract.covers(one.period) for contract in bound)]
    return sorted(listed, key=lambda one: (one.period.ends_before, one.months), reverse=True)


def contribution(span: Span, base: int) -> Result[Decimal]:
    """The contribution on a base in cents, at the rate of the period. Raises Refused where the rate is not known."""
    try:
        return employer_contribution(
            EmployerFund(span.fund), Decimal(base) / 100, Decimal(0), period=span.starts_on, with_nbi=False
        )
    except NotKnown as unknown:
        raise Refused("Le taux de cette période n’est pas connu de la plateforme.", field="base") from unknown


def _key(span: Span, version: int) -> str:
    return f"fund-declaration:{span.starts_on:%Y-%m}:{span.months}:{version}"


def _periods(establishment: int, span: Span) -> list[FundDeclaration]:
    """The periods of a year that were declared here."""
    rows = latest(establishment, span.fund).items()
    return [one for (starts_on, months), one in rows if months != YEAR and starts_on in span.period]


def added(establishment: int, span: Span, amount: int) -> int:
    """What a recap of `amount` cents adds to what its year made due already: here, and at the predecessors whose
    periods it takes in. Below zero: it gives back."""
    before = sum(one.amount for one in of_year(span.fund, span.starts_on.year) if not one.closed)
    return amount - sum(one.amount for one in _periods(establishment, span)) - before


def changes(establishment: int, span: Span, amount: int, before: FundDeclaration | None) -> int:
    """What declaring a year of `amount` cents changes of what is owed, where `before` stands now."""
    held = _stands(establishment, span.fund, _key(span, before.version)) if before is not None else 0
    return added(establishment, span, amount) - held


@action
def declare(*, who: Standing, span: Span, said: Said, version: int, held: Held) -> FundDeclaration:
    """Declare a period or a year, or correct it. Raises Refused, and Conflict when somebody did since `version`.

    A year owes what it adds to its periods (or gives back); once it is declared they are not corrected any more.
    """
    if span not in spans(span.fund, held, who.today):
        raise Refused("Cette période n’est pas à déclarer : choisissez-la dans la liste.")
    locked(who.establishment_id)
    there = latest(who.establishment_id, span.fund)
    before = there.get((span.starts_on, span.months))
    if (before.version if before else 0) != version:
        if before and (before.agents, before.base) == (said.agents, said.base):
            return before
        raise Conflict(before.version if before else 0)
    year = (datetime.date(span.starts_on.year, 1, 1), YEAR)
    if not span.recap and year in there:
        raise Refused(
            f"L’année {span.starts_on.year} est déjà récapitulée : corrigez la déclaration de l’année.", field="base"
        )
    if not span.recap and (other := _within(span, there)) is not None:
        raise Refused(
            f"Cette période est déjà déclarée en partie ({other.said}), quand l’établissement payait autrement : "
            "ce qui manque se déclare avec l’année.",
            field="base",
        )
    amount = in_cents(contribution(span, said.base).value)
    made = FundDeclaration.objects.create(
        establishment_id=who.establishment_id,
        fund=span.fund,
        starts_on=span.starts_on,
        months=span.months,
        version=version + 1,
        agents=said.agents,
        base=said.base,
        amount=amount,
        note=said.note,
        declared_at=clock.now(),
        declared_by=who.ref,
    )
    _entered(who, span, made, before)
    record(
        "contributions.declared",
        actor=actor_of(who, service=CODE),
        object=made.ref,
        after={"fund": span.fund, "period": span.said, "amount": amount, "version": made.version},
    )
    if span.recap:
        done_by_service(actor=SYSTEM, fund=span.fund, act="declare", day=span.starts_on, reason=SEEN, on=clock.today())
    return made


def _within(span: Span, there: Iterable[tuple[datetime.date, int]]) -> Span | None:
    """A period that was declared and shares a month with this one, where it is not this one: nothing is due twice."""
    for starts_on, months in there:
        other = Span(span.fund, starts_on, months)
        if months != YEAR and other != span and (starts_on in span.period or span.starts_on in other.period):
            return other
    return None


def _entered(who: Standing, span: Span, made: FundDeclaration, before: FundDeclaration | None) -> None:
    """On the account: what stood is taken back, and what is due now is written; nothing where it is nothing."""
    place, actor = who.establishment_id, actor_of(who, service=CODE)
    owed = added(place, span, made.amount) if span.recap else made.amount
    for_before, raises = 0, tuple[Raise, ...]()
    if before is not None:
        key = _key(span, before.version)
        # What that version made due is what stands on the account: a predecessor's periods may have come since.
        for_before = _stands(place, span.fund, key)
        raises = corrections.raises_of(place, span.fund, [key])
        if for_before:
            ledger.counter(actor=actor, establishment=place, fund=span.fund, key=key, why=CORRECTED)
    if before is not None or span.recap:
        raises = raised(raises, was=for_before, now=owed, on=clock.today())
    if owed:
        ledger.record(
            actor=actor,
            establishment=place,
            fund=span.fund,
            kind=Kind.DUE,
            month=add_months(span.starts_on, span.months - 1) if span.recap else span.starts_on,
            sides=sides.due(0, owed),
            key=_key(span, made.version),
            label=f"Récapitulatif de l’{span.said}" if span.recap else f"Déclaration, {span.said}",
            detail={"agents": made.agents, "base": made.base, **corrections.told(raises)},
        )


def _stands(establishment: int, fund: str, key: str) -> int:
    """What a movement made due, in cents; 0 where there is none."""
    lines = Line.objects.filter(movement__establishment_id=establishment, movement__fund=fund, movement__key=key)
    return sum(lines.filter(account=Account.CONTRIBUTIONS).values_list("amount", flat=True))


@dataclass(frozen=True, slots=True)
class Recap:
    """For who declares a year: what is declared of it already, in sentences. `covers`: the predecessors whose periods
    it takes in, by name."""

    said: tuple[str, ...]
    covers: tuple[str, ...]


def recap_of(establishment: int, span: Span) -> Recap:
    """« 12 périodes déclarées : assiette … », then what came of each establishment whose place was taken."""
    own = _periods(establishment, span)
    said, covers = [_said(len(own), sum(one.base for one in own), sum(one.amount for one in own))], []
    for one in of_year(span.fund, span.starts_on.year):
        if one.closed:
            said.append(
                f"L’année {de(one.who.name)}, avant sa reprise le {date_long(one.who.on)}, est récapitulée par sa "
                f"propre déclaration, {euros(one.amount)} de cotisations : elle n’est pas à redire ici."
            )
        else:
            covers.append(one.who.name)
            about = f"{de(one.who.name)}, avant sa reprise le {date_long(one.who.on)}"
            said.append(f"Et {about}, {_said(one.periods, one.base, one.amount)}")
    return Recap(tuple(said), tuple(covers))


def _said(count: int, base: int, amount: int) -> str:
    periods = plural(count, "période déclarée", "périodes déclarées")
    return f"{periods} : assiette {euros(base)}, cotisations {euros(amount)}."


def span_of(fund: str, text: str) -> Span | None:
    """« 2026-10-1 » (the year: « 2026-01-12 »): what an address names; None for anything else."""
    parts = text.split("-")
    try:
        year, month, months = (int(one) for one in parts)
        return Span(fund, datetime.date(year, month, 1), months) if fund in DECLARED else None
    except (ValueError, OverflowError):
        return None


def code_of(span: Span) -> str:
    """For an address."""
    return f"{span.starts_on:%Y-%m}-{span.months}"
