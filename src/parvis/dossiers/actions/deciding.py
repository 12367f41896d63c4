"""The fund's side, written in the establishment's scope under the adviser's own reference.

`Adviser` is who acts: whoever calls has looked at the dossier under the adviser's own policy before.
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from parvis.dossiers import registry
from parvis.dossiers.actions.moving import happened, line_for, locked, move, note, twice
from parvis.dossiers.models import Dossier, Entry, State, Wanted
from parvis.dossiers.registry import Decider, Granting
from parvis.dossiers.sealed import unseal_answers
from parvis.dossiers.telling import ASKED, DECIDED, tell_concerned, tell_writers
from parvis.dossiers.transitions import Gesture, Need, Side
from parvis.ground import clock, working_days
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor
from parvis.ledger.words import euros

FUND = Entry.Side.FUND


@dataclass(frozen=True, slots=True)
class Adviser:
    """An adviser who acts on dossiers: number, name, reference in the journal, and the funds whose dossiers are theirs.

    `second`: decides what another adviser proposed.
    """

    adviser_id: int
    name: str
    ref: uuid.UUID
    actor: Actor
    funds: frozenset[str]
    second: bool = False

    @property
    def side(self) -> Side:
        return Side.SECOND if self.second else Side.FUND


@dataclass(frozen=True, slots=True)
class Decision:
    """What an acceptance says: cents granted (None: the kind has no amount), reference of a deliberation, a word."""

    granted: int | None = None
    reference: str = ""
    text: str = ""


def _locked(hand: Adviser, reference: str) -> Dossier:
    dossier = locked(reference)
    if dossier.fund not in hand.funds or dossier.sent_at is None:
        raise Refused("Ce dossier n’existe pas, ou ne concerne pas vos fonds.")
    return dossier


def _written(hand: Adviser) -> dict[str, Any]:
    return {"author": hand.ref, "signed": hand.name}


def _owned(hand: Adviser, dossier: Dossier) -> None:
    """Whoever acts has it, unless a colleague does."""
    if dossier.adviser_id is None:
        dossier.adviser_id, dossier.adviser_name = hand.adviser_id, hand.name


@action
def take(*, hand: Adviser, reference: str, adviser: tuple[int, str] | None = None) -> Dossier:
    """Take it, or give it to a colleague (`adviser`: number and name, of the same fund as the caller has checked)."""
    dossier = _locked(hand, reference)
    number, name = adviser or (hand.adviser_id, hand.name)
    if dossier.adviser_id == number:
        return dossier
    line = line_for(Gesture.TAKE, hand.side, dossier)
    before, first = dossier.state, dossier.adviser_id is None
    dossier.adviser_id, dossier.adviser_name = number, name
    move(dossier, line.target(State(before), asked=False))
    if first:
        note(dossier, Gesture.TAKE, FUND, author=hand.ref, signed=name)
        tell_concerned(dossier, what="taken")
    happened("dossier.taken", hand.actor, dossier, before)
    return dossier


@action
def put_back(*, hand: Adviser, reference: str) -> Dossier:
    """Back to the queue."""
    dossier = _locked(hand, reference)
    if dossier.adviser_id is None:
        return dossier
    line = line_for(Gesture.PUT_BACK, hand.side, dossier)
    before = dossier.state
    dossier.adviser_id, dossier.adviser_name = None, ""
    move(dossier, line.target(State(before), asked=False))
    happened("dossier.put_back", hand.actor, dossier, before)
    return dossier


@action
def comment(*, hand: Adviser, reference: str, text: str) -> Entry:
    """A word to the establishment."""
    dossier = _locked(hand, reference)
    line_for(Gesture.COMMENT, hand.side, dossier)
    if not text:
        raise Refused("Écrivez votre message : une phrase suffit.", field="text")
    if twice(dossier, Gesture.COMMENT, hand.ref, text):
        return dossier.entries.order_by("-id")[0]
    entry = note(dossier, Gesture.COMMENT, FUND, text=text, **_written(hand))
    dossier.moved_at = entry.at
    dossier.save(update_fields=["moved_at"])
    happened("dossier.commented", hand.actor, dossier, dossier.state)
    tell_concerned(dossier, what="comment")
    return entry


@action
def ask(*, hand: Adviser, reference: str, piece: str, label: str, text: str, due_on: datetime.date) -> Dossier:
    """Ask for a document, again (`piece`) or a new one (`label`), until a day to come. Raises Refused."""
    dossier = _locked(hand, reference)
    line = line_for(Gesture.ASK, hand.side, dossier)
    if not text:
        raise Refused("Dites ce qui manque, et pourquoi.", field="text")
    if due_on <= clock.today():
        raise Refused("Laissez à l’établissement le temps de répondre : choisissez un jour à venir.", field="due_on")
    if due_on > clock.today() + settings.PARVIS_DOSSIER_PIECE_LIMIT:
        raise Refused("Choisissez un jour plus proche.", field="due_on")
    code, named = _piece(dossier, piece, label)
    said = f"{named} : {text}"
    if dossier.due_on == due_on and twice(dossier, Gesture.ASK, hand.ref, said):
        return dossier
    before = dossier.state
    _owned(hand, dossier)
    dossier.due_on = due_on
    try:
        with transaction.atomic():
            Wanted.objects.create(
                establishment_id=dossier.establishment_id,
                dossier=dossier,
                piece=code,
                label=named,
                why=text[:500],
                asked_at=clock.now(),
                asked_by=hand.name,
            )
    except IntegrityError as fault:
        again = f"« {named} » est déjà demandé : l’établissement ne l’a pas encore envoyé."
        raise Refused(again, field="piece") from fault
    move(dossier, line.target(State(before), asked=False))
    note(dossier, Gesture.ASK, FUND, text=said, **_written(hand))
    happened("dossier.asked", hand.actor, dossier, before, piece=named, due_on=due_on.isoformat())
    tell_writers(dossier, ASKED)
    return dossier


def _piece(dossier: Dossier, piece: str, label: str) -> tuple[str, str]:
    kind = registry.get(dossier.kind)
    known = {one.code: one.label for one in (kind.pieces(unseal_answers(dossier.content)) if kind else ())}
    known |= dict(Wanted.objects.filter(dossier=dossier).values_list("piece", "label"))
    if piece in known:
        return piece, known[piece]
    if not label:
        raise Refused("Nommez la pièce demandée.", field="label")
    code = slugify(label)[:34]
    # « autre » is the field of what is joined besides: nobody could answer it.
    return (code if code not in ("", "autre") else "autre-piece"), label[:120]


def decider_of(dossier: Dossier, granted: int | None) -> Decider:
    """Who decides, for that much."""
    kind = registry.get(dossier.kind)
    return kind.decider(dossier, granted) if kind is not None else Decider("le fonds")


def checked(dossier: Dossier, decision: Decision) -> Decider:
    """Who decides. Raises Refused for more than was asked, less where the kind does not know it, or no reference."""
    kind = registry.get(dossier.kind)
    if kind is None:
        raise Refused("Cette sorte de demande n’est plus déclarée : elle ne peut pas être acceptée.")
    if (dossier.amount is None) != (decision.granted is None):
        raise Refused("Saisissez le montant accordé.", field="granted")
    if decision.granted is not None and dossier.amount is not None:
        if decision.granted > dossier.amount:
            raise Refused(f"{euros(dossier.amount)} sont demandés : accordez-en autant au plus.", field="granted")
        if decision.granted < dossier.amount and not kind.partial:
            raise Refused("Cette demande s’accepte entière, ou se refuse.", field="granted")
    decider = kind.decider(dossier, decision.granted)
    if decider.reference and not decision.reference:
        raise Refused(f"Saisissez la référence de la décision ({decider.label}).", field="reference")
    return decider


@action
def propose(*, hand: Adviser, reference: str, decision: Decision) -> Dossier:
    """Propose to accept what takes two advisers; the second one is asked by the caller (`advisers.four_eyes`)."""
    dossier = _locked(hand, reference)
    line = line_for(Gesture.PROPOSE, hand.side, dossier)
    if not checked(dossier, decision).two:
        raise Refused("Cette demande s’accepte par un seul conseiller.")
    before = dossier.state
    _owned(hand, dossier)
    move(dossier, line.target(State(before), asked=False))
    happened("dossier.proposed", hand.actor, dossier, before, granted=decision.granted)
    return dossier


@action
def discard(*, hand: Adviser, reference: str) -> Dossier:
    """What was proposed is not followed, or was taken back: it is examined again."""
    dossier = _locked(hand, reference)
    line = line_for(Gesture.DISCARD, Side.SECOND, dossier)
    before = dossier.state
    move(dossier, line.target(State(before), asked=False))
    happened("dossier.discarded", hand.actor, dossier, before)
    return dossier


@action
def accept(*, hand: Adviser, reference: str, decision: Decision) -> Dossier:
    """Accept it, and do at once what that sets off: both, or neither. Raises Refused, also by the effect.

    What takes two advisers is accepted by the second alone.
    """
    dossier = _locked(hand, reference)
    if dossier.state == State.ACCEPTED:
        return dossier
    line = line_for(Gesture.ACCEPT, hand.side, dossier)
    decider = checked(dossier, decision)
    if decider.two != (Need.TWO in line.needs):
        raise Refused("Cette décision prend deux conseillers : proposez-la, un second la valide.")
    kind = registry.get(dossier.kind)
    assert kind is not None
    before = dossier.state
    _owned(hand, dossier)
    dossier.granted, dossier.decided_by = decision.granted, decider.label
    dossier.decision_reference, dossier.reason = decision.reference[:60], decision.text
    move(dossier, line.target(State(before), asked=False))
    kind.effect(Granting(dossier, unseal_answers(dossier.content), decision.granted, clock.today(), hand.actor))
    note(dossier, Gesture.ACCEPT, FUND, text=decision.text, **_written(hand))
    happened("dossier.accepted", hand.actor, dossier, before, granted=decision.granted, by=decider.label)
    tell_writers(dossier, DECIDED)
    return dossier


@action
def refuse(*, hand: Adviser, reference: str, text: str) -> Dossier:
    """Refuse it, and say why."""
    return _ended(hand, reference, Gesture.REFUSE, text, "dossier.refused")


@action
def cancel(*, hand: Adviser, reference: str, text: str) -> Dossier:
    """Close it without deciding: made by mistake, twice, or of no use any more."""
    return _ended(hand, reference, Gesture.CANCEL, text, "dossier.cancelled")


def _ended(hand: Adviser, reference: str, gesture: Gesture, text: str, kind: str) -> Dossier:
    dossier = _locked(hand, reference)
    if dossier.state in (State.REFUSED, State.CANCELLED) and dossier.reason == text:
        return dossier
    line = line_for(gesture, hand.side, dossier)
    if not text:
        raise Refused("Dites pourquoi : l’établissement le lira.", field="text")
    before = dossier.state
    _owned(hand, dossier)
    dossier.reason = text
    move(dossier, line.target(State(before), asked=False))
    note(dossier, gesture, FUND, text=text, **_written(hand))
    happened(kind, hand.actor, dossier, before)
    tell_writers(dossier, DECIDED)
    return dossier


def default_due() -> datetime.date:
    """The day that is proposed when a document is asked for."""
    return working_days.after(clock.today(), settings.PARVIS_DOSSIER_PIECE_DAYS)
