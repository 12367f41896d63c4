"""« Quatre yeux »: what can hand over an administrator's access takes a second adviser, who had no hand in the case.

A package declares each kind of act (`register`), with what it shows to who decides and what carries it out. Asking,
editing and deciding are here alone.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction

from parvis.advisers.models import SensitiveAct, SensitiveEdit
from parvis.advisers.standing import AdviserStanding
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name

State = SensitiveAct.State


@dataclass(frozen=True, slots=True)
class ActKind:
    """A kind of sensitive act.

    `shown`: rows (term, text) for who decides. `carry_out`: does it, once, in the transaction of the approval; it opens
    the scope that it needs and may raise Refused, which leaves the act waiting. `refused`, `withdrawn`: what a refusal
    sets off, or taking it back.
    """

    code: str
    label: str
    shown: Callable[[SensitiveAct], list[tuple[str, str]]]
    carry_out: Callable[[AdviserStanding, SensitiveAct], None]
    refused: Callable[[AdviserStanding, SensitiveAct], None] | None = None
    withdrawn: Callable[[AdviserStanding, SensitiveAct], None] | None = None


_KINDS: dict[str, ActKind] = {}


def register(kind: ActKind) -> None:
    """Declare a kind, once."""
    if kind.code in _KINDS:
        raise ValueError(f"Sensitive act registered twice: {kind.code}")
    _KINDS[kind.code] = kind


def kind_of(code: str) -> ActKind:
    """The kind of that code. Raises KeyError."""
    return _KINDS[code]


def label_of(code: str) -> str:
    """What a kind is called; its code where nobody declares it any more."""
    return _KINDS[code].label if code in _KINDS else code


@action
def ask(
    *,
    who: AdviserStanding,
    kind: str,
    fund: str,
    establishment_id: int | None,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
    reason: str,
) -> SensitiveAct:
    """Open a case that a second adviser decides. One that waits for the same subject is refused a second time."""
    kind_of(kind)
    try:
        # Of two at the same moment, the second meets the constraint.
        with transaction.atomic():
            act = SensitiveAct.objects.create(
                kind=kind,
                fund=fund,
                establishment_id=establishment_id,
                subject=subject,
                detail=dict(detail or {}),
                reason=reason,
                opened_by_id=who.adviser_id,
                opened_at=clock.now(),
            )
    except IntegrityError as fault:
        if "sensitive_act_waits_once" not in str(fault):
            raise
        raise Refused("Cet acte attend déjà la décision d’un second conseiller : voyez « Quatre yeux ».") from fault
    _event("adviser.act_opened", who, act)
    return act


@action
def note_edit(*, who: AdviserStanding, act: SensitiveAct) -> None:
    """This adviser changed something of the case: they do not decide it. Refused once it is decided."""
    act = _waiting(act.pk)
    SensitiveEdit.objects.create(act=act, adviser_id=who.adviser_id, at=clock.now())


@action
def approve(*, who: AdviserStanding, act_id: uuid.UUID, note: str = "") -> SensitiveAct:
    """Decide for it, and carry it out at once. Raises Refused for who may not, and for what is decided already."""
    act = _to_decide(who, act_id)
    kind_of(act.kind).carry_out(who, act)
    return _decided(who, act, State.APPROVED, note)


@action
def refuse(*, who: AdviserStanding, act_id: uuid.UUID, note: str) -> SensitiveAct:
    """Decide against it, and say why."""
    if not note.strip():
        raise Refused("Dites pourquoi vous refusez : la personne qui a fait la demande le lira.", field="note")
    act = _to_decide(who, act_id)
    if (refused := kind_of(act.kind).refused) is not None:
        refused(who, act)
    return _decided(who, act, State.REFUSED, note)


@action
def withdraw(*, who: AdviserStanding, act_id: uuid.UUID) -> SensitiveAct:
    """Whoever asked for it takes it back."""
    act = _waiting(act_id)
    if act.opened_by_id != who.adviser_id:
        raise Refused("Seul le conseiller qui a demandé cet acte peut le retirer.")
    if (withdrawn := kind_of(act.kind).withdrawn) is not None:
        withdrawn(who, act)
    return _decided(who, act, State.WITHDRAWN, "")


def may_decide(who: AdviserStanding, act: SensitiveAct) -> str:
    """ "" where this adviser may decide it; otherwise why not."""
    if not who.decides:
        return "Seul un conseiller de second niveau, ou de la supervision, décide de cet acte."
    if act.opened_by_id == who.adviser_id:
        return "Vous avez demandé cet acte : un autre conseiller en décide."
    if SensitiveEdit.objects.filter(act=act, adviser_id=who.adviser_id).exists():
        return "Vous avez modifié ce dossier : un autre conseiller en décide."
    return ""


def waiting_acts() -> models.QuerySet[SensitiveAct]:
    """Those of the adviser's funds that wait, the oldest first."""
    return SensitiveAct.objects.filter(state=State.WAITING).select_related("opened_by").order_by("opened_at")


def _waiting(act_id: uuid.UUID) -> SensitiveAct:
    # The adviser's policy hides the acts of other funds: they do not exist.
    act = SensitiveAct.objects.select_for_update(of=("self",)).filter(pk=act_id).first()
    if act is None:
        raise Refused("Cet acte n’existe pas, ou ne concerne pas vos fonds.")
    if act.state != State.WAITING:
        raise Refused("Cet acte est déjà décidé.")
    return act


def _to_decide(who: AdviserStanding, act_id: uuid.UUID) -> SensitiveAct:
    act = _waiting(act_id)
    if why := may_decide(who, act):
        raise Refused(why)
    return act


def _decided(who: AdviserStanding, act: SensitiveAct, state: State, note: str) -> SensitiveAct:
    act.state, act.decided_by_id, act.decided_at, act.note = state, who.adviser_id, clock.now(), note.strip()
    try:
        with transaction.atomic():
            act.save(update_fields=["state", "decided_by", "decided_at", "note"])
    except IntegrityError as fault:
        # The database looked again (migration 0004): what was carried out is undone with this.
        raise Refused("Vous ne pouvez plus décider de cet acte : votre compte ou le dossier a changé.") from fault
    _event(f"adviser.act_{state}", who, act)
    return act


def _event(kind: str, who: AdviserStanding, act: SensitiveAct) -> None:
    after = {"kind": act.kind}
    if act.establishment_id is None:
        # Of no establishment: it stands in the adviser's own history.
        with tenancy.scope(person=who.person_id, role=tenancy.PERSON):
            record(kind, actor=who.actor, object=act.id, after=after, person=who.person_id)
        return
    # The pages of acts are of the adviser's funds: the event is the establishment's, which is told who they are.
    with tenancy.scope(establishment=act.establishment_id):
        remember_name(who.ref, who.signature)
        record(kind, actor=who.actor, object=act.id, after=after)
