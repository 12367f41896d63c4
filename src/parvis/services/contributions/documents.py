"""What the funds send of contributions, into « Vos courriers », once each: due notices, invoices, yearly statements.

A document is known by its reference at the fund: where a letter bears it already, nothing is made again.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Establishment
from parvis.ground import clock, pdf, tenancy
from parvis.ground.pages.filters import date_long, de, siret
from parvis.journal.actions import SYSTEM
from parvis.ledger import references
from parvis.ledger.bank_accounts import accounts as bank_accounts
from parvis.ledger.models import Kind
from parvis.ledger.queries import Sums, total
from parvis.ledger.words import euros, month_in_words
from parvis.letters.actions import Told, deposit
from parvis.letters.models import FundLetter
from parvis.services.contributions.accounts import Accounts, Payment, State, accounts_of
from parvis.services.contributions.charges import Charge, charges
from parvis.services.contributions.lateness import Shown
from parvis.services.contributions.paying import Referring

OWNER = "parvis_owner"
TEMPLATE = Path(__file__).resolve().parent / "templates" / "service_contributions" / "document.typ"
NOTICE, INVOICE, STATEMENT = "avis-d-echeance", "facture", "releve-de-compte"
# Whoever owes something, or had a charge lately; whoever had a movement in a year.
OWING_SQL = """SELECT establishment_id FROM ledger_line WHERE account = 'contributions' AND month >= %(since)s
  GROUP BY establishment_id, fund, month HAVING sum(amount) > 0"""
CHARGED_SQL = """SELECT DISTINCT establishment_id FROM ledger_movement WHERE kind IN ('surcharge', 'penalty')
  AND recorded_at >= %(since)s"""
MOVED_SQL = "SELECT DISTINCT establishment_id FROM ledger_line WHERE month >= %(since)s AND month < %(past)s"
DETAIL = "Le détail de votre compte est dans le service « Cotisations »."
WAIVER = "Une remise peut être demandée sous conditions : elles sont dans le service « Cotisations »."


@dataclass(frozen=True, slots=True)
class Document:
    """A letter to make: what it is told as, and what its template is given besides the establishment."""

    fund: str
    type: str
    reference: str
    title: str
    sentences: tuple[str, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    pay: dict[str, str] | None = None
    closing: tuple[str, ...] = (DETAIL,)


def _ask(sql: str, **values: Any) -> list[int]:
    with tenancy.scope(role=OWNER, read_only=True), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return sorted({row[0] for row in cursor.fetchall()})


def send_notices() -> int:
    """`parvis daily`: the notice of each due date that comes within some days. Returns how many were sent."""
    since = clock.today() - datetime.timedelta(days=460)
    return sum(_send(place, _notices) for place in _ask(OWING_SQL, since=since))


def send_invoices() -> int:
    """`parvis daily`: the invoice of each surcharge or penalty that still stands."""
    since = clock.now() - datetime.timedelta(days=settings.PARVIS_LEDGER_FOLLOWED_DAYS)
    return sum(_send(place, _invoices) for place in _ask(CHARGED_SQL, since=since))


def send_statements() -> int:
    """`parvis daily`: in the month meant for it, the statement of last year's account with each fund."""
    today = clock.today()
    if today.month != settings.PARVIS_STATEMENT_MONTH:
        return 0
    first = datetime.date(today.year - 1, 1, 1)
    return sum(
        _send(place, _statements) for place in _ask(MOVED_SQL, since=first, past=datetime.date(today.year, 1, 1))
    )


def _send(establishment: int, make: Any) -> int:
    """The documents of an establishment that are not there yet, in a transaction of its own."""
    with tenancy.scope(establishment=establishment, role=OWNER):
        place = Establishment.objects.get(pk=establishment)
        found = accounts_of(establishment, _held(establishment), clock.today())
        wanted = list(make(place, found))
        there = set(
            FundLetter.objects.filter(reference__in=[one.reference for one in wanted]).values_list("fund", "reference")
        )
        new = [one for one in wanted if (one.fund, one.reference) not in there]
        for one in new:
            told = Told(one.fund, one.type, one.reference, one.title, clock.today())
            deposit(actor=SYSTEM, told=told, content=made(place, one))
    return len(new)


def _held(establishment: int) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT fund FROM establishments_contract WHERE establishment_id = %s", [establishment])
        return frozenset(row[0] for row in cursor.fetchall())


def made(place: Establishment, one: Document) -> bytes:
    """The PDF."""
    fund = FUNDS[one.fund]
    return pdf.compile(
        TEMPLATE,
        {
            "title": one.title,
            "fund": fund.short,
            "fund_name": fund.name,
            "place": place.name,
            "address": place.address,
            "siret": siret(place.siret),
            "dated": date_long(clock.today()).capitalize(),
            "reference": one.reference,
            "sentences": one.sentences,
            "header": one.header,
            "rows": one.rows,
            "pay": one.pay,
            "closing": one.closing,
        },
    )


def _pay(fund: str, amount: int, when: str, reference: str, by: str = "À payer au plus tard") -> dict[str, str] | None:
    bank = bank_accounts().get(fund)
    if bank is None or not reference:
        return None
    return {
        "amount": euros(amount),
        "by": by,
        "when": when,
        "holder": bank.holder,
        "iban": bank.iban_shown,
        "bic": bank.bic,
        "reference": references.shown(reference),
    }


def _month_rows(months: Iterable[tuple[datetime.date, Sums]]) -> tuple[tuple[str, ...], ...]:
    listed = list(months)
    rows = [
        (month_in_words(month), *(euros(n) for n in (s.agent, s.employer, s.due, s.paid, s.balance)))
        for month, s in listed
    ]
    if len(listed) > 1:
        s = total(sums for _, sums in listed)
        rows.append(("Total", *(euros(n) for n in (s.agent, s.employer, s.due, s.paid, s.balance))))
    return tuple(rows)


_MONTHS = ("Mois", "Part des agents", "Part de l’employeur", "Dû", "Versé", "Reste")


def _notices(place: Establishment, found: Accounts) -> Iterator[Document]:
    referring, today = Referring(place.pk, place.siret), clock.today()
    last = today + datetime.timedelta(days=settings.PARVIS_DUE_NOTICE_DAYS)
    for account in found.funds:
        for one in account.payments:
            if one.on is None or not today <= one.on <= last or one.state not in (State.SOON, State.LATER):
                continue
            yield _notice(place, one, referring)


def _of(period: str) -> str:
    """« d’octobre 2026 », « du 4ᵉ trimestre 2026 », « de l’année 2026 »."""
    if period[0].isdecimal():
        return f"du {period}"
    return f"de l’{period}" if period.startswith("année") else de(period)


def _notice(place: Establishment, one: Payment, referring: Referring) -> Document:
    term = one.term
    return Document(
        fund=term.fund,
        type=NOTICE,
        reference=f"AVIS-{place.siret}-{term.starts_on:%Y%m}-{term.months}{f'-{one.on:%Y%m}' if one.corrected else ''}",
        title=f"Avis d’échéance : cotisations {_of(term.said)}",
        sentences=(
            f"D’après vos déclarations, {one.left} {'sont' if one.sums.balance >= 200 else 'est'} à payer {one.when} "
            f"pour les cotisations de la période : {term.said}.",
            *([f"Cette échéance est supposée. {term.assumed}"] if term.assumed else []),
        ),
        header=_MONTHS,
        rows=_month_rows((month.month, month.sums) for month in one.months),
        pay=_pay(term.fund, one.sums.balance, one.day, referring.of(term.fund, term.starts_on, term.months)),
    )


def _invoices(place: Establishment, found: Accounts) -> Iterator[Document]:
    referring = Referring(place.pk, place.siret)
    for one in charges(place.pk, list(FUNDS)):
        if not one.taken_back and one.amount > 0:
            yield _invoice(one, referring)


def _computed(step: Shown) -> str:
    """The rule, its figures, its source."""
    figures = " ; ".join(f"{name} : {value}" for name, value in step.figures)
    return " ".join([step.rule, *([f"{figures}."] if figures else []), f"Source : {step.source}."])


def _invoice(one: Charge, referring: Referring) -> Document:
    fund, month = one.movement.fund, one.movement.month
    steps = one.steps()
    return Document(
        fund=fund,
        type=INVOICE,
        reference=f"FACTURE-{one.movement.pk:08}",
        title=f"Facture : {one.what.lower()} {de(one.month)}",
        sentences=(f"{one.movement.label}.", f"{one.what} : {one.said}."),
        header=("Calcul", "Résultat") if steps else (),
        rows=tuple((_computed(step), step.result) for step in steps),
        pay=_pay(fund, one.amount, "à réception de cette facture", referring.of(fund, month, 0), "À payer"),
        closing=(WAIVER if one.movement.kind == Kind.SURCHARGE else DETAIL,),
    )


def _statements(place: Establishment, found: Accounts) -> Iterator[Document]:
    year = clock.today().year - 1
    for fund, months in found.book.months.items():
        listed = [(month, sums) for month, sums in sorted(months.items()) if month.year == year]
        if not listed:
            continue
        whole = total(sums for _, sums in listed)
        sentences = [f"Votre compte pour {year}, tel qu’il est à la date de ce relevé."]
        if whole.charged:
            sentences.append(f"Majorations et pénalités de l’année : {euros(whole.charged)}.")
        if whole.moved:
            sentences.append(f"Remboursements et transferts de l’année : {euros(whole.moved)}.")
        if whole.over:
            sentences.append(f"Repris d’un autre établissement, ou passé à un autre : {euros(whole.over)}.")
        yield Document(
            fund=fund,
            type=STATEMENT,
            reference=f"RELEVE-{place.siret}-{year}",
            title=f"Relevé de compte de l’année {year}",
            sentences=tuple(sentences),
            header=_MONTHS,
            rows=_month_rows(listed),
        )
