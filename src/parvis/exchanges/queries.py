"""Reading exchanges for an establishment: the list with its filters, one thread."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from parvis.access.paging import Paging, paging
from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS
from parvis.exchanges.actions.thread import reopens_until
from parvis.exchanges.addressees import short
from parvis.exchanges.finding import having
from parvis.exchanges.models import Attachment, Draft, Entry, Exchange, Reader
from parvis.exchanges.references import grouped, parse
from parvis.exchanges.rights import may_answer, may_read, readable
from parvis.exchanges.sealed import unseal_details
from parvis.ground import clock
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.filters import date_long, date_short, datetime_long
from parvis.ground.pages.numbering import page_asked, page_count, page_within
from parvis.regulations.identifiers.persons import nir_masked

State = Exchange.State
TONES = {
    State.SENT: "neutral",
    State.TAKEN: "act",
    State.ASKED: "attention",
    State.ANSWERED: "well",
    State.CLOSED: "neutral",
    State.REOPENED: "act",
}
# Those that wait for the fund.
AWAITED = (State.SENT, State.TAKEN, State.REOPENED)
WHOSE = {"": "Tous", "miens": "Les miens", "suivis": "Ceux que je suis"}
STATES = {
    "": "Tous les états",
    "ouverts": "En cours",
    "non-lus": "Réponse non lue",
    **{str(state.value): str(state.label) for state in State},
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the list; what is not understood is ignored."""

    whose: str = ""
    state: str = ""
    fund: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "Filters":
        """From an address's query: `qui`, `etat`, `fonds`, `q`, `page`."""
        whose, state, fund = (query.get(name, "") for name in ("qui", "etat", "fonds"))
        page = query.get("page", "1")
        return cls(
            whose=whose if whose in WHOSE else "",
            state=state if state in STATES else "",
            fund=fund if fund in FUNDS else "",
            q=clean(query.get("q", ""))[:100],
            page=page_asked(page),
        )

    @property
    def active(self) -> bool:
        return bool(self.whose or self.state or self.fund or self.q)

    def query(self, page: int = 1) -> str:
        """The address's query for a page of this list."""
        said = {"qui": self.whose, "etat": self.state, "fonds": self.fund, "q": self.q}
        return "?" + urlencode({**{k: v for k, v in said.items() if v}, **({"page": page} if page > 1 else {})})


@dataclass(frozen=True, slots=True)
class Line:
    """An exchange of the list, strings ready to show. `unread`: the fund's last word was not read by this person."""

    reference: str
    shown: str
    title: str
    fund: str
    author: str
    state: str
    tone: str
    moved: str
    when: str
    late: bool
    unread: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of « Mes échanges »; `any`: whether there is any exchange at all, whatever the filters."""

    lines: list[Line]
    filters: Filters
    paging: Paging
    total: int
    unread: int
    any: bool
    funds: list[tuple[str, str]]


def _seen(who: Standing) -> QuerySet[Any]:
    """What the person may open, with when they last did."""
    mine = Reader.objects.filter(exchange=OuterRef("pk"), person_id=who.person_id)
    followed = Exists(mine.filter(follows=True))
    # What is over, of others, is not new to anybody. Of nobody's is theirs, and never unknown: the unread come first.
    wrote = Q(person_id__isnull=False, person_id=who.person_id)
    took = Q(taken_by__isnull=False, taken_by=who.person_id)
    concerned = ~Q(state=State.CLOSED) | wrote | took | followed
    return Exchange.objects.filter(readable(who), establishment_id=who.establishment_id).annotate(
        unread=~Exists(mine.filter(read_at__gte=OuterRef("fund_at"))) & Q(fund_at__isnull=False) & concerned,
        followed=followed,
    )


def _filtered(found: QuerySet[Any], who: Standing, filters: Filters) -> QuerySet[Any]:
    if filters.whose == "miens":
        found = found.filter(Q(person_id=who.person_id) | Q(taken_by=who.person_id))
    elif filters.whose == "suivis":
        found = found.filter(followed=True)
    if filters.state == "ouverts":
        found = found.exclude(state=State.CLOSED)
    elif filters.state == "non-lus":
        found = found.filter(unread=True)
    elif filters.state:
        found = found.filter(state=filters.state)
    if filters.fund:
        found = found.filter(fund=filters.fund)
    if reference := parse(filters.q):
        return found.filter(reference=reference)
    return having(found, filters.q)


def listing(who: Standing, filters: Filters) -> Listing:
    """The exchanges that the person may open, unread ones first, then the latest movement; a constant number of
    statements."""
    every = _seen(who)
    found = _filtered(every, who, filters)
    total = found.count()
    size = settings.PARVIS_EXCHANGES_PAGE
    count = page_count(total, size)
    number = page_within(filters.page, total, size)
    rows = found.order_by(F("unread").desc(), "-moved_at", "-id")[(number - 1) * size : number * size]
    # Those of funds whose contract has ended are still found.
    funds = sorted(set(every.values_list("fund", flat=True).distinct()) | set(who.funds))
    return Listing(
        lines=[_line(one) for one in rows],
        filters=filters,
        paging=paging(number, count, total, filters.query),
        total=total,
        unread=every.filter(unread=True).count(),
        any=total > 0 or every.exists(),
        funds=[(code, FUNDS[code].short) for code in FUNDS if code in funds],
    )


def _line(one: Any) -> Line:
    late = one.state in AWAITED and one.target_on < clock.today()
    when = ""
    if one.state in AWAITED:
        when = f"réponse prévue le {date_short(one.target_on)}"
    elif one.state == State.ASKED and one.due_on:
        when = f"à répondre avant le {date_short(one.due_on)}"
    return Line(
        reference=one.reference,
        shown=grouped(one.reference),
        title=one.title,
        fund=short(one.fund),
        author=one.author_name,
        state=State(one.state).label,
        tone=TONES[State(one.state)],
        moved=date_short(one.moved_at),
        when=when,
        late=late,
        unread=one.unread,
    )


def _drafts(who: Standing) -> QuerySet[Draft]:
    """What the person began here; what was not sent is shown to no adviser (« Voir comme »)."""
    mine = Draft.objects.filter(person_id=who.person_id, establishment_id=who.establishment_id)
    return mine if who.seen_by is None else mine.none()


def drafts(who: Standing) -> list[Draft]:
    """What the person began here and has not sent, the latest first."""
    return list(_drafts(who).select_related("theme", "motif").order_by("-updated_at"))


def draft(who: Standing, draft_id: uuid.UUID) -> Draft | None:
    """A draft of the person's own, here; None for any other."""
    return _drafts(who).filter(pk=draft_id).select_related("theme", "motif__theme").first()


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a thread. `message`: somebody wrote; otherwise it is what became of the exchange."""

    kind: str
    title: str
    who: str
    mine: bool
    at: str
    text: str
    files: tuple[Attachment, ...]
    message: bool


def thread_of(exchange: Exchange, side: Entry.Side = Entry.Side.ESTABLISHMENT) -> list[Said]:
    """Everything, the oldest first; `side`: whose lines are one's own. Two statements."""
    held: dict[int, list[Attachment]] = {}
    for file in Attachment.objects.filter(exchange=exchange).order_by("id"):
        held.setdefault(file.entry_id or 0, []).append(file)
    fund = short(exchange.fund)
    return [
        Said(
            kind=str(one.kind),
            title=str(Entry.Kind(one.kind).label),
            who=_who(one, fund),
            mine=one.side == side,
            at=datetime_long(one.at),
            text=one.text,
            files=tuple(held.get(one.pk, ())),
            message=one.kind in Entry.MESSAGES,
        )
        for one in exchange.entries.order_by("at", "id")
    ]


def _who(one: Entry, fund: str) -> str:
    if one.side == Entry.Side.PLATFORM:
        return "Parvis, faute de réponse"
    return one.signed


@dataclass(frozen=True, slots=True)
class Detail:
    """An exchange as its page shows it; `nir` is masked; `merged`: the reference that took it in, in threes."""

    exchange: Exchange
    line: Line
    thread: list[Said]
    nir: str
    agent_name: str
    period: str
    due: str
    target: str
    may_answer: bool
    mine: bool
    taken_by_me: bool
    follows: bool
    reopens_until: datetime.date | None
    read_at: datetime.datetime | None
    merged: str

    @property
    def open(self) -> bool:
        return self.exchange.state != State.CLOSED

    @property
    def reopens(self) -> bool:
        """Whether it may be reopened today."""
        return self.reopens_until is not None and self.reopens_until >= clock.today()


def detail(who: Standing, reference: str) -> Detail | None:
    """One exchange that the person may open; None for any other. A constant number of statements."""
    found: Any = _seen(who).select_related("motif").filter(reference=reference).first()
    if found is None or not may_read(who, found):
        return None
    reader = Reader.objects.filter(exchange=found, person_id=who.person_id).first()
    details = unseal_details(found.details)
    return Detail(
        exchange=found,
        line=_line(found),
        thread=thread_of(found),
        nir=nir_masked(details.nir),
        agent_name=details.agent_name,
        period=details.period,
        due=date_long(found.due_on) if found.due_on else "",
        target=date_long(found.target_on),
        may_answer=may_answer(who, found),
        mine=found.person_id == who.person_id,
        taken_by_me=found.taken_by == who.person_id,
        follows=reader is not None and reader.follows,
        reopens_until=reopens_until(found),
        read_at=reader.read_at if reader else None,
        merged=grouped(found.merged),
    )


def document(who: Standing, reference: str, number: int) -> Attachment | None:
    """A file of an exchange that the person may open; None for any other."""
    found = Attachment.objects.select_related("exchange").filter(pk=number, exchange__reference=reference).first()
    readable_too = found is not None and found.exchange is not None and may_read(who, found.exchange)
    return found if readable_too else None


def sent_from(who: Standing, draft_id: uuid.UUID) -> str:
    """The reference of what a draft of the person's became; "" for none."""
    mine = Exchange.objects.filter(draft=draft_id, person_id=who.person_id, establishment_id=who.establishment_id)
    return mine.values_list("reference", flat=True).first() or ""
