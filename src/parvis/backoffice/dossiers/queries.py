"""The queue of dossiers by fund, with what is late; one dossier as an adviser examines it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from parvis.access.finding import words_of
from parvis.access.paging import Paging, paging
from parvis.advisers.models import Adviser, SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.dossiers.actions import ACCEPT
from parvis.backoffice.exchanges.actions import colleagues, held_by
from parvis.dossiers import registry
from parvis.dossiers.actions.deciding import decider_of
from parvis.dossiers.models import CLOSED, Dossier, Entry, InternalNote, State
from parvis.dossiers.queries.detail import Said, thread_of
from parvis.dossiers.queries.portfolio import AWAITED, TONES
from parvis.dossiers.references import grouped, parse
from parvis.dossiers.registry import Condition, Decider
from parvis.dossiers.steps import Held, held
from parvis.establishments.funds import FUNDS, ordered
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.filters import date_long, date_short, datetime_long
from parvis.ground.pages.numbering import page_asked
from parvis.ledger.words import euros

SHOWN = {
    "": ("À instruire", (State.SENT, State.EXAMINED)),
    "decision": ("À valider à deux", (State.DECIDING,)),
    "attente": ("Attend l’établissement", (State.ASKED, State.CENTRALISER)),
    "clos": ("Clos", CLOSED),
    "tous": ("Tous", tuple(State)),
}
WHOSE = {"": "De tout le monde", "moi": "Les miens", "personne": "De personne"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the queue; what is not understood is ignored."""

    fund: str = ""
    state: str = ""
    whose: str = ""
    kind: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: Mapping[str, str], funds: tuple[str, ...]) -> "Filters":
        """From an address's query: `fonds`, `etat`, `qui`, `demande`, `q`, `page`."""
        fund, state, whose, kind = (query.get(name, "") for name in ("fonds", "etat", "qui", "demande"))
        return cls(
            fund=fund if fund in funds else "",
            state=state if state in SHOWN else "",
            whose=whose if whose in WHOSE else "",
            kind=kind if registry.get(kind) else "",
            q=clean(query.get("q", ""))[:100],
            page=page_asked(query.get("page", "1")),
        )

    @property
    def active(self) -> bool:
        return bool(self.state or self.whose or self.kind or self.q)

    def query(self, page: int = 1, *, fund: str | None = None) -> str:
        """The address's query for a page of this queue, or the same of another fund."""
        said = {
            "fonds": self.fund if fund is None else fund,
            "etat": self.state,
            "qui": self.whose,
            "demande": self.kind,
            "q": self.q,
        }
        return "?" + urlencode({**{k: v for k, v in said.items() if v}, **({"page": page} if page > 1 else {})})


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier of the queue, strings ready to show."""

    reference: str
    shown: str
    kind: str
    title: str
    establishment: str
    siret: str
    fund: str
    amount: str
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
    kinds: list[tuple[str, str]]


# Row-level security leaves those of the adviser's funds that were sent.
COUNTS_SQL = """SELECT fund, count(*), count(*) FILTER (WHERE target_on < %s) FROM dossiers_dossier
  WHERE state IN ('sent', 'examined') GROUP BY fund"""


def queue(who: AdviserStanding, filters: Filters) -> Queue:
    """What waits, the day meant for an answer first; a constant number of statements."""
    found = _filtered(who, filters)
    total, size = found.count(), settings.PARVIS_DOSSIERS_PAGE
    count = max(1, -(-total // size))
    number = min(filters.page, count)
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
        kinds=[(one.code, one.label) for one in registry.kinds()],
    )


def _filtered(who: AdviserStanding, filters: Filters) -> QuerySet[Dossier]:
    found = Dossier.objects.filter(state__in=SHOWN[filters.state][1])
    if filters.fund:
        found = found.filter(fund=filters.fund)
    if filters.whose:
        found = found.filter(adviser_id=who.adviser_id if filters.whose == "moi" else None)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if reference := parse(filters.q):
        return found.filter(reference=reference)
    digits = "".join(filters.q.split())
    if digits.isascii() and digits.isdecimal() and len(digits) in (9, 14):
        return found.filter(establishment__siret__startswith=digits)
    for word in words_of(filters.q)[:6]:
        found = found.filter(Q(establishment__sort_key__contains=word) | Q(search__contains=word))
    return found


def _line(one: Dossier) -> Line:
    waits = one.state in AWAITED
    due = one.target_on if waits else one.due_on
    return Line(
        reference=one.reference,
        shown=grouped(one.reference),
        kind=registry.label_of(one.kind),
        title=one.title,
        establishment=one.establishment.name,
        siret=one.establishment.siret,
        fund=FUNDS[one.fund].short,
        amount=euros(one.amount) if one.amount is not None else "",
        state=str(State(one.state).label),
        tone=TONES[State(one.state)],
        due=date_short(due) if due else "",
        late=waits and one.target_on is not None and one.target_on < clock.today(),
        sent=date_short(one.sent_at) if one.sent_at else "",
        adviser=one.adviser_name,
    )


@dataclass(frozen=True, slots=True)
class Detail:
    """A dossier, whole. `act`: the sensitive act that waits for a second adviser."""

    dossier: Dossier
    line: Line
    held: Held | None
    conditions: list[Condition]
    thread: list[Said]
    notes: list[tuple[str, str, str]]
    mine: bool
    target: str
    due: str
    colleagues: list[Adviser]
    decider: Decider
    act: SensitiveAct | None
    others: list[Dossier]

    @property
    def open(self) -> bool:
        return self.dossier.state not in CLOSED

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """The documents that may be asked for again."""
        return [(slot.piece.code, slot.piece.label) for slot in self.held.slots] if self.held else []

    @property
    def granted(self) -> str:
        return euros(self.dossier.granted) if self.dossier.granted is not None else ""


def detail(who: AdviserStanding, reference: str) -> Detail | None:
    """One dossier of the adviser's funds; None for any other, and for one that was not sent."""
    found = Dossier.objects.select_related("establishment").filter(reference=reference).first()
    if found is None:
        return None
    notes = InternalNote.objects.filter(dossier=found).order_by("at", "id")
    others = Dossier.objects.filter(establishment_id=found.establishment_id).exclude(pk=found.pk)
    acts = SensitiveAct.objects.filter(kind=ACCEPT, subject=reference, state=SensitiveAct.State.WAITING)
    # What the kind asks of the establishment's accounts is asked in its scope.
    with tenancy.scope(person=who.person_id, establishment=found.establishment_id, read_only=True):
        funds = held_by(found.establishment_id)
        whole = held(found, funds=funds)
        conditions = list(whole.conditions) if whole is not None else []
    # Documents as the fund has them: what was not sent is not there.
    whole = held(found, funds=funds, judging=False)
    return Detail(
        dossier=found,
        line=_line(found),
        held=whole,
        conditions=conditions,
        thread=thread_of(found, Entry.Side.FUND),
        notes=[(one.signed, datetime_long(one.at), one.text) for one in notes],
        mine=found.adviser_id == who.adviser_id,
        target=date_long(found.target_on) if found.target_on else "",
        due=date_long(found.due_on) if found.due_on else "",
        colleagues=colleagues(found.fund),
        decider=decider_of(found, found.amount),
        act=acts.first(),
        others=list(others.order_by("-moved_at")[:6]),
    )
