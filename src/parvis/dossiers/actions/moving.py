"""What every action on a dossier does the same: lock it, ask the table, move it, leave a line and an event."""

import uuid
from typing import Any

from parvis.access.standing import Standing
from parvis.dossiers.models import CLOSED, Circuit, Document, Dossier, Entry, State, Wanted
from parvis.dossiers.references import grouped
from parvis.dossiers.rights import Hand, hand_of, may_read
from parvis.dossiers.transitions import WHY_NOT, Gesture, Side, Transition, allowed
from parvis.ground import clock
from parvis.ground.tenancy import Refused
from parvis.journal.actions import Actor, record

GONE = "Ce dossier n’existe pas, ou n’est plus le vôtre."


class Stale(Refused):
    """The form was opened on another version than the one there now; nothing was written.

    `version`: that of now; `by`: who wrote last.
    """

    def __init__(self, version: int, by: str) -> None:
        super().__init__(
            f"{by or 'Quelqu’un'} a modifié ce dossier pendant votre saisie. Rien n’est encore enregistré : comparez, "
            "puis enregistrez ce qui est juste."
        )
        self.version = version


def locked(reference: str) -> Dossier:
    """The dossier of the establishment in scope, locked. Raises Refused where there is none."""
    found = Dossier.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    if found is None:
        raise Refused(GONE)
    return found


def mine(who: Standing, reference: str) -> tuple[Dossier, Hand]:
    """The dossier, locked, and the person as they write in it. Raises Refused."""
    dossier = locked(reference)
    if not may_read(who, dossier.service):
        raise Refused(GONE)
    return dossier, hand_of(who, dossier)


def line_for(gesture: Gesture, side: Side, dossier: Dossier) -> Transition:
    """The line of the table. Raises Refused, saying where the dossier stands, where there is none."""
    found = allowed(gesture, side, dossier.state)
    if found is None:
        raise Refused(WHY_NOT[State(dossier.state)])
    return found


def in_charge(dossier: Dossier, hand: Hand) -> None:
    """Whoever writes has it: it becomes theirs where it is nobody's. Raises Refused where it is a colleague's."""
    name = "worked_by" if hand.side is Side.CENTRALISER else "taken_by"
    held = getattr(dossier, name)
    if held is None:
        setattr(dossier, name, hand.person_id)
        setattr(dossier, f"{name}_name", hand.name)
    elif held != hand.person_id:
        raise Refused(
            f"{getattr(dossier, f'{name}_name')} s’occupe de ce dossier : attribuez-le-vous avant d’y écrire."
        )


def leave(dossier: Dossier) -> None:
    """Nobody of the establishment has it any more."""
    dossier.taken_by, dossier.taken_by_name = None, ""


def give_back(dossier: Dossier) -> None:
    """It is the employer's again."""
    dossier.organisation_id, dossier.organisation_name, dossier.circuit = None, "", ""
    dossier.delegated_at, dossier.worked_by, dossier.worked_by_name = None, None, ""


def move(dossier: Dossier, to: State) -> None:
    """To a state, now; saved. What is over is nobody's task any more."""
    dossier.state, dossier.moved_at = to, clock.now()
    dossier.version += 1
    if to in CLOSED:
        dossier.closed_at, dossier.due_on = dossier.moved_at, None
    dossier.save()


def written_by(hand: Hand) -> dict[str, Any]:
    """Who writes, as a line keeps it."""
    return {"person_id": hand.person_id, "author": hand.ref, "signed": hand.name}


def note(dossier: Dossier, gesture: Gesture, side: str, *, text: str = "", ours: bool = False, **written: Any) -> Entry:
    """A line of the dossier; `ours`: not the fund's to read."""
    return Entry.objects.create(
        establishment_id=dossier.establishment_id,
        dossier=dossier,
        gesture=gesture,
        side=side,
        audience=Entry.Audience.OURS if ours else Entry.Audience.ALL,
        text=text,
        at=clock.now(),
        **written,
    )


def happened(kind: str, actor: Actor, dossier: Dossier, before: str, **more: Any) -> None:
    """One event of the establishment's journal: reference, states, nothing of what is written."""
    record(
        kind,
        actor=actor,
        object=dossier.ref,
        before={"state": before},
        after={"reference": dossier.reference, "kind": dossier.kind, "state": dossier.state, **more},
    )


def name_of(dossier: Dossier) -> str:
    """How the journal names it."""
    return f"Dossier {grouped(dossier.reference)}"


def twice(dossier: Dossier, gesture: Gesture, author: uuid.UUID | None, text: str) -> bool:
    """Whether the very same was done last, by the same one: the button was pressed twice."""
    last = dossier.entries.order_by("-id").first()
    return last is not None and (last.gesture, last.author, last.text) == (gesture, author, text)


def all_sent(dossier: Dossier) -> None:
    """What the dossier holds is the fund's to see from now on, and what it asked for is answered."""
    now = clock.now()
    Document.objects.filter(dossier=dossier, sent_at=None).update(sent_at=now)
    Wanted.objects.filter(dossier=dossier, answered_at=None).update(answered_at=now)
    dossier.due_on = None


def sends(dossier: Dossier) -> bool:
    """Whether the organisation that has it sends what it has checked."""
    return dossier.circuit == Circuit.SENDS
