"""A request from its first page on: begun, answered step by step, with its documents, given up."""

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.access.actions.guards import locked
from parvis.access.standing import Mandate, Standing
from parvis.dossiers import registry
from parvis.dossiers.actions.moving import (
    Stale,
    happened,
    in_charge,
    line_for,
    mine,
    move,
    name_of,
    note,
    written_by,
)
from parvis.dossiers.circuits import circuit_of
from parvis.dossiers.models import Document, Dossier, Entry, State
from parvis.dossiers.references import draw, grouped
from parvis.dossiers.registry import Kind, Step
from parvis.dossiers.rights import Hand, begun_by, delegate_hand, may_begin, writes
from parvis.dossiers.sealed import seal_answers, unseal_answers
from parvis.dossiers.steps import Held, held
from parvis.dossiers.transitions import Gesture, Need, Side
from parvis.exchanges.sealed import without_nirs
from parvis.ground import clock, files
from parvis.ground.identifiers.text import search_key
from parvis.ground.pages.filters import plural
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, remember_name

PURPOSE = "dossier"
NO_KIND = "Cette sorte de demande n’est pas proposée à l’établissement."


def kept_files() -> set[str]:
    """The keys of all documents, for the sweep of files that no row knows (`ground.files`); as the owner."""
    return set(Document.objects.values_list("key", flat=True))


@action
def begin(*, who: Standing, kind: str, token: uuid.UUID) -> Dossier:
    """Begin a request; the same `token` is the same one here. Somebody of an organisation begins it in their hands.

    Raises Refused without the right, or with too many drafts of one's own.
    """
    declared = registry.get(kind)
    if declared is None or not may_begin(who, declared):
        writes(who)
        raise Refused(NO_KIND)
    # Of two at the same moment the second waits, and finds what the first one began.
    locked(who.establishment_id)
    # A page that is opened for one establishment and sent for another begins a request in each.
    token = uuid.uuid5(token, str(who.establishment_id))
    there = Dossier.objects.filter(opened_by=token).first()
    if there is not None:
        return there
    open_ones = Dossier.objects.filter(person_id=who.person_id, sent_at=None, closed_at=None).count()
    if open_ones >= settings.PARVIS_DOSSIER_DRAFTS:
        raise Refused(
            f"Vous avez déjà {plural(open_ones, 'demande commencée', 'demandes commencées')} : transmettez ou "
            "abandonnez l’une d’elles d’abord."
        )
    mandate = begun_by(who, declared)
    hand = (
        delegate_hand(who, mandate)
        if mandate is not None
        else Hand(Side.EMPLOYER, who, Actor(ref=who.ref, person_id=who.person_id), who.name)
    )
    return _opened(who.establishment_id, declared, hand, mandate, token)


def _opened(where: int, kind: Kind, hand: Hand, mandate: Mandate | None, token: uuid.UUID) -> Dossier:
    now = clock.now()
    reference = new_reference()
    dossier = Dossier(
        reference=reference,
        opened_by=token,
        kind=kind.code,
        service=kind.service,
        establishment_id=where,
        title=kind.label,
        person_id=hand.person_id,
        author=hand.ref,
        author_name=hand.name,
        begun_at=now,
        moved_at=now,
        search=key_of(reference, kind.label),
    )
    if mandate is not None:
        dossier.state = State.CENTRALISER
        dossier.organisation_id, dossier.organisation_name = mandate.organisation_id, mandate.organisation
        dossier.circuit, dossier.delegated_at = circuit_of(mandate.organisation_id), now
    in_charge(dossier, hand)
    dossier.save()
    note(dossier, Gesture.BEGUN, hand.side, ours=True, **written_by(hand))
    remember_name(dossier.ref, name_of(dossier))
    happened("dossier.begun", hand.actor, dossier, "")
    return dossier


def new_reference() -> str:
    """One that no dossier of the establishment in scope has; the database holds that no other has it either."""
    reference = draw()
    while Dossier.objects.filter(reference=reference).exists():
        reference = draw()
    return reference


def key_of(reference: str, *texts: str) -> str:
    """What is searched of a dossier: reference, kind and title, without any NIR."""
    return search_key(" ".join([reference, grouped(reference), *(without_nirs(one) for one in texts)]))


@action
def write(*, who: Standing, reference: str, step: str, answers: dict[str, Any], version: int) -> Dossier:
    """Keep what a step answers. Raises Stale where the dossier was written in since `version`.

    The answers are those of a valid form of the step. The same again changes nothing.
    """
    dossier, hand = mine(who, reference)
    line = line_for(Gesture.WRITE, hand.side, dossier)
    _unsent(dossier, line.needs)
    whole = held(dossier, funds=who.funds, who=who)
    chosen = _step(whole, step)
    before = unseal_answers(dossier.content)
    if before.get(chosen.code) == answers:
        return dossier
    in_charge(dossier, hand)
    if dossier.version != version:
        raise Stale(dossier.version, _last_hand(dossier))
    _told(dossier, whole, {**before, chosen.code: answers})
    move(dossier, State(dossier.state))
    return dossier


def _told(dossier: Dossier, whole: Held | None, answers: dict[str, Any]) -> None:
    assert whole is not None
    kind = whole.kind
    dossier.content = seal_answers(answers)
    dossier.title = (kind.title(answers) or kind.label)[:200]
    dossier.fund, dossier.amount = kind.fund(answers), kind.amount(answers)
    dossier.search = key_of(dossier.reference, kind.label, dossier.title)


def _unsent(dossier: Dossier, needs: frozenset[Need]) -> None:
    if Need.UNSENT in needs and dossier.sent_at is not None:
        raise Refused("Le fonds a déjà reçu ce dossier : ce qui y est écrit ne change plus.")


def _step(whole: Held | None, code: str) -> Step:
    if whole is None:
        raise Refused(NO_KIND)
    found = next((one for one in whole.steps if one.code == code), None)
    if found is None:
        raise Refused("Cette étape n’est pas demandée pour ce dossier.")
    return found


def _last_hand(dossier: Dossier) -> str:
    return dossier.worked_by_name if dossier.organisation_id is not None else dossier.taken_by_name


@action
def join(*, who: Standing, reference: str, piece: str, document: files.Clean) -> Document:
    """Join a file, as one of the documents asked for, or as another (""). The version before is kept.

    The same file again for the same is that one. Raises Refused beyond `PARVIS_DOSSIER_FILES`.
    """
    dossier, hand = mine(who, reference)
    line_for(Gesture.JOIN, hand.side, dossier)
    whole = held(dossier, funds=who.funds, who=who)
    slot = next((one for one in (whole.slots if whole else []) if one.piece.code == piece), None)
    if piece and slot is None:
        raise Refused("Cette pièce n’est pas demandée pour ce dossier.", field="file")
    digest = hashlib.sha256(document.content).hexdigest()
    there = list(Document.objects.filter(dossier=dossier))
    same = [one for one in there if (one.sha256, one.piece, one.replaced_at) == (digest, piece, None)]
    if same and not (slot is not None and slot.asked and same[0].sent_at is not None):
        return same[0]
    if len(there) >= settings.PARVIS_DOSSIER_FILES:
        raise Refused(f"Un dossier tient {settings.PARVIS_DOSSIER_FILES} fichiers au plus.", field="file")
    in_charge(dossier, hand)
    now = clock.now()
    if piece:
        Document.objects.filter(dossier=dossier, piece=piece, replaced_at=None).update(replaced_at=now)
    made = Document.objects.create(
        establishment_id=dossier.establishment_id,
        dossier=dossier,
        piece=piece,
        label=(slot.piece.label if slot else "Autre document")[:120],
        name=document.name[:120],
        kind=document.kind,
        size=len(document.content),
        sha256=digest,
        key=files.keep(document.content, PURPOSE),
        person_id=hand.person_id,
        signed=hand.name,
        added_at=now,
    )
    move(dossier, State(dossier.state))
    happened("dossier.joined", hand.actor, dossier, dossier.state, piece=made.label)
    return made


@action
def take_away(*, who: Standing, reference: str, number: int) -> None:
    """Take a file away that the fund has not received; one that is not there is no fault."""
    dossier, hand = mine(who, reference)
    line_for(Gesture.JOIN, hand.side, dossier)
    found = Document.objects.filter(dossier=dossier, pk=number).first()
    if found is None:
        return
    if found.sent_at is not None:
        raise Refused("Le fonds a reçu ce document : joignez-en une nouvelle version, celle-ci est gardée.")
    in_charge(dossier, hand)
    files.erase(found.key)
    found.delete()
    if found.piece and found.replaced_at is None:
        # The one before counts again.
        before = Document.objects.filter(dossier=dossier, piece=found.piece).order_by("-id").first()
        if before is not None:
            before.replaced_at = None
            before.save(update_fields=["replaced_at"])
    move(dossier, State(dossier.state))
    happened("dossier.taken_away", hand.actor, dossier, dossier.state, piece=found.label)


@action
def give_up(*, who: Standing, reference: str) -> None:
    """Erase a draft with its files; the history says that it was there."""
    dossier, hand = mine(who, reference)
    line = line_for(Gesture.GIVE_UP, hand.side, dossier)
    _unsent(dossier, line.needs)
    in_charge(dossier, hand)
    for one in dossier.documents.all():
        files.erase(one.key)
    happened("dossier.given_up", hand.actor, dossier, dossier.state)
    Entry.objects.filter(dossier=dossier).delete()
    dossier.documents.all().delete()
    with connection.cursor() as cursor:
        # The fund never had it: nothing of what only a fund writes hangs on it.
        cursor.execute("DELETE FROM dossiers_dossier WHERE id = %s", [dossier.pk])


@action
def push(*, establishment: int, kind: str, answers: dict[str, Any], actor: Actor, key: uuid.UUID) -> Dossier:
    """A request that begins elsewhere (an agent's, a survivor's), for the employer to complete; once per `key`.

    In the establishment's scope. Raises Refused for a kind that nobody declares.
    """
    declared = registry.get(kind)
    if declared is None:
        raise Refused(NO_KIND)
    locked(establishment)
    there = Dossier.objects.filter(opened_by=key).first()
    if there is not None:
        return there
    now, reference = clock.now(), new_reference()
    dossier = Dossier.objects.create(
        reference=reference,
        opened_by=key,
        kind=kind,
        service=declared.service,
        establishment_id=establishment,
        fund=declared.fund(answers),
        title=declared.title(answers)[:200],
        amount=declared.amount(answers),
        content=seal_answers(answers),
        state=State.EMPLOYER,
        author=actor.ref or key,
        author_name="Transmis par Parvis",
        begun_at=now,
        moved_at=now,
        search=key_of(reference, declared.label, declared.title(answers)),
    )
    note(dossier, Gesture.PUSHED, Entry.Side.PLATFORM, ours=True)
    remember_name(dossier.ref, name_of(dossier))
    happened("dossier.pushed", actor, dossier, "")
    return dossier
