"""Seeing to a change: taking over what Sirene says, marking it as seen to, or setting it aside with a reason."""

import uuid

from django.db import connection

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import within
from parvis.establishments.models import SireneChange
from parvis.ground import clock
from parvis.ground.identifiers.text import sort_key
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record

Kind, State = SireneChange.Kind, SireneChange.State
_EVENTS = {Kind.NAME: "establishment.renamed", Kind.ADDRESS: "establishment.moved"}


def _waiting(ref: uuid.UUID) -> SireneChange:
    found = SireneChange.objects.select_for_update(of=("self",)).select_related("establishment").filter(ref=ref).first()
    if found is None:
        raise Refused("Ce changement n’existe pas, ou ne concerne pas vos fonds.")
    if found.state != State.WAITING:
        raise Refused(f"Ce changement n’est plus à traiter : {found.get_state_display().lower()}.")
    return found


def _decided(who: AdviserStanding, found: SireneChange, state: SireneChange.State, note: str) -> SireneChange:
    found.state, found.decided_at, found.decided_by, found.note = state, clock.now(), who.ref, note.strip()[:500]
    found.save(update_fields=["state", "decided_at", "decided_by", "note"])
    return found


@action
def see_to(*, who: AdviserStanding, ref: uuid.UUID, shown: str) -> SireneChange:
    """Take the name or the address over, or note that the rest is seen to. Raises Refused.

    `shown`: what the page said would be taken over; a later month may have changed it meanwhile.
    """
    found = _waiting(ref)
    if shown != found.after:
        raise Refused("Sirene dit autre chose depuis que cette page est ouverte : relisez avant de décider.")
    if found.kind in _EVENTS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT establishments_take_over(%s, %s)", [found.ref, sort_key(found.after)])
            if cursor.fetchone()[0] is None:
                raise Refused("Cet établissement n’a plus de contrat avec l’un de vos fonds.")
        with within(who, found.establishment_id):
            record(
                _EVENTS[Kind(found.kind)],
                actor=who.actor,
                before={"was": found.before},
                after={"is": found.after},
            )
    return _decided(who, found, State.DONE, "")


@action
def set_aside(*, who: AdviserStanding, ref: uuid.UUID, note: str) -> SireneChange:
    """Leave things as they are, and say why; the same change is not proposed again. Raises Refused."""
    if not note.strip():
        raise Refused("Dites pourquoi vous mettez ce changement de côté : vos collègues le liront.", field="note")
    return _decided(who, _waiting(ref), State.ASIDE, note)
