"""The queue of exchanges by fund, with what is late; one exchange as an adviser works on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from parvis.access.finding import words_of
from parvis.access.paging import Paging, paging
from parvis.advisers.models import Adviser
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.exchanges.actions import colleagues, held_by
from parvis.establishments.funds import Fund, ordered
from parvis.exchanges.addressees import short
from parvis.exchanges.finding import has_word
from parvis.exchanges.models import Entry, Exchange, InternalNote, Motif
from parvis.exchanges.queries import AWAITED, TONES, Said, thread_of
from parvis.exchanges.references import grouped, parse
from parvis.exchanges.sealed import Details, unseal_details
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.filters import date_long, date_short, datetime_long
from parvis.ground.pages.numbering import page_asked, page_count, page_within
from parvis.regulations.identifiers.persons import nir_masked

State = Exchange.State
SHOWN = {
    "": ("À traiter", AWAITED),
    "attente": ("Attend l’établissement", (State.ASKED,)),
    "repondus": ("Répondus", (State.ANSWERED,)),
    "clos": ("Clos", (State.CLOSED,)),
    "tous": ("Tous", tuple(State)),
}
WHOSE = {"": "De tout le monde", "moi": "Les miens", "personne": "De personne"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the queue; what is not understood is ignored."""

    fund: str = ""
    state: str = ""
    whose: str = ""
    motif: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: Mapping[str, str], funds: tuple[str, ...]) -> "Filters":
        """From an address's query: `fonds`, `etat`, `qui`, `motif`, `q`, `page`."""
        fund, state, whose = (query.get(name, "") for name in ("fonds", "etat", "qui"))
        page = query.get("page", "1")
        return cls(
            fund=fund if fund in funds else "",
            state=state if state in SHOWN else "",
            whose=whose if whose in WHOSE else "",
            motif=clean(query.get("motif", ""))[:60],
            q=clean(query.get("q", ""))[:100],
            page=page_asked(page),
        )

    @property
    def active(self) -> bool:
        return bool(self.state or self.whose or self.motif or self.q)

    def query(self, page: int = 1, *, fund: str | None = None) -> str:
        """The address's query for a page of this queue, or the same of another fund."""
        said = {
            "fonds": self.fund if fund is None else fund,
            "etat": self.state,
            "qui": self.whose,
            "motif": self.motif,
            "q": self.q,
        }
        return "?" + urlencode({**{k: v for k, v in said.items() if v}, **({"page": page} if page > 1 else {})})


@dataclass(frozen=True, slots=True)
class Line:
    """An exchange of the queue, strings ready to show."""

    reference: str
    shown: str
    title: str
    establishment: str
    siret: str
    fund: str
    state: str
    tone: str
    due: str
    late: bool
    sent: str
    adviser: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue. `funds`: each with how many wait and how many of them are late."""

    lines: list[Line]
    total: int
    filters: Filters
    paging: Paging
    funds: list[tuple[str, str, int, int]]
    motifs: list[tuple[str, str]]


# Row-level security leaves those of the adviser's funds.
COUNTS_SQL = """SELECT fund, count(*), count(*) FILTER (WHERE target_on < %s) FROM exchanges_exchange
  WHERE state IN ('sent', 'taken', 'reopened') GROUP BY fund"""


def queue(who: AdviserStanding, filters: Filters) -> Queue:
    """What waits, the day meant for an answer first; a constant number of statements."""
    found = _filtered(who, filters)
    total, size = found.count(), settings.PARVIS_EXCHANGES_PAGE
    count = page_count(total, size)
    number = page_within(filters.page, total, size)
    order = ("target_on", "id") if filters.state == "" else ("-moved_at", "-id")
    rows = found.select_related("establishment").order_by(*order)[(number - 1) * size : number * size]
    with connection.cursor() as cursor:
        cursor.execute(COUNTS_SQL, [clock.today()])
        counts = {fund: (waiting, late) for fund, waiting, late in cursor.fetchall()}
    return Queue(
        lines=[_line(one) for one in rows],
        total=total,
        filters=filters,
        paging=paging(number, count, total, filters.query),
        funds=[(one.code, one.short, *counts.get(one.code, (0, 0))) for one in ordered(frozenset(who.funds))],
        motifs=[(one.code, one.title) for one in Motif.objects.order_by("name", "sub_name")],
    )


def _filtered(who: AdviserStanding, filters: Filters) -> QuerySet[Exchange]:
    found = Exchange.objects.filter(state__in=SHOWN[filters.state][1])
    if filters.fund:
        found = found.filter(fund=filters.fund)
    if filters.whose:
        found = found.filter(adviser_id=who.adviser_id if filters.whose == "moi" else None)
    if filters.motif:
        found = found.filter(motif__code=filters.motif)
    if reference := parse(filters.q):
        return found.filter(reference=reference)
    digits = "".join(filters.q.split())
    if digits.isascii() and digits.isdecimal() and len(digits) in (9, 14):
        return found.filter(establishment__siret__startswith=digits)
    for word in words_of(filters.q):
        found = found.filter(Q(establishment__sort_key__contains=word) | Q(has_word(word)))
    return found


def _line(one: Exchange) -> Line:
    waits = one.state in AWAITED
    due = one.target_on if waits else one.due_on
    return Line(
        reference=one.reference,
        shown=grouped(one.reference),
        title=one.title,
        establishment=one.establishment.name,
        siret=one.establishment.siret,
        fund=short(one.fund),
        state=State(one.state).label,
        tone=TONES[State(one.state)],
        due=date_short(due) if due else "",
        late=waits and one.target_on < clock.today(),
        sent=date_short(one.sent_at),
        adviser=one.adviser_name,
    )


@dataclass(frozen=True, slots=True)
class Detail:
    """An exchange, whole. `details` hold the NIR: the page shows it masked unless it was asked for."""

    exchange: Exchange
    line: Line
    thread: list[Said]
    notes: list[tuple[str, str, str]]
    details: Details
    nir: str
    target: str
    due: str
    mine: bool
    others: list[Line]
    funds: list[Fund]
    colleagues: list[Adviser]
    chosen: str

    @property
    def open(self) -> bool:
        return self.exchange.state != State.CLOSED


def detail(who: AdviserStanding, reference: str) -> Detail | None:
    """One exchange of the adviser's funds; None for any other."""
    found = Exchange.objects.select_related("establishment").filter(reference=reference).first()
    if found is None:
        return None
    details = unseal_details(found.details)
    notes = InternalNote.objects.filter(exchange=found).order_by("at", "id")
    others = Exchange.objects.filter(establishment_id=found.establishment_id).exclude(pk=found.pk)
    with tenancy.scope(person=who.person_id, establishment=found.establishment_id, read_only=True):
        held = held_by(found.establishment_id)
    return Detail(
        exchange=found,
        line=_line(found),
        thread=thread_of(found, Entry.Side.FUND),
        notes=[(one.signed, datetime_long(one.at), one.text) for one in notes],
        details=details,
        nir=nir_masked(details.nir),
        target=date_long(found.target_on),
        due=date_long(found.due_on) if found.due_on else "",
        mine=found.adviser_id == who.adviser_id,
        others=[_line(one) for one in others.select_related("establishment").order_by("-moved_at")[:6]],
        funds=[one for one in ordered(held) if one.code != found.fund],
        colleagues=colleagues(found.fund),
        chosen=short(found.addressee),
    )
