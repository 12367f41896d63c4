"""« Demandes »: the dossiers of an establishment, filtered, sorted, exported."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from parvis.access.finding import words_of
from parvis.access.paging import Paging, paging
from parvis.access.standing import Standing, standings
from parvis.dossiers import registry
from parvis.dossiers.models import CLOSED, Dossier, State
from parvis.dossiers.references import grouped, parse
from parvis.dossiers.rights import readable, readable_kinds, still_in_charge
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.filters import date_short
from parvis.ground.pages.numbering import page_asked
from parvis.ground.tables import Column
from parvis.ledger.words import euros

TONES = {
    State.DRAFT: "neutral",
    State.EMPLOYER: "attention",
    State.CENTRALISER: "act",
    State.SENT: "neutral",
    State.EXAMINED: "act",
    State.ASKED: "attention",
    State.DECIDING: "act",
    State.ACCEPTED: "well",
    State.REFUSED: "wrong",
    State.WITHDRAWN: "neutral",
    State.CANCELLED: "neutral",
}
# How a state is called to the establishment: what advisers do among themselves is one state to it.
SAID = {**{one: str(one.label) for one in State}, State.DECIDING: str(State.EXAMINED.label)}
AWAITED = (State.SENT, State.EXAMINED, State.DECIDING)
STATES = {
    "": "Tous les états",
    "a-faire": "À faire par nous",
    "au-fonds": "Au fonds",
    **{str(one.value): SAID[one] for one in State if one != State.DECIDING},
}
_GROUPS = {
    "a-faire": (State.DRAFT, State.EMPLOYER, State.ASKED),
    "au-fonds": (*AWAITED,),
    str(State.EXAMINED): (State.EXAMINED, State.DECIDING),
}
WHOSE = {"": "Tout le monde", "moi": "Moi", "personne": "Personne"}
# Name in the address: label, how it is ordered.
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "mouvement": ("Dernier mouvement", (F("moved_at").desc(), F("id").desc())),
    "echeance": ("Échéance", (F("day").asc(nulls_last=True), F("id").asc())),
    "intitule": ("Demande", (F("title").asc(), F("id").asc())),
    "pieces": ("Pièces demandées", (F("pieces").desc(), F("day").asc(nulls_last=True), F("id").asc())),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the list; what is not understood is ignored."""

    q: str = ""
    kind: str = ""
    state: str = ""
    who: str = ""
    fund: str = ""
    sort: str = "mouvement"
    page: int = 1
    archived: bool = False

    @classmethod
    def parse(cls, query: Mapping[str, str], *, archived: bool = False) -> "Filters":
        """From an address's query: `q`, `demande`, `etat`, `qui`, `fonds`, `tri`, `page`."""
        kind, state, fund, sort = (query.get(name, "") for name in ("demande", "etat", "fonds", "tri"))
        page = query.get("page", "1")
        return cls(
            q=clean(query.get("q", ""))[:100],
            kind=kind if registry.get(kind) else "",
            state=state if state in STATES else "",
            who=clean(query.get("qui", ""))[:250],
            fund=fund if fund in FUNDS else "",
            sort=sort if sort in SORTS else "mouvement",
            page=page_asked(page),
            archived=archived,
        )

    @property
    def active(self) -> bool:
        return bool(self.q or self.kind or self.state or self.who or self.fund)

    def query(self, page: int = 1, *, sort: str = "") -> str:
        """The address's query for a page of this list, or for the same in another order."""
        wanted = replace(self, page=page, sort=sort or self.sort)
        said = {
            "q": wanted.q,
            "demande": wanted.kind,
            "etat": wanted.state,
            "qui": wanted.who,
            "fonds": wanted.fund,
            "tri": wanted.sort if wanted.sort != "mouvement" else "",
            "page": str(wanted.page) if wanted.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in said.items() if value})


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier of the list, strings ready to show. `when`: what is awaited, until which day. `the_fund`: « la RAFP »,
    « le fonds » before one is chosen; `to_fund`: « à la RAFP »."""

    reference: str
    shown: str
    kind: str
    title: str
    fund: str
    the_fund: str
    to_fund: str
    amount: str
    state: str
    tone: str
    charge: str
    mine: bool
    when: str
    late: bool
    pieces: int
    moved: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of « Demandes ». `any`: whether there is any dossier in this tab at all."""

    lines: list[Line]
    filters: Filters
    paging: Paging
    total: int
    any: bool
    todo: int
    people: list[str]
    kinds: list[tuple[str, str]]
    funds: list[tuple[str, str]]


def archived_before() -> datetime.datetime:
    """What was closed before this instant is archived."""
    return clock.now() - settings.PARVIS_DOSSIER_SHOWN


def _tab(who: Standing, archived: bool) -> QuerySet[Any]:
    """Those that the person may read: under way or closed lately; or no longer of use to anybody, or long closed."""
    over = Q(state__in=(State.WITHDRAWN, State.CANCELLED)) | Q(closed_at__lt=archived_before())
    mine = Dossier.objects.filter(readable(who), establishment_id=who.establishment_id)
    return mine.filter(over) if archived else mine.exclude(over)


def _annotated(found: QuerySet[Any]) -> QuerySet[Any]:
    waiting = Q(wanted__answered_at=None)
    return found.annotate(day=Coalesce("due_on", "target_on"), pieces=Count("wanted", filter=waiting))


def _filtered(found: QuerySet[Any], who: Standing, filters: Filters) -> QuerySet[Any]:
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.state:
        found = found.filter(state__in=_GROUPS.get(filters.state, (filters.state,)))
    if filters.fund:
        found = found.filter(fund=filters.fund)
    if filters.who == "moi":
        found = found.filter(Q(taken_by=who.person_id) | Q(worked_by=who.person_id))
    elif filters.who == "personne":
        found = found.filter(Q(organisation=None, taken_by=None) | Q(organisation__isnull=False, worked_by=None))
    elif filters.who:
        found = found.filter(Q(taken_by_name=filters.who) | Q(worked_by_name=filters.who))
    if reference := parse(filters.q):
        return found.filter(reference=reference)
    for word in words_of(filters.q)[:8]:
        found = found.filter(search__contains=word)
    return found


def listing(who: Standing, filters: Filters) -> Listing:
    """A page of the dossiers that the person may read; a constant number of statements."""
    every = _tab(who, filters.archived)
    found = _filtered(every, who, filters)
    total = found.count()
    size = settings.PARVIS_DOSSIERS_PAGE
    count = max(1, -(-total // size))
    number = min(filters.page, count)
    rows = list(_annotated(found).order_by(*SORTS[filters.sort][1])[(number - 1) * size : number * size])
    facts = list(every.values_list("kind", "fund", "taken_by_name", "worked_by_name", "state").distinct()[:2000])
    kinds = {kind for kind, *_ in facts}
    funds = {fund for _, fund, *_ in facts}
    return Listing(
        lines=lines(who, rows),
        filters=filters,
        paging=paging(number, count, total, filters.query),
        total=total,
        any=bool(facts),
        todo=every.filter(state__in=_GROUPS["a-faire"]).count(),
        people=sorted({name for _, _, *names, _ in facts for name in names if name}),
        kinds=[(kind.code, kind.label) for kind in registry.kinds() if kind.code in kinds],
        funds=[(code, FUNDS[code].short) for code in FUNDS if code in funds],
    )


def lines(who: Standing, rows: Sequence[Any]) -> list[Line]:
    """These dossiers as lines of a list; one statement more, to know who still has the right."""
    people = standings(who.establishment_id) if any(row.taken_by or row.worked_by for row in rows) else []
    return [line(row, who, people) for row in rows]


def line(one: Any, who: Standing, people: Sequence[Standing]) -> Line:
    """One of them."""
    when, late = "", False
    if one.state in AWAITED and one.target_on:
        late = one.target_on < clock.today()
        when = f"réponse prévue le {date_short(one.target_on)}"
    elif one.due_on and one.state in (State.ASKED, State.CENTRALISER):
        late = one.due_on < clock.today()
        when = f"pièce à joindre avant le {date_short(one.due_on)}"
    holder = still_in_charge(one, people) if one.state not in CLOSED else None
    named = one.worked_by_name if one.organisation_id is not None else one.taken_by_name
    kind, fund = registry.label_of(one.kind), FUNDS.get(one.fund)
    return Line(
        reference=one.reference,
        shown=grouped(one.reference),
        kind=kind,
        title=one.title,
        fund=fund.short if fund else "",
        the_fund=fund.the if fund else "le fonds",
        to_fund=fund.to_it if fund else "au fonds",
        amount=euros(one.amount) if one.amount is not None else "",
        state=SAID[State(one.state)],
        tone=TONES[State(one.state)],
        charge=named if holder is not None or one.state in CLOSED else one.organisation_name,
        mine=holder is not None and holder.person_id == who.person_id,
        when=when,
        late=late,
        pieces=getattr(one, "pieces", 0),
        moved=date_short(one.moved_at),
    )


COLUMNS = (
    Column("Référence", lambda row: grouped(row.reference)),
    Column("Demande", lambda row: registry.label_of(row.kind)),
    Column("Intitulé", "title"),
    Column("Fonds", lambda row: FUNDS[row.fund].short if row.fund in FUNDS else ""),
    Column("Montant demandé (€)", lambda row: _in_euros(row.amount), "number"),
    Column("Montant accordé (€)", lambda row: _in_euros(row.granted), "number"),
    Column("État", lambda row: SAID[State(row.state)]),
    Column("Suivi par", lambda row: row.taken_by_name),
    Column("Centralisateur", lambda row: row.organisation_name),
    Column("Commencée le", "begun_at", "datetime"),
    Column("Transmise le", "sent_at", "datetime"),
    Column("Réponse prévue le", "target_on", "date"),
    Column("Pièce attendue le", "due_on", "date"),
    Column("Pièces demandées", "pieces", "number"),
    Column("Dernier mouvement", "moved_at", "datetime"),
    Column("Motif de la décision", "reason"),
)


def _in_euros(cents: int | None) -> Decimal | None:
    return Decimal(cents).scaleb(-2) if cents is not None else None


def exported(who: Standing, filters: Filters) -> list[Any]:
    """All that the filters find, in the list's order; one statement."""
    found = _annotated(_filtered(_tab(who, filters.archived), who, filters))
    return list(found.order_by(*SORTS[filters.sort][1]))


def whose(people: Sequence[str]) -> list[tuple[str, str]]:
    """The choices of « Suivi par »."""
    return [*WHOSE.items(), *((name, name) for name in people)]


def may_follow(who: Standing) -> bool:
    """Whether the person may read dossiers of at least one kind."""
    return bool(readable_kinds(who))
