"""The queue of requests with their age and target, and what the page of a request says."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from parvis.access.actions.creation import Coordinates
from parvis.access.actions.guards import active_administrator_ids
from parvis.access.models import Membership
from parvis.advisers.models import SensitiveAct
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.ground.pages.filters import plural
from parvis.post.models import PostalLetter
from parvis.recovery.actions.deciding import KIND, came_back, obstacle
from parvis.recovery.models import Case, Objection, Proof
from parvis.recovery.queries import letter_of
from parvis.recovery.sealed import shown, unseal_coordinates, unseal_words

State = Case.State
SHOWN = 200
TONES = {State.OPEN: "act", State.GRANTED: "well", State.REFUSED: "wrong"}


@dataclass(frozen=True, slots=True)
class Line:
    """A request in the queue. `next`: what it waits for; `late`: the day that was promised has passed."""

    number: int
    reference: str
    establishment: str
    siret: str
    opened_at: datetime.datetime
    age: str
    target_on: datetime.date
    late: bool
    next: str
    tone: str


LINES_SQL = """
SELECT c.id, c.reference, e.name, e.siret, c.opened_at, c.target_on, c.state, c.code_right_at IS NOT NULL,
  EXISTS (SELECT 1 FROM recovery_objection o WHERE o.case_id = c.id AND o.set_aside_at IS NULL),
  EXISTS (SELECT 1 FROM advisers_sensitiveact a WHERE a.kind = 'recovery.grant' AND a.subject = c.id::text
    AND a.state = 'waiting')
FROM recovery_case c JOIN establishments_establishment e ON e.id = c.establishment_id
WHERE c.state {which} ORDER BY {order} LIMIT %(limit)s
"""


def waiting() -> list[Line]:
    """The open requests of the adviser's funds, the oldest first; those that were granted and are contested too."""
    return _lines("= 'open' OR (c.state = 'granted' AND EXISTS (SELECT 1 FROM recovery_objection o "
                  "WHERE o.case_id = c.id AND o.set_aside_at IS NULL))", "c.opened_at, c.id")  # fmt: skip


def settled() -> list[Line]:
    """The latest that are settled."""
    return _lines("<> 'open'", "c.settled_at DESC, c.id", limit=50)


def open_count() -> int:
    """How many requests of the adviser's funds are open."""
    return Case.objects.filter(state=State.OPEN).count()


def _lines(which: str, order: str, *, limit: int = SHOWN) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(LINES_SQL.format(which=which, order=order), {"limit": limit})
        return [_line(*row) for row in cursor.fetchall()]


def _line(
    number: int,
    reference: str,
    name: str,
    siret: str,
    opened_at: datetime.datetime,
    target_on: datetime.date,
    state: str,
    proven: bool,
    contested: bool,
    asked: bool,
) -> Line:
    days = (clock.today() - opened_at.astimezone(clock.PARIS).date()).days
    label, tone = _next(State(state), proven, contested, asked)
    return Line(
        number=number,
        reference=shown(reference),
        establishment=name,
        siret=siret,
        opened_at=opened_at,
        age=plural(days, "jour", "jours") if days > 0 else "aujourd’hui",
        target_on=target_on,
        late=state == State.OPEN and target_on < clock.today(),
        next=label,
        tone=tone,
    )


def _next(state: Case.State, proven: bool, contested: bool, asked: bool) -> tuple[str, str]:
    if contested and state in (State.OPEN, State.GRANTED):
        return "Contestée", "wrong"
    if state == State.OPEN and asked:
        return "À décider par un second conseiller", "attention"
    if state == State.OPEN:
        return ("À examiner", "attention") if proven else ("Attend le code du courrier", "neutral")
    return state.label, TONES.get(state, "neutral")


@dataclass(frozen=True, slots=True)
class Contest:
    """An objection, read: by whom, what it says, and why it was set aside."""

    objection: Objection
    name: str
    text: str
    administers: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who administers, or administered, the establishment."""

    name: str
    function: str
    last_visit_at: datetime.datetime | None
    active: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A request as an adviser reads it. `obstacle`: why the access cannot be given now."""

    case: Case
    reference: str
    establishment: Establishment
    one: Coordinates
    explanation: str
    proofs: tuple[Proof, ...]
    contests: tuple[Contest, ...]
    administrators: tuple[Known, ...]
    others: int
    letter: PostalLetter | None
    obstacle: str
    came_back: bool
    act: SensitiveAct | None
    account: Membership | None

    @property
    def open(self) -> bool:
        return self.case.state == State.OPEN and self.act is None

    @property
    def letters_left(self) -> bool:
        return self.case.code_right_at is None and self.case.letters < settings.PARVIS_RECOVERY_LETTERS


def read(case: Case) -> Page:
    """Everything of a request; under the adviser's role, with its establishment in scope."""
    active = set(active_administrator_ids())
    people = {one.ref: one for one in Membership.objects.filter(profile="administrateur").order_by("sort_key", "pk")}
    objections = list(case.objections.order_by("pk"))
    named = {one.ref: one for one in Membership.objects.filter(ref__in=[one.by for one in objections])}
    acts = SensitiveAct.objects.filter(kind=KIND, subject=str(case.pk), state=SensitiveAct.State.WAITING)
    return Page(
        case=case,
        reference=shown(case.reference),
        establishment=Establishment.objects.get(pk=case.establishment_id),
        one=unseal_coordinates(case.coordinates),
        explanation=unseal_words(case.explanation),
        proofs=tuple(case.proofs.order_by("pk")),
        contests=tuple(
            Contest(
                one,
                named[one.by].name if one.by in named else "Une personne dont le compte est supprimé",
                unseal_words(one.text),
                one.by in people,
            )
            for one in objections
        ),
        administrators=tuple(
            Known(one.name, one.function, one.last_visit_at, one.pk in active) for one in people.values()
        ),
        others=Case.objects.filter(establishment_id=case.establishment_id, state=State.OPEN)
        .exclude(pk=case.pk)
        .count(),
        letter=letter_of(case),
        obstacle=obstacle(case),
        came_back=came_back(case),
        act=acts.first(),
        account=Membership.objects.filter(ref=case.account).first() if case.account else None,
    )
