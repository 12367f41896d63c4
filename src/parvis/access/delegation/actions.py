"""Proposing, answering, narrowing and ending a delegation, from either side.

Locks: where a proposal is made, the organisation's count of open proposals; then the delegations of the pair, in the
giver's scope. So an acceptance and a withdrawal at the same moment come one after the other, and the second one reads
what the first one did.
"""

import datetime
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from parvis.access import registry
from parvis.access.delegation.document import Document
from parvis.access.delegation.guards import administering, not_with_oneself, take_place
from parvis.access.delegation.parties import Parties, employers, find, inside, parties_of, tell
from parvis.access.delegation.state import (
    OPEN_STATES,
    Side,
    State,
    other,
    overdue,
    standing_ones,
    state_of,
    unanswered,
)
from parvis.access.delegation.terms import ProposedTerms, brings_back, checked_terms
from parvis.access.levels import Level
from parvis.access.models import Delegation, DelegationDocument, DelegationService
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.adviser_line import ADVISER_LINE
from parvis.ground.identifiers.text import clean
from parvis.ground.tenancy import Refused, action

WORD_LIMIT = 500
GONE = "Cette délégation n’existe plus : revenez à la liste."
NO_SUCH = "Cet établissement n’est pas dans l’annuaire : cherchez-le de nouveau."
ONESELF = "Un établissement ne se donne pas de délégation à lui-même : choisissez-en un autre."
NOT_MARKED = (
    "{name} ne peut pas encore agir pour d’autres : un conseiller doit l’indiquer. Appelez le "
    f"{ADVISER_LINE.phone}, puis recommencez."
)
OPEN_ALREADY = (
    "Une proposition entre {giver} et {organisation} attend déjà une réponse : elle doit être acceptée, refusée ou "
    "retirée avant une autre."
)
WIDER = "Élargir ou prolonger une délégation est une nouvelle proposition : « Renouveler ou élargir »."
NOTHING_LEFT = "Aucun des services proposés n’est au catalogue de votre établissement : refusez la proposition."


def _word(text: str, missing: str) -> str:
    word = clean(text)
    if not word and missing:
        raise Refused(missing, field="word")
    if len(word) > WORD_LIMIT:
        raise Refused(f"{WORD_LIMIT} caractères au plus : raccourcissez ce texte.", field="word")
    return word


def levels_of(delegation: Delegation) -> dict[str, int]:
    """The services of a delegation and their levels, as the journal keeps them."""
    return dict(
        DelegationService.objects.filter(delegation=delegation).order_by("service").values_list("service", "level")
    )


def _said(delegation: Delegation) -> dict[str, object]:
    return {
        "services": levels_of(delegation),
        "starts_on": delegation.starts_on.isoformat(),
        "ends_on": delegation.ends_on.isoformat(),
        "letters": delegation.letters,
    }


# --- Proposing -------------------------------------------------------------------------------------------------------
@action
def propose(
    *,
    who: Standing,
    other_id: int,
    terms: ProposedTerms,
    side: str,
    document: Document | None = None,
    own_letters: bool = True,
) -> Delegation:
    """Propose a delegation to the establishment in front, whose administrators answer.

    `side`: on which side `who` stands, the giver's (`Side.ESTABLISHMENT`) or the organisation's. Where a delegation
    holds between the two already, this widens or renews it: it takes its place once it is accepted. `own_letters`: tell
    the colleagues of `who` too (not where many are proposed at once). Raises Refused.
    """
    administering(who)
    if other_id == who.establishment_id:
        raise Refused(ONESELF)
    found = employers([who.establishment_id, other_id])
    if other_id not in found:
        raise Refused(NO_SUCH)
    mine, theirs = found[who.establishment_id], found[other_id]
    given = side == Side.ESTABLISHMENT
    parties = Parties(mine, theirs, side) if given else Parties(theirs, mine, side)
    if not parties.organisation.acts:
        raise Refused(NOT_MARKED.format(name=parties.organisation.name))
    terms = checked_terms(terms, who.funds if given else None)
    take_place(parties)
    with inside(parties.giver.id, person=who.person_id):
        held = _of_pair(parties)
        _note_lapsed(parties.giver.id, parties.organisation.id)
        if any(state_of(one) is State.PROPOSED for one in held):
            raise Refused(OPEN_ALREADY.format(giver=parties.giver.name, organisation=parties.organisation.name))
        current = next((one for one in held if state_of(one) in (State.UPCOMING, State.IN_FORCE)), None)
        delegation = Delegation.objects.create(
            establishment_id=parties.giver.id,
            organisation_id=parties.organisation.id,
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
            reason=terms.reason,
            agreement=terms.agreement,
            letters=terms.letters,
            replaces=current,
            proposed_side=side,
            proposed_at=clock.now(),
            proposed_by=who.ref,
            proposed_name=who.name[:250],
        )
        DelegationService.objects.bulk_create(
            DelegationService(
                establishment_id=parties.giver.id,
                organisation_id=parties.organisation.id,
                delegation=delegation,
                service=code,
                level=level,
            )
            for code, level in terms.services.items()
        )
        if document is not None:
            _keep(delegation, document)
        said = _said(delegation)
    tell("proposed", delegation, parties, who=who, after=said, unwritten="" if own_letters else side)
    return delegation


def _of_pair(parties: Parties) -> list[Delegation]:
    """What waits or holds between the two, locked. In the giver's scope."""
    return list(
        Delegation.objects.select_for_update(of=("self",))
        .filter(establishment_id=parties.giver.id, organisation_id=parties.organisation.id)
        .filter(unanswered() | standing_ones())
        .order_by("id")
    )


def _note_lapsed(giver: int, organisation: int) -> None:
    """A proposal whose time is over makes room, and both sides are told, as by `parvis daily`."""
    rows = Delegation.objects.filter(establishment_id=giver, organisation_id=organisation)
    for late in overdue(rows):
        note_lapsed(late)


def note_lapsed(delegation: Delegation, *, unwritten: str = "") -> None:
    """Note on both sides that nobody answered in time. In the giver's scope, the row locked."""
    delegation.lapsed_at = clock.now()
    delegation.save(update_fields=["lapsed_at"])
    tell("lapsed", delegation, parties_of(delegation), unwritten=unwritten)


# --- Answering -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Held:
    """A delegation, locked, with what stands beside it between the same two."""

    delegation: Delegation
    parties: Parties
    beside: tuple[Delegation, ...]

    @property
    def state(self) -> State:
        return state_of(self.delegation)

    @property
    def own_proposals(self) -> list[Delegation]:
        """What the side of whoever acts proposed besides, and that waits for an answer."""
        side = self.parties.side
        return [one for one in self.beside if state_of(one) is State.PROPOSED and one.proposed_side == side]


@contextmanager
def _held(who: Standing, ref: uuid.UUID) -> Iterator[Held]:
    """The delegation of that reference, in the giver's scope, locked with those of the pair. Raises Refused."""
    administering(who)
    found = find(who, ref)
    if found is None:
        raise Refused(GONE)
    seen, side = found
    parties = parties_of(seen, side)
    with inside(seen.establishment_id, person=who.person_id):
        rows = list(
            Delegation.objects.select_for_update(of=("self",))
            .filter(establishment_id=seen.establishment_id, organisation_id=seen.organisation_id)
            .order_by("id")
        )
        mine = next((row for row in rows if row.ref == ref), None)
        if mine is None:
            raise Refused(GONE)
        yield Held(mine, parties, tuple(row for row in rows if row.ref != ref))


def _answering(held: Held, *, own: bool) -> None:
    """Still a proposal, and on the side whose turn it is. Raises Refused."""
    if held.state is not State.PROPOSED:
        raise Refused(f"Cette proposition n’attend plus de réponse : elle est {held.state.label.lower()}.")
    turn = held.delegation.proposed_side if own else other(held.delegation.proposed_side)
    if held.parties.side != turn:
        raise Refused(
            "Seul l’établissement qui a fait la proposition peut la retirer : refusez-la plutôt."
            if own
            else "Votre établissement a fait la proposition : c’est à l’autre de répondre."
        )


@action
def accept(*, who: Standing, ref: uuid.UUID) -> Delegation:
    """The other side accepts: the delegation holds from its first day, from today at the earliest.

    One that holds already gives way at once: the new one begins today. Never one's own proposal, made for the other
    side. Raises Refused.
    """
    with _held(who, ref) as held:
        _answering(held, own=False)
        delegation, parties = held.delegation, held.parties
        not_with_oneself(who, delegation, parties)
        if not parties.organisation.acts:
            raise Refused(NOT_MARKED.format(name=parties.organisation.name))
        if parties.side == Side.ESTABLISHMENT:
            _keep_offered(delegation, who)
        now, today = clock.now(), clock.today()
        for former in held.beside:
            if former.accepted_at and not former.replaced_at and not former.ended_at:
                if state_of(former) is State.IN_FORCE:
                    delegation.starts_on = today
                former.replaced_at = now
                former.save(update_fields=["replaced_at"])
        delegation.starts_on = max(delegation.starts_on, today)
        delegation.accepted_at, delegation.answered_by, delegation.answered_name = now, who.ref, who.name[:250]
        delegation.save(update_fields=["starts_on", "accepted_at", "answered_by", "answered_name"])
        said = _said(delegation)
    tell("accepted", delegation, parties, who=who, after=said)
    return delegation


def _keep_offered(delegation: Delegation, who: Standing) -> None:
    """What the establishment does not have falls away: it gives what it saw. Raises Refused where nothing is left."""
    offered = {service.code for service in registry.catalogue(who.funds)}
    rows = DelegationService.objects.filter(delegation=delegation)
    if not rows.filter(service__in=offered).exists():
        raise Refused(NOTHING_LEFT)
    rows.exclude(service__in=offered).delete()


@action
def refuse(*, who: Standing, ref: uuid.UUID, word: str = "") -> Delegation:
    """The other side refuses, with a word if it wants. Raises Refused."""
    return _close(who, ref, "refused", word)


@action
def withdraw(*, who: Standing, ref: uuid.UUID) -> Delegation:
    """The side that proposed takes its proposal back before an answer. Raises Refused."""
    return _close(who, ref, "withdrawn", "")


def _close(who: Standing, ref: uuid.UUID, how: str, word: str) -> Delegation:
    said = _word(word, missing="")
    with _held(who, ref) as held:
        _answering(held, own=how == "withdrawn")
        delegation, parties = held.delegation, held.parties
        _settle(delegation, how, who, said)
    tell(how, delegation, parties, who=who)
    return delegation


def _settle(delegation: Delegation, how: str, who: Standing, word: str = "") -> None:
    setattr(delegation, f"{how}_at", clock.now())
    delegation.answered_by, delegation.answered_name, delegation.word = who.ref, who.name[:250], word
    delegation.save(update_fields=[f"{how}_at", "answered_by", "answered_name", "word"])


# --- While it holds --------------------------------------------------------------------------------------------------
def _holding(held: Held) -> None:
    if held.state not in (State.UPCOMING, State.IN_FORCE):
        raise Refused(f"Cette délégation est {held.state.label.lower()} : il n’y a plus rien à changer.")


@action
def end(*, who: Standing, ref: uuid.UUID, reason: str) -> Delegation:
    """Either side ends it at once, and says why. From the delegates' next request on. Raises Refused.

    What the same side proposed to renew or widen it is withdrawn: the other one must not bring it back by accepting.
    """
    with _held(who, ref) as held:
        _holding(held)
        word = _word(reason, missing="Dites pourquoi la délégation prend fin : l’autre établissement le lira.")
        delegation, parties = held.delegation, held.parties
        delegation.ended_at, delegation.ended_side = clock.now(), parties.side
        delegation.ended_by, delegation.ended_name, delegation.word = who.ref, who.name[:250], word
        delegation.save(update_fields=["ended_at", "ended_side", "ended_by", "ended_name", "word"])
        own = held.own_proposals
        for one in own:
            _settle(one, "withdrawn", who)
    for kind, row in [("ended", delegation), *(("withdrawn", one) for one in own)]:
        tell(kind, row, parties, who=who)
    return delegation


@action
def narrow(
    *, who: Standing, ref: uuid.UUID, services: Mapping[str, Level], ends_on: datetime.date, letters: bool
) -> Delegation:
    """The giver takes back a part at once, alone: services, levels, days, letters. Nothing may become wider.

    `services`: all that stays, with its level. The giver's own proposal that would bring back what is taken is
    withdrawn, as by `end`. Raises Refused; for what would be wider a proposal is made instead.
    """
    with _held(who, ref) as held:
        _holding(held)
        delegation, parties = held.delegation, held.parties
        if parties.side != Side.ESTABLISHMENT:
            raise Refused("Seul l’établissement qui donne la délégation peut la réduire : vous pouvez y mettre fin.")
        before, had = _said(delegation), levels_of(delegation)
        left = {code: level for code, level in services.items() if level > Level.NONE}
        if not left:
            raise Refused("Il ne resterait aucun service : mettez plutôt fin à la délégation.", field="services")
        if any(level > had.get(code, 0) for code, level in left.items()) or (letters and not delegation.letters):
            raise Refused(WIDER, field="services")
        if ends_on > delegation.ends_on:
            raise Refused(WIDER, field="ends_on")
        if ends_on < max(clock.today(), delegation.starts_on):
            raise Refused(
                "Cette fin est passée, ou précède le début : pour arrêter aujourd’hui, mettez fin à la délégation.",
                field="ends_on",
            )
        rows = DelegationService.objects.filter(delegation=delegation)
        rows.exclude(service__in=left).delete()
        for code, level in left.items():
            if had[code] != level:
                rows.filter(service=code).update(level=level)
        if ends_on != delegation.ends_on:
            # The warnings before the end are counted anew.
            delegation.warned_days = None
        delegation.ends_on, delegation.letters = ends_on, letters
        delegation.save(update_fields=["ends_on", "letters", "warned_days"])
        after = _said(delegation)
        back = [one for one in held.own_proposals if brings_back(_said(one), before, after)]
        for one in back:
            _settle(one, "withdrawn", who)
    if before != after:
        tell("narrowed", delegation, parties, who=who, before=before, after=after)
    for one in back:
        tell("withdrawn", one, parties, who=who)
    return delegation


# --- The agreement ---------------------------------------------------------------------------------------------------
@action
def attach(*, who: Standing, ref: uuid.UUID, document: Document) -> Delegation:
    """Either side adds the signed agreement where there is none; only who proposed, before the answer.

    Nobody changes what the other side may have read: a wrong one is a proposal to withdraw. Raises Refused.
    """
    with _held(who, ref) as held:
        delegation, parties = held.delegation, held.parties
        if held.state not in OPEN_STATES:
            raise Refused(f"Cette délégation est {held.state.label.lower()} : rien ne s’y ajoute plus.")
        own_proposal = held.state is State.PROPOSED and parties.side == delegation.proposed_side
        if DelegationDocument.objects.filter(delegation=delegation).exists():
            raise Refused("La convention est déjà jointe : elle ne se remplace pas.")
        if held.state is State.PROPOSED and not own_proposal:
            raise Refused("Répondez d’abord à la proposition : la convention se joint ensuite.")
        _keep(delegation, document)
    tell("agreement_added", delegation, parties, who=who)
    return delegation


def _keep(delegation: Delegation, document: Document) -> None:
    DelegationDocument.objects.update_or_create(
        delegation=delegation,
        defaults={
            "establishment_id": delegation.establishment_id,
            "organisation_id": delegation.organisation_id,
            "name": document.name,
            "content": document.content,
        },
    )
