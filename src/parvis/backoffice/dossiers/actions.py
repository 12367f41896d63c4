"""What an adviser does with a dossier: seen under their own policy, written in the establishment's scope."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.editing import note as noted
from parvis.backoffice.exchanges.actions import colleagues
from parvis.backoffice.people.sensitive import place_rows
from parvis.dossiers import registry
from parvis.dossiers.actions import deciding
from parvis.dossiers.actions.deciding import Adviser, Decision
from parvis.dossiers.models import Dossier, InternalNote
from parvis.dossiers.references import grouped
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.text import showable
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name
from parvis.ledger.words import euros

ACCEPT = "dossier_accept"
NOTE_LENGTH = 2000
GONE = "Ce dossier n’existe pas, ou ne concerne pas vos fonds."


def of_adviser(reference: str) -> Dossier:
    """The dossier, under the adviser's own policy: one of another fund, or not sent, does not exist. Raises Refused."""
    found = Dossier.objects.filter(reference=reference).first()
    if found is None:
        raise Refused(GONE)
    return found


def hand_of(who: AdviserStanding, *, second: bool = False) -> Adviser:
    """The adviser, as dossiers know them."""
    return Adviser(who.adviser_id, who.name, who.ref, who.actor, frozenset(who.funds), second)


@contextmanager
def inside(who: AdviserStanding, reference: str) -> Iterator[Dossier]:
    """The scope of the dossier's establishment, whose history knows this adviser by name. Raises Refused."""
    found = of_adviser(reference)
    with tenancy.scope(person=who.person_id, establishment=found.establishment_id):
        remember_name(who.ref, who.signature)
        yield found


@action
def take(*, who: AdviserStanding, reference: str) -> None:
    """« Je le prends »."""
    with inside(who, reference):
        deciding.take(hand=hand_of(who), reference=reference)


@action
def assign(*, who: AdviserStanding, reference: str, adviser: str) -> None:
    """Give it to a colleague of the same fund. Raises Refused."""
    found = of_adviser(reference)
    chosen = next((one for one in colleagues(found.fund) if str(one.pk) == adviser), None)
    if chosen is None:
        raise Refused("Choisissez un conseiller de ce fonds.", field="adviser")
    name = f"{chosen.first_name} {chosen.last_name}"
    with inside(who, reference):
        deciding.take(hand=hand_of(who), reference=reference, adviser=(chosen.pk, name))


@action
def put_back(*, who: AdviserStanding, reference: str) -> None:
    """Back to the queue."""
    with inside(who, reference):
        deciding.put_back(hand=hand_of(who), reference=reference)


@action
def comment(*, who: AdviserStanding, reference: str, text: str) -> None:
    """A word to the establishment."""
    with inside(who, reference):
        deciding.comment(hand=hand_of(who), reference=reference, text=text)


@action
def ask(*, who: AdviserStanding, reference: str, piece: str, label: str, text: str, due_on: datetime.date) -> None:
    """Ask for a document."""
    with inside(who, reference):
        deciding.ask(hand=hand_of(who), reference=reference, piece=piece, label=label, text=text, due_on=due_on)


@action
def accept(*, who: AdviserStanding, reference: str, decision: Decision) -> bool:
    """Accept it; False: that takes a second adviser, who is asked. Raises Refused."""
    with inside(who, reference) as found:
        current = Dossier.objects.select_for_update(of=("self",)).get(pk=found.pk)
        decider = deciding.checked(current, decision)
        if not decider.two:
            deciding.accept(hand=hand_of(who), reference=reference, decision=decision)
            return True
        deciding.propose(hand=hand_of(who), reference=reference, decision=decision)
    four_eyes.ask(
        who=who,
        kind=ACCEPT,
        fund=found.fund,
        establishment_id=found.establishment_id,
        subject=reference,
        detail={
            "granted": decision.granted,
            "reference": decision.reference,
            "text": decision.text,
            "decider": decider.label,
        },
        reason=(decision.text or f"Acceptation proposée ({decider.label}).")[:500],
    )
    return False


@action
def refuse(*, who: AdviserStanding, reference: str, text: str) -> None:
    """Refuse it, and say why."""
    with inside(who, reference):
        deciding.refuse(hand=hand_of(who), reference=reference, text=text)


@action
def cancel(*, who: AdviserStanding, reference: str, text: str) -> None:
    """Close it without deciding."""
    with inside(who, reference):
        deciding.cancel(hand=hand_of(who), reference=reference, text=text)


@action
def note(*, who: AdviserStanding, reference: str, text: str) -> None:
    """An internal note: advisers alone read it."""
    found = of_adviser(reference)
    text = showable(text).replace("\r\n", "\n").strip()
    if not text:
        raise Refused("Écrivez la note.", field="note")
    if len(text) > NOTE_LENGTH:
        raise Refused(f"Cette note compte {len(text)} caractères : abrégez-la à {NOTE_LENGTH} au plus.", field="note")
    last = InternalNote.objects.filter(dossier=found).order_by("-id").first()
    if last is not None and (last.adviser_id, last.text) == (who.adviser_id, text):
        return
    InternalNote.objects.create(dossier=found, adviser_id=who.adviser_id, signed=who.name, text=text, at=clock.now())
    noted("dossier.noted", who, found.ref, after={"reference": reference, "kind": found.kind})


def note_opened(who: AdviserStanding, reference: str) -> None:
    """That a document was opened, in the establishment's history, once the READ ONLY request is over."""
    with (
        tenancy.scope(person=who.person_id, role=tenancy.ADVISER, funds=who.funds),
        inside(who, reference) as found,
    ):
        record(
            "dossier.document_opened",
            actor=who.actor,
            object=found.ref,
            after={"reference": reference, "kind": found.kind},
        )


# --- What takes two advisers ------------------------------------------------------------------------------------------
def _decision(act: SensitiveAct) -> Decision:
    return Decision(act.detail["granted"], str(act.detail["reference"]), str(act.detail["text"]))


def _shown(act: SensitiveAct) -> list[tuple[str, str]]:
    found = Dossier.objects.filter(reference=act.subject).first()
    decision = _decision(act)
    rows = [*place_rows(act), ("Dossier", grouped(act.subject))]
    if found is not None:
        rows += [("Demande", registry.label_of(found.kind)), ("Intitulé", found.title)]
        if found.amount is not None:
            rows.append(("Montant demandé", euros(found.amount)))
    if decision.granted is not None:
        rows.append(("Montant accordé", euros(decision.granted)))
    rows.append(("Qui décide", str(act.detail["decider"])))
    return rows + ([("Référence de la décision", decision.reference)] if decision.reference else [])


def _carry_out(who: AdviserStanding, act: SensitiveAct) -> None:
    with inside(who, act.subject):
        deciding.accept(hand=hand_of(who, second=True), reference=act.subject, decision=_decision(act))


def _undo(who: AdviserStanding, act: SensitiveAct) -> None:
    with inside(who, act.subject):
        deciding.discard(hand=hand_of(who), reference=act.subject)


four_eyes.register(
    four_eyes.ActKind(
        ACCEPT, "Accepter une demande d’un établissement", _shown, _carry_out, refused=_undo, withdrawn=_undo
    )
)
