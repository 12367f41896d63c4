"""The same delegation proposed to many establishments: chosen, described, then sent once.

Sending goes over `delegation.actions.propose`, so that each proposal keeps its own rules, its events and its letters; a
transaction per `PARVIS_BATCH_CHUNK` of them, so that no request is long. Who stops half way goes on where they were.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings

from parvis.access.actions.guards import actor_of
from parvis.access.delegation.actions import propose
from parvis.access.delegation.state import Side
from parvis.access.delegation.terms import ProposedTerms, checked_terms
from parvis.access.models import DelegationBatch
from parvis.access.organisation.clients import acting
from parvis.access.organisation.picked import Picked, picked_from_json
from parvis.access.organisation.queries.batches import (
    Verdict,
    judged,
    open_proposals,
    terms_from_json,
    terms_to_json,
)
from parvis.access.queries.people import active_administrators
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.pages.filters import number, plural
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.post.actions import queue

GONE = "Ces propositions groupées n’existent plus : recommencez depuis « Propositions »."
SENT_ALREADY = "Ces propositions sont déjà parties : suivez les réponses ci-dessous."


def _batch(ref: uuid.UUID) -> DelegationBatch:
    """The batch, locked until the end of the transaction: whoever presses twice comes second."""
    found = DelegationBatch.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    if found is None:
        raise Refused(GONE)
    return found


def _unsent(ref: uuid.UUID) -> DelegationBatch:
    found = _batch(ref)
    if found.confirmed_at is not None or found.proposed:
        raise Refused(SENT_ALREADY)
    return found


def _keep(batch: DelegationBatch, *fields: str) -> None:
    batch.updated_at = clock.now()
    batch.save(update_fields=[*fields, "updated_at"])


@action
def pick(*, who: Standing, ref: uuid.UUID | None, lines: Sequence[Picked]) -> DelegationBatch:
    """These lines are added to a batch, or begin one; what is ticked and there already is left out."""
    acting(who)
    now = clock.now()
    batch = (
        _unsent(ref)
        if ref
        else DelegationBatch(
            establishment_id=who.establishment_id, created_at=now, created_by=who.ref, updated_at=now, picked=[]
        )
    )
    held = {one.siret for one in picked_from_json(batch.picked)}
    added = [one.as_json() for one in lines if one.line or one.siret not in held]
    if len(batch.picked) + len(added) > settings.PARVIS_BATCH_LINES:
        raise Refused(
            f"{number(settings.PARVIS_BATCH_LINES)} lignes au plus en une fois : choisissez moins d’établissements."
        )
    batch.picked, batch.updated_at = [*batch.picked, *added], now
    batch.save()
    return batch


@action
def drop(*, who: Standing, ref: uuid.UUID, verdicts: Collection[Verdict] = (), sirets: Collection[str] = ()) -> int:
    """Lines leave the batch: those of these SIRET, or all that are judged so. Returns how many."""
    acting(who)
    batch = _unsent(ref)
    lines = judged(who, picked_from_json(batch.picked))
    kept = [line.picked.as_json() for line in lines if line.verdict not in verdicts and line.picked.siret not in sirets]
    gone = len(lines) - len(kept)
    batch.picked = kept
    _keep(batch, "picked")
    return gone


@action
def set_terms(*, who: Standing, ref: uuid.UUID, terms: ProposedTerms) -> None:
    """What is proposed to all of them. Raises Refused for what no proposal may say."""
    acting(who)
    batch = _unsent(ref)
    batch.terms = terms_to_json(checked_terms(terms, None))
    _keep(batch, "terms")


@action
def abandon(*, who: Standing, ref: uuid.UUID) -> None:
    """The batch is given up: nothing was proposed."""
    acting(who)
    _unsent(ref).delete()


@dataclass(frozen=True, slots=True)
class Sent:
    """What a confirmation did. `proposed`: to how many so far; `remaining`: to how many others it will, pressed again.

    `now`: just now, or already before.
    """

    proposed: int
    remaining: int
    now: bool


@action
def propose_batch(*, who: Standing, ref: uuid.UUID) -> Sent:
    """Propose to the establishments of the batch that may be proposed to, to each once however often one presses.

    `PARVIS_BATCH_CHUNK` of them at a time, those all or none. Lines that are not proposable on the day are left out.
    Raises Refused where the organisation would have more than `PARVIS_DELEGATION_OPEN` proposals open, where nothing is
    left to propose, or without terms.
    """
    acting(who)
    batch = _batch(ref)
    if batch.confirmed_at is not None:
        return Sent(batch.proposed, 0, now=False)
    terms = terms_from_json(batch.terms)
    if terms is None:
        raise Refused("Dites d’abord ce que vous proposez : services, dates et motif.")
    lines = judged(who, picked_from_json(batch.picked))
    wanted = [line for line in lines if line.verdict is Verdict.PROPOSABLE]
    if not wanted and not batch.proposed:
        raise Refused("Il n’y a personne à qui proposer : ajoutez des établissements.")
    _within_limit(who, len(wanted))
    chunk = wanted[: settings.PARVIS_BATCH_CHUNK]
    for line in chunk:
        propose(who=who, other_id=line.id, terms=terms, side=Side.ORGANISATION, own_letters=False)
    batch.proposed += len(chunk)
    if chunk:
        record("delegation.batch_proposed", actor=actor_of(who), object=batch.ref, after={"proposed": len(chunk)})
    if len(chunk) == len(wanted):
        batch.confirmed_at = clock.now()
        _tell_colleagues(who, batch)
    _keep(batch, "confirmed_at", "proposed")
    return Sent(batch.proposed, len(wanted) - len(chunk), now=True)


def _tell_colleagues(who: Standing, batch: DelegationBatch) -> None:
    for _, told in active_administrators([who.establishment_id]):
        if told != who.membership_id:
            detail = {"to": told, "by": str(who.ref)}
            queue("access.delegation_batch", object_id=batch.pk, establishment=who.establishment_id, detail=detail)


def _within_limit(who: Standing, wanted: int) -> None:
    most, waiting = settings.PARVIS_DELEGATION_OPEN, open_proposals(who)
    if waiting + wanted > most:
        room = max(0, most - waiting)
        raise Refused(
            f"Une organisation a au plus {number(most)} propositions sans réponse, et vous en avez "
            f"{number(waiting)} : {plural(room, 'proposition peut', 'propositions peuvent')} encore partir, vous en "
            f"demandez {number(wanted)}. Retirez des lignes, puis recommencez."
        )
