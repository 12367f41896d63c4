"""In whose hands a dossier is: a person's (« M'attribuer »), the employer's or a centralisateur's."""

import uuid

from parvis.access.standing import Standing, standings
from parvis.dossiers.actions.moving import (
    give_back,
    happened,
    in_charge,
    leave,
    line_for,
    locked,
    mine,
    move,
    note,
    twice,
    written_by,
)
from parvis.dossiers.circuits import circuit_of, organisations
from parvis.dossiers.models import Dossier, State
from parvis.dossiers.rights import employer_hand, may_read, still_in_charge
from parvis.dossiers.telling import TODO, tell_concerned, tell_organisation, tell_writers
from parvis.dossiers.transitions import Gesture, Side
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import SYSTEM


@action
def assign(*, who: Standing, reference: str) -> Dossier:
    """« M'attribuer le dossier »: also from a colleague, who is told of it. Once theirs, again changes nothing."""
    dossier, hand = mine(who, reference)
    line_for(Gesture.ASSIGN, hand.side, dossier)
    name = "worked_by" if hand.side is Side.CENTRALISER else "taken_by"
    if getattr(dossier, name) == hand.person_id:
        return dossier
    tell_concerned(dossier, but=hand.person_id, what="assigned")
    setattr(dossier, name, hand.person_id)
    setattr(dossier, f"{name}_name", hand.name)
    dossier.save(update_fields=[name, f"{name}_name"])
    note(dossier, Gesture.ASSIGN, hand.side, ours=True, **written_by(hand))
    happened("dossier.assigned", hand.actor, dossier, dossier.state)
    return dossier


@action
def release(*, who: Standing, reference: str) -> Dossier:
    """Leave it to whoever takes it. Whoever does not have it leaves nothing."""
    dossier, hand = mine(who, reference)
    line_for(Gesture.RELEASE, hand.side, dossier)
    name = "worked_by" if hand.side is Side.CENTRALISER else "taken_by"
    if getattr(dossier, name) != hand.person_id:
        return dossier
    setattr(dossier, name, None)
    setattr(dossier, f"{name}_name", "")
    dossier.save(update_fields=[name, f"{name}_name"])
    note(dossier, Gesture.RELEASE, hand.side, ours=True, **written_by(hand))
    happened("dossier.released", hand.actor, dossier, dossier.state)
    return dossier


def release_lost(reference: str) -> bool:
    """Whoever has it and may not write in it any more, has it no longer; True where that was so.

    In the establishment's scope. Pages do not wait for it: they never name such a person as in charge.
    """
    dossier = locked(reference)
    held = dossier.worked_by if dossier.organisation_id is not None else dossier.taken_by
    if held is None or still_in_charge(dossier, standings(dossier.establishment_id)) is not None:
        return False
    if dossier.organisation_id is not None:
        dossier.worked_by, dossier.worked_by_name = None, ""
    else:
        leave(dossier)
    dossier.save(update_fields=["worked_by", "worked_by_name", "taken_by", "taken_by_name"])
    note(dossier, Gesture.RELEASE, "platform", ours=True)
    happened("dossier.released", SYSTEM, dossier, dossier.state)
    return True


@action
def delegate(*, who: Standing, reference: str, organisation: int, text: str = "") -> Dossier:
    """Give it to a centralisateur: nobody of the establishment writes in it until it comes back.

    `organisation`: one to which the service is delegated at « Modification » today. Raises Refused.
    """
    dossier = locked(reference)
    if not may_read(who, dossier.service):
        mine(who, reference)
    hand = employer_hand(who, dossier)
    if dossier.state == State.CENTRALISER and dossier.organisation_id == organisation:
        return dossier
    line = line_for(Gesture.DELEGATE, hand.side, dossier)
    name = dict(organisations(who, dossier.service)).get(organisation)
    if name is None:
        raise Refused(
            "Choisissez un centralisateur à qui l’établissement délègue ce service au niveau « Modification ».",
            field="organisation",
        )
    in_charge(dossier, hand)
    before = dossier.state
    dossier.organisation_id, dossier.organisation_name = organisation, name
    dossier.circuit, dossier.delegated_at = circuit_of(organisation), clock.now()
    move(dossier, line.target(State(before), asked=dossier.due_on is not None))
    note(dossier, Gesture.DELEGATE, hand.side, text=text, ours=True, **written_by(hand))
    happened("dossier.delegated", hand.actor, dossier, before, organisation=name)
    tell_organisation(dossier)
    return dossier


@action
def recall(*, who: Standing, reference: str) -> Dossier:
    """Take it back, as long as nobody of the organisation has it, or once nobody there may work on it any more."""
    dossier = locked(reference)
    hand = employer_hand(who, dossier)
    line = line_for(Gesture.RECALL, hand.side, dossier)
    worker = still_in_charge(dossier, standings(dossier.establishment_id))
    if worker is not None:
        raise Refused(
            f"{dossier.worked_by_name} y travaille pour « {dossier.organisation_name} » : demandez-lui de le rendre."
        )
    before, name = dossier.state, dossier.organisation_name
    give_back(dossier)
    move(dossier, line.target(State(before), asked=dossier.due_on is not None))
    note(dossier, Gesture.RECALL, hand.side, ours=True, **written_by(hand))
    happened("dossier.recalled", hand.actor, dossier, before, organisation=name)
    return dossier


@action
def give_it_back(*, who: Standing, reference: str, text: str) -> Dossier:
    """The centralisateur gives it back to the employer, saying what was checked or is to be corrected."""
    dossier = locked(reference)
    if dossier.state in (State.EMPLOYER, State.ASKED) and twice(dossier, Gesture.RETURN, _member(who, dossier), text):
        return dossier
    dossier, hand = mine(who, reference)
    line = line_for(Gesture.RETURN, hand.side, dossier)
    if not text:
        raise Refused("Dites en une phrase ce que l’employeur doit savoir ou corriger.", field="text")
    in_charge(dossier, hand)
    before, name = dossier.state, dossier.organisation_name
    give_back(dossier)
    move(dossier, line.target(State(before), asked=dossier.due_on is not None))
    note(dossier, Gesture.RETURN, hand.side, text=text, ours=True, **written_by(hand))
    happened("dossier.returned", hand.actor, dossier, before, organisation=name)
    tell_writers(dossier, TODO)
    return dossier


def _member(who: Standing, dossier: Dossier) -> uuid.UUID:
    held = next((one for one in who.mandates if one.service == dossier.service), None)
    return held.member if held is not None else who.ref
