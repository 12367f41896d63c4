"""The transfers of the adviser's funds: those that wait, the journal of the others, and where one might go."""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Min, Q, QuerySet

from parvis.access.paging import Paging, paging
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.succession.queries import names_of
from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Contract, Establishment
from parvis.ground.identifiers.text import clean, sort_key
from parvis.ground.pages.filters import date_long
from parvis.ledger import references
from parvis.ledger.models import BankPayment
from parvis.ledger.payments.known import Known, heirs, known
from parvis.ledger.payments.matching import WHY, explained
from parvis.ledger.payments.returning import candidates
from parvis.ledger.words import euros, month_in_words

State = BankPayment.State
PER_PAGE = 50
STATES = {
    "a-traiter": State.WAITING,
    "rattaches": State.ATTACHED,
    "renvoyes": State.RETURNED,
    "rapproches": State.MATCHED,
    "deja-comptes": State.TWIN,
}
BACK = "repris"
TABS = {
    "a-traiter": "À traiter",
    "rattaches": "Rattachés",
    "renvoyes": "Renvoyés",
    "rapproches": "Rapprochés automatiquement",
    BACK: "Repris par la banque",
    "deja-comptes": "Déjà comptés",
}
TONES = {State.WAITING: "attention", State.ATTACHED: "well", State.RETURNED: "neutral", State.MATCHED: "well"}
TONES[State.TWIN] = "neutral"


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the list; what is not understood is ignored."""

    state: str = "a-traiter"
    fund: str = ""
    why: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: Mapping[str, str], funds: Iterable[str]) -> "Filters":
        """From an address."""
        state, fund, why = query.get("etat", ""), query.get("fonds", ""), query.get("pourquoi", "")
        page = query.get("page", "1")
        return cls(
            state if state in TABS else "a-traiter",
            fund if fund in set(funds) else "",
            why if why in WHY else "",
            clean(query.get("q", ""))[:100],
            int(page) if page.isascii() and page.isdecimal() and len(page) <= 6 else 1,
        )

    def query(self, **changed: object) -> str:
        """« ?etat=… » with something changed."""
        said = {"etat": self.state, "fonds": self.fund, "pourquoi": self.why, "q": self.q, **changed}
        return "?" + urlencode({name: value for name, value in said.items() if value})

    @property
    def active(self) -> bool:
        return bool(self.fund or self.why or self.q)


@dataclass(frozen=True, slots=True)
class Line:
    """A transfer, strings ready to show."""

    payment: BankPayment
    fund: str
    amount: str
    place: Establishment | None
    reference: str
    why: str
    sentence: str
    state: str
    tone: str
    decided_by: str

    @property
    def waits(self) -> bool:
        return self.payment.state == State.WAITING


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of them."""

    lines: list[Line]
    total: int
    paging: Paging


def _found(filters: Filters) -> QuerySet[BankPayment]:
    rows = BankPayment.objects.select_related("establishment")
    if filters.state == BACK:
        rows = rows.filter(debit=True).exclude(state=State.WAITING)
    else:
        rows = rows.filter(state=STATES[filters.state])
        rows = rows if filters.state == "a-traiter" else rows.filter(debit=False)
    if filters.fund:
        rows = rows.filter(fund=filters.fund)
    if filters.why:
        rows = rows.filter(why=filters.why)
    if filters.q:
        compact = references.compact(filters.q)
        asked = Q(label__icontains=filters.q) | Q(payer__icontains=filters.q)
        asked |= Q(establishment__sort_key__contains=sort_key(filters.q))
        if compact:
            asked |= Q(reference__icontains=compact) | Q(establishment__siret=compact)
        rows = rows.filter(asked)
    return rows.order_by("on", "id") if filters.state == "a-traiter" else rows.order_by("-on", "-id")


def listed(filters: Filters) -> Shown:
    """The page asked for: what waits longest first, otherwise the latest."""
    pages = Paginator(_found(filters), PER_PAGE)
    page = pages.get_page(filters.page)
    links = paging(page.number, pages.num_pages, pages.count, lambda n: filters.query(page=n))
    return Shown(lines_of(page.object_list), pages.count, links)


def everything(filters: Filters) -> list[Line]:
    """All of them, for a file."""
    return lines_of(_found(filters)[:20_000])


def lines_of(rows: Iterable[BankPayment]) -> list[Line]:
    """With the advisers' names, in one statement more."""
    found = list(rows)
    named = names_of([one.decided_by for one in found])
    return [_line(one, str(named.get(one.decided_by, ""))) for one in found]


def _line(one: BankPayment, decided_by: str) -> Line:
    waits = one.state == State.WAITING
    return Line(
        payment=one,
        fund=FUNDS[one.fund].short,
        amount=euros(-one.amount if one.debit else one.amount),
        place=one.establishment,
        reference=references.shown(references.compact(one.reference)) if one.reference else "",
        why=WHY.get(one.why, ""),
        sentence=explained(one.fund, one.why, one.found, one.amount) if one.why else "",
        state="Repris par la banque" if one.debit and not waits else str(State(one.state).label),
        tone="wrong" if one.debit and not waits else TONES[State(one.state)],
        decided_by=decided_by,
    )


def counts(funds: Iterable[str]) -> list[tuple[str, str, int]]:
    """How many wait, by fund: code, name, number."""
    rows = BankPayment.objects.filter(state=State.WAITING).values_list("fund").annotate(count=Count("id"))
    found = dict(rows)
    return [(code, FUNDS[code].short, found.get(code, 0)) for code in FUNDS if code in set(funds)]


def waiting() -> tuple[int, datetime.date | None]:
    """How many wait for the adviser's funds, and since when the oldest does."""
    found = BankPayment.objects.filter(state=State.WAITING).aggregate(count=Count("id"), oldest=Min("on"))
    return found["count"], found["oldest"]


def one(ref: uuid.UUID) -> Line | None:
    """One of them, where it is of the adviser's funds."""
    rows = BankPayment.objects.select_related("establishment", "file", "movement", "of").prefetch_related("taken_back")
    found = rows.filter(ref=ref).first()
    return lines_of([found])[0] if found is not None else None


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a transfer may go: the value of a form, and how it reads."""

    value: str
    label: str
    hint: str = ""


def place_of(siret: str, fund: str) -> Establishment | None:
    """The establishment of that SIRET, or the one that has its place since, where it has or had a contract with the
    fund."""
    held = Contract.objects.filter(establishment__siret=siret, fund=fund).values_list("establishment_id", flat=True)
    first = held.first()
    if first is None:
        return None
    after = heirs([first]).get(first)
    return Establishment.objects.get(pk=after[0] if after else first)


def may_be(payment: BankPayment) -> list[Choice]:
    """Which transfers the bank may have taken back, the latest first."""
    rows = candidates(payment.fund, payment.amount, payment.on).select_related("establishment")[:20]
    return [
        Choice(
            str(one.ref),
            f"Virement du {date_long(one.on)}, {one.payer or one.label or 'sans nom'}",
            f"{one.establishment.name if one.establishment else 'Employeur non reconnu'}, "
            f"{State(one.state).label.lower()}"
            + (f", référence {references.shown(references.compact(one.reference))}" if one.reference else ""),
        )
        for one in rows
    ]


def owed_by(place: Establishment) -> Known:
    """What it owes the adviser's funds."""
    return known([], places=[place.siret])


def choices(payment: BankPayment, place: Establishment, who: AdviserStanding) -> list[Choice]:
    """Where the transfer may go on the accounts of an establishment, what was recognised first."""
    about = owed_by(place)
    owed = about.of(about.by_siret[place.siret], payment.fund)
    made = []
    if payment.establishment_id == place.pk:
        made += _recognised(payment, who)
    made += [
        Choice(f"mois:{month:%Y-%m}", month_in_words(month).capitalize(), f"Reste {euros(amount)} à payer.")
        for month, amount in owed.open().items()
    ]
    if len(owed.open()) > 1:
        made.append(Choice("ancien", "Les mois les plus anciens d’abord", "Ce qui dépasse fait un crédit."))
    made += [
        Choice(
            f"majorations:{month:%Y-%m}", f"Majorations de {month_in_words(month)}", f"Reste {euros(amount)} à payer."
        )
        for month, amount in sorted(owed.charges.items())
        if amount > 0
    ]
    made.append(Choice("credit", "Un crédit, sans échéance", f"Sur {month_in_words(payment.on.replace(day=1))}."))
    return made


def _recognised(payment: BankPayment, who: AdviserStanding) -> list[Choice]:
    found = payment.found
    # Surcharges of another fund are not what a transfer between funds pays: the adviser chooses, or sends back.
    if payment.why == "wrong_fund" and found["months"] and found["fund"] in who.funds:
        return [
            Choice(
                "transfert",
                f"Le rattacher, puis le transférer : {found['said']}",
                "Les deux mouvements sont écrits ensemble, sur les deux comptes.",
            )
        ]
    if payment.why in ("merged", "merged_funds"):
        parts = found["parts"]
        right = sum(one["amount"] for one in parts) == payment.amount
        whole = all(one["months"] and one["amount"] > 0 for one in parts)
        if right and whole and {one["fund"] for one in parts} <= set(who.funds):
            label = "Le répartir comme reconnu : " + " ; ".join(f"{p['said']} {euros(p['amount'])}" for p in parts)
            return [Choice("reparti", label, "Ce qui est d’un autre fonds lui est transféré.")]
    return []
