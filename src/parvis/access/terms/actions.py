"""Accepting a version of the terms, for the establishment."""

from dataclasses import dataclass

from parvis.access.actions.guards import actor_of, locked
from parvis.access.models import TermsAcceptance
from parvis.access.standing import Standing, standing
from parvis.access.terms.queries import active_administrators
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.post.actions import queue

NOT_YOURS = "Seule une personne qui administre accepte les conditions générales : rien n’est accepté."
ANOTHER_TEXT = (
    "Le texte que vous avez lu n’est plus celui qui est à accepter : rien n’est accepté. Lisez la version ci-dessous."
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The acceptance that stands, and whether it was given just now or already by somebody."""

    acceptance: TermsAcceptance
    now: bool


@action
def accept(*, who: Standing, number: int, digest: str) -> Accepted:
    """The version that was read is accepted, once: whoever presses second gets the acceptance of the first.

    `number` and `digest` are those of the page: where a newer text appeared meanwhile nothing is accepted. The other
    administrators are told. Raises Refused.
    """
    locked(who.establishment_id)
    # What the wait for the lock may have changed: the person's profile, an acceptance by a colleague.
    here = standing(who.person_id, who.establishment_id)
    if here is None or not here.administers:
        raise Refused(NOT_YOURS)
    given = TermsAcceptance.objects.filter(establishment_id=who.establishment_id, version=number).first()
    if given is not None:
        return Accepted(given, now=False)
    asked = here.terms.asked
    if asked is None or (asked.number, asked.digest) != (number, digest):
        raise Refused(ANOTHER_TEXT)
    given = TermsAcceptance.objects.create(
        establishment_id=who.establishment_id,
        version=number,
        digest=digest,
        accepted_at=clock.now(),
        accepted_by=here.ref,
        name=here.name[:250],
    )
    record("terms.accepted", actor=actor_of(here), after={"version": number})
    for _, told in active_administrators([who.establishment_id]):
        if told != here.membership_id:
            where, detail = who.establishment_id, {"version": number}
            queue("access.terms_accepted", object_id=told, establishment=where, detail=detail)
    return Accepted(given, now=True)
