"""« Relancer »: the establishments that did not answer are reminded by e-mail, once a week at most.

`PARVIS_BATCH_CHUNK` of them at a time, so that no request is long; who was recalled is left out of the next one.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from parvis.access.actions.guards import actor_of
from parvis.access.delegation.parties import inside, tell_administrators
from parvis.access.delegation.state import State, state_of
from parvis.access.models import Delegation
from parvis.access.organisation.clients import acting
from parvis.access.organisation.queries.following import remindable
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name

NOTHING = (
    "Personne à relancer : chaque proposition a une réponse, ou fait l’objet d’un courriel de moins de {days} jours."
)


@dataclass(frozen=True, slots=True)
class Recalled:
    """How many were recalled, and how many others will be, pressed again."""

    count: int
    remaining: int


@action
def remind(*, who: Standing, refs: Sequence[uuid.UUID] | None = None) -> Recalled:
    """Recall these proposals (None: all) to the establishments' administrators, a chunk at a time.

    Left out, without a word: what was answered meanwhile, and what was proposed or recalled within
    `PARVIS_DELEGATION_REMINDER`. Raises Refused where nothing is left.
    """
    acting(who)
    found = remindable(who, refs)
    chunk = found[: settings.PARVIS_BATCH_CHUNK]
    count = sum(_recalled(who, where, ref) for where, ref in chunk)
    if not count:
        raise Refused(NOTHING.format(days=settings.PARVIS_DELEGATION_REMINDER.days))
    record("delegation.batch_reminded", actor=actor_of(who), after={"reminded": count})
    return Recalled(count, len(found) - len(chunk))


def _recalled(who: Standing, establishment: int, ref: uuid.UUID) -> bool:
    """One proposal, in its establishment's scope, looked at again under its lock."""
    now = clock.now()
    with inside(establishment, person=who.person_id):
        found = Delegation.objects.select_for_update(of=("self",)).filter(ref=ref).first()
        if found is None or state_of(found) is not State.PROPOSED:
            return False
        if found.reminded_at and found.reminded_at > now - settings.PARVIS_DELEGATION_REMINDER:
            return False
        found.reminded_at = now
        found.save(update_fields=["reminded_at"])
        # Known there under their name and whom they belong to, as who proposed is.
        remember_name(who.ref, f"{who.name} ({who.establishment_name})")
        record("delegation.reminded", actor=actor_of(who), object=found.ref)
        tell_administrators("reminded", establishment, found.pk)
    return True
