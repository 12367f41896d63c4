"""What changed in Sirene, for the establishments of the adviser's funds."""

import datetime
from dataclasses import dataclass

from django.core.paginator import Paginator

from parvis.backoffice.succession.queries import names_of
from parvis.establishments.models import Establishment, SireneChange, SireneRun, Succession
from parvis.establishments.sirene.running import ROLES, Report
from parvis.establishments.sirene.words import category_names
from parvis.ground.pages.filters import date_long

Kind, State = SireneChange.Kind, SireneChange.State
PER_PAGE = 25
# What is proposed, and what the button says.
PROPOSED = {
    Kind.NAME: ("Reprendre ce nom dans le répertoire.", "Renommer"),
    Kind.ADDRESS: ("Reprendre cette adresse : les codes envoyés par courrier y partiront.", "Reprendre l’adresse"),
    Kind.CATEGORY: ("Rien à faire dans Parvis : la catégorie est déjà suivie.", "Marquer comme traité"),
    Kind.CLOSED: ("Fermé sans successeur connu : appelez l’établissement.", "Marquer comme traité"),
    Kind.REOPENED: ("Rien à faire dans Parvis : l’établissement est de nouveau ouvert.", "Marquer comme traité"),
}
TONES = {State.WAITING: "act", State.DONE: "well", State.ASIDE: "neutral", State.GONE: "neutral"}


@dataclass(frozen=True, slots=True)
class Line:
    """A change, strings ready to show. `successor`: whom Sirene names; `succession`: what was prepared already."""

    change: SireneChange
    place: Establishment
    label: str
    before: list[str]
    after: list[str]
    proposed: str
    button: str
    tone: str
    decided_by: str
    successor: Establishment | None
    succession: Succession | None

    @property
    def waits(self) -> bool:
        return self.change.state == State.WAITING


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of changes."""

    lines: list[Line]
    total: int
    page: int
    pages: int


def changes(*, state: str, kind: str, page: int) -> Shown:
    """Those in that state, of that kind (or of all), the oldest that wait first, otherwise the latest."""
    found = SireneChange.objects.select_related("establishment").filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    waits = state == State.WAITING
    pages = Paginator(found.order_by("found_at" if waits else "-decided_at", "id"), PER_PAGE)
    shown = pages.get_page(page)
    return Shown(lines_of(list(shown)), pages.count, shown.number, pages.num_pages)


def lines_of(found: list[SireneChange]) -> list[Line]:
    """With names of advisers and successors, in as many statements whatever their number."""
    named = names_of([one.decided_by for one in found])
    successors = {
        one.siret: one for one in Establishment.objects.filter(siret__in=[x.successor for x in found if x.successor])
    }
    prepared = {
        one.predecessor_id: one
        for one in Succession.objects.filter(predecessor__in=[x.establishment_id for x in found], cancelled_at=None)
    }
    return [
        _line(
            one,
            str(named.get(one.decided_by, "")),
            successors.get(one.successor),
            prepared.get(one.establishment_id),
        )
        for one in found
    ]


def _line(one: SireneChange, decided_by: str, successor: Establishment | None, succession: Succession | None) -> Line:
    proposed, button = PROPOSED[Kind(one.kind)]
    if one.kind == Kind.CLOSED and succession is not None:
        proposed = "La reprise de cet établissement est préparée : un second conseiller en décide."
        if succession.done_at is not None:
            proposed = "La reprise de cet établissement est faite."
    elif one.kind == Kind.CLOSED and successor is not None:
        proposed = f"Préparer la reprise par {successor.name}, que Sirene donne pour successeur."
    elif one.kind == Kind.CLOSED and one.successor:
        proposed = f"Sirene donne pour successeur le SIRET {one.successor}, qui n’est pas d’un établissement public."
    return Line(
        change=one,
        place=one.establishment,
        label=one.get_kind_display(),
        before=_said(one.kind, one.before),
        after=_said(one.kind, one.after),
        proposed=proposed,
        button=button,
        tone=TONES[State(one.state)],
        decided_by=decided_by,
        successor=successor,
        succession=succession,
    )


def _said(kind: str, value: str) -> list[str]:
    if kind in (Kind.CLOSED, Kind.REOPENED):
        return [f"Fermé depuis le {date_long(datetime.date.fromisoformat(value))}" if value else "Ouvert"]
    if kind == Kind.CATEGORY:
        return [f"{category_names().get(value, 'Catégorie')} ({value})"]
    return value.split("\n") if value else ["–"]


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last import that came to its end."""

    on: datetime.datetime
    said: str
    files: str


def last_run() -> LastRun | None:
    """None before the first one."""
    run = SireneRun.objects.filter(step=SireneRun.Step.DONE).order_by("-id").first()
    if run is None or run.finished_at is None:
        return None
    files = ", ".join(str(run.files[role]["name"]) for role in ROLES if role in run.files)
    return LastRun(run.finished_at, str(Report(run.counts)), files)


def waiting() -> int:
    """How many changes wait for the adviser's funds."""
    return SireneChange.objects.filter(state=State.WAITING).count()
