"""The queue of registrations, with its age and the day by which an answer is meant; one registration, whole."""

import datetime
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from parvis.advisers.models import SensitiveAct
from parvis.backoffice.letters.queries import age
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.sealing import Unsealable
from parvis.identity.providers.catalogue import name_of
from parvis.post import postal
from parvis.post.models import PostalLetter
from parvis.post.postal.printing import shown
from parvis.registration.actions.begun import LETTER
from parvis.registration.deciding import ACCEPT
from parvis.registration.models import Registration, RegistrationDocument
from parvis.registration.queries.following import TONES, answer_on
from parvis.registration.sealed import grouped, unseal_content, unseal_coordinates
from parvis.registration.views.start import CONTEST

State = Registration.State
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A registration of the queue. `late`: the day meant for an answer has passed."""

    reference: str
    shown: str
    establishment: str
    siret: str
    state: str
    tone: str
    proof: str
    age: str
    due: datetime.date | None
    late: bool
    contested: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """A registration as an adviser decides on it: rows (term, text), documents, what was said against it."""

    registration: Registration
    line: Line
    rows: tuple[tuple[str, str], ...]
    documents: tuple[RegistrationDocument, ...]
    contest: dict[str, str]
    letter: str
    act: SensitiveAct | None
    refused_acts: tuple[SensitiveAct, ...]


def _line(found: Registration, asked: set[str]) -> Line:
    due = answer_on(found) if found.state == State.CHECKING else None
    return Line(
        reference=found.reference,
        shown=grouped(found.reference),
        establishment=found.establishment.name,
        siret=found.establishment.siret,
        state=State(found.state).label,
        tone=TONES[State(found.state)],
        proof=Registration.Proof(found.proof).label,
        age=age(found.submitted_at or found.created_at),
        due=due,
        late=due is not None and due < clock.today(),
        contested=found.contested_at is not None or found.reported_at is not None,
        asked=found.reference in asked,
    )


def _asked() -> set[str]:
    waiting = SensitiveAct.objects.filter(kind=ACCEPT, state=SensitiveAct.State.WAITING)
    return set(waiting.values_list("subject", flat=True))


def queue() -> list[Line]:
    """Those of the adviser's funds under way: what waits for advisers first, each the oldest first."""
    order = Case(
        When(state=State.STOPPED, then=Value(0)),
        When(contested_at__isnull=False, then=Value(0)),
        When(state=State.CHECKING, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = (
        Registration.objects.filter(state__in=(State.CHECKING, State.STOPPED, State.POSTED))
        .select_related("establishment")
        .order_by(order, "submitted_at", "id")[:SHOWN]
    )
    asked = _asked()
    return [_line(one, asked) for one in found]


def lately() -> list[Line]:
    """The latest that are settled."""
    found = (
        Registration.objects.filter(state__in=(State.ACCEPTED, State.REFUSED, State.LAPSED, State.ABANDONED))
        .exclude(submitted_at=None)
        .select_related("establishment")
        .order_by("-settled_at")[:20]
    )
    return [_line(one, set()) for one in found]


def waiting() -> int:
    """How many wait for an adviser."""
    return Registration.objects.filter(state__in=(State.CHECKING, State.STOPPED)).count()


def detail(reference: str) -> Detail | None:
    """One registration of the adviser's funds; None for any other."""
    found = Registration.objects.select_related("establishment").filter(reference=reference).first()
    if found is None:
        return None
    person = unseal_coordinates(found.coordinates)
    acts = SensitiveAct.objects.filter(kind=ACCEPT, subject=reference).select_related("opened_by", "decided_by")
    known = {act.state: act for act in acts.order_by("opened_at")}
    letter = postal.latest(kind=LETTER, object_id=found.pk)
    fund = FUNDS.get(found.fund)
    return Detail(
        registration=found,
        line=_line(found, set()),
        rows=(
            ("Nom et prénom", f"{person.last_name} {person.first_name}"),
            ("Fonction", person.function),
            ("Service", person.unit or "non renseigné"),
            ("Adresse électronique", person.email),
            ("Preuve de l’établissement", _way(found)),
            ("Fonds", fund.short if fund else found.fund),
        ),
        documents=tuple(found.documents.order_by("id")),
        contest=_contest(found),
        letter=f"{shown(letter.reference)} · {PostalLetter.State(letter.state).label.lower()}" if letter else "",
        act=known.get(SensitiveAct.State.WAITING),
        refused_acts=tuple(act for act in acts.order_by("-decided_at") if act.state == SensitiveAct.State.REFUSED),
    )


def _way(found: Registration) -> str:
    if found.way == Registration.Way.PROVIDER:
        return f"SIRET attesté par « {name_of(found.provider)} »"
    return f"Contrat n° {found.contract_number}, en cours"


def _contest(found: Registration) -> dict[str, str]:
    try:
        return unseal_content(found.contest, purpose=CONTEST)
    except Unsealable:
        return {}
