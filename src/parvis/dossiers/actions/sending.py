"""From the establishment's side to the fund: sending, answering what it asks for, withdrawing, writing a word."""

from parvis.access.standing import Standing
from parvis.dossiers.actions.moving import (
    Stale,
    all_sent,
    give_back,
    happened,
    in_charge,
    line_for,
    locked,
    mine,
    move,
    note,
    sends,
    twice,
    written_by,
)
from parvis.dossiers.models import Dossier, Entry, State
from parvis.dossiers.rights import Hand, may_read
from parvis.dossiers.steps import Held, held
from parvis.dossiers.telling import tell_concerned
from parvis.dossiers.transitions import Gesture, Need, Side
from parvis.ground import clock, working_days
from parvis.ground.tenancy import Refused, action

NO_KIND = "Cette sorte de demande n’est plus proposée."


@action
def send(*, who: Standing, reference: str, version: int, attested: bool) -> tuple[Dossier, bool]:
    """Send it to the fund; False: it was sent already, pressed twice.

    Raises Refused where something is missing, the attestation is not given, somebody wrote in it since `version`, or a
    centralisateur that only checks would send it.
    """
    dossier = locked(reference)
    if not may_read(who, dossier.service):
        mine(who, reference)
    if dossier.sent_at is not None and dossier.due_on is None and _sent_by(who, dossier):
        return dossier, False
    dossier, hand = mine(who, reference)
    gesture = Gesture.ANSWER if dossier.state == State.ASKED else Gesture.SEND
    line = line_for(gesture, hand.side, dossier)
    if Need.CIRCUIT in line.needs and not sends(dossier):
        raise Refused(
            f"« {dossier.organisation_name} » contrôle les dossiers et les rend : c’est l’employeur qui transmet."
        )
    whole = _whole(dossier, who)
    in_charge(dossier, hand)
    again = dossier.sent_at is not None
    if again:
        if missing := whole.missing:
            raise Refused(f"Joignez « {missing[0].piece.label} » : le fonds l’attend.", field="file")
    else:
        _complete(whole, dossier, version, attested)
    _off(dossier, hand, line.target(State(dossier.state), asked=again), gesture, whole)
    return dossier, True


def _whole(dossier: Dossier, who: Standing) -> Held:
    whole = held(dossier, funds=who.funds, who=who)
    if whole is None:
        raise Refused(NO_KIND)
    return whole


def _complete(whole: Held, dossier: Dossier, version: int, attested: bool) -> None:
    if lacking := whole.obstacle:
        raise Refused(lacking)
    if not dossier.fund:
        raise Refused("Choisissez le fonds auquel s’adresse la demande.")
    if dossier.version != version:
        raise Stale(dossier.version, dossier.taken_by_name or dossier.worked_by_name)
    if whole.kind.attestation and not attested:
        raise Refused("Cochez « J’atteste » : cette demande le veut.", field="attestation")


def _off(dossier: Dossier, hand: Hand, to: State, gesture: Gesture, whole: Held) -> None:
    before, now = dossier.state, clock.now()
    if to == State.EXAMINED and dossier.adviser_id is None:
        to = State.SENT
    dossier.sent_at = dossier.sent_at or now
    dossier.target_on = working_days.after(clock.today(), whole.kind.target_days)
    if dossier.organisation_id is not None:
        give_back(dossier)
    all_sent(dossier)
    move(dossier, to)
    note(dossier, gesture, hand.side, **written_by(hand))
    documents = sum(1 for one in whole.documents if one.replaced_at is None)
    happened("dossier.sent", hand.actor, dossier, before, fund=dossier.fund, documents=documents)
    tell_concerned(dossier, but=hand.person_id, what="sent")


def _sent_by(who: Standing, dossier: Dossier) -> bool:
    last = dossier.entries.filter(gesture__in=(Gesture.SEND, Gesture.ANSWER)).order_by("-id").first()
    return last is not None and last.person_id == who.person_id and dossier.state in (State.SENT, State.EXAMINED)


@action
def withdraw(*, who: Standing, reference: str, text: str = "") -> Dossier:
    """The establishment wants it no longer. Once withdrawn, again changes nothing."""
    dossier = locked(reference)
    if dossier.state == State.WITHDRAWN and may_read(who, dossier.service):
        return dossier
    dossier, hand = mine(who, reference)
    line = line_for(Gesture.WITHDRAW, hand.side, dossier)
    in_charge(dossier, hand)
    before = dossier.state
    dossier.reason = text
    move(dossier, line.target(State(before), asked=False))
    note(dossier, Gesture.WITHDRAW, hand.side, text=text, **written_by(hand))
    happened("dossier.withdrawn", hand.actor, dossier, before)
    tell_concerned(dossier, but=hand.person_id, what="withdrawn")
    return dossier


@action
def comment(*, who: Standing, reference: str, text: str) -> Entry:
    """A word. Before the fund has it, it stays between the employer and its centralisateur; later everybody reads it.

    Whoever may write in the dossier may, also where a colleague has it.
    """
    dossier, hand = mine(who, reference)
    line_for(Gesture.COMMENT, hand.side, dossier)
    if not text:
        raise Refused("Écrivez votre message : une phrase suffit.", field="text")
    if twice(dossier, Gesture.COMMENT, hand.ref, text):
        return dossier.entries.order_by("-id")[0]
    ours = dossier.sent_at is None or hand.side is Side.CENTRALISER
    entry = note(dossier, Gesture.COMMENT, hand.side, text=text, ours=ours, **written_by(hand))
    dossier.moved_at = entry.at
    dossier.save(update_fields=["moved_at"])
    happened("dossier.commented", hand.actor, dossier, dossier.state)
    tell_concerned(dossier, but=hand.person_id, what="comment")
    return entry
