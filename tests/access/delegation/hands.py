"""What the tests of this folder share: the two sides, what is proposed, and the acts as requests run them."""

import datetime
from collections.abc import Callable
from typing import Any

from parvis.access.delegation.actions import accept, propose
from parvis.access.delegation.state import Side
from parvis.access.delegation.terms import ProposedTerms
from parvis.access.levels import Level
from parvis.access.models import Delegation
from parvis.access.standing import Standing, standing
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.world import Someone

DAY = datetime.timedelta(days=1)
GIVER, ORGANISATION = Side.ESTABLISHMENT, Side.ORGANISATION


def terms(**changes: Any) -> ProposedTerms:
    """A year from today: one service read, one changed."""
    today = clock.today()
    said: dict[str, Any] = {
        "services": {"contrats": Level.READ, "correspondants": Level.WRITE},
        "starts_on": today,
        "ends_on": today + 365 * DAY,
        "reason": "La commune n’a plus de gestionnaire.",
        "agreement": "Convention 2026-114",
        "letters": False,
    }
    return ProposedTerms(**{**said, **changes})


def acting(who: Someone, act: Callable[[Standing], Any]) -> Any:
    """`act` as a request of `who` would run it."""
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where):
        here = standing(who.person.pk, where)
        assert here is not None
        return act(here)


def proposed(who: Someone, to: Establishment, side: str = GIVER, **changes: Any) -> Delegation:
    """A proposal of `who`'s establishment to another."""
    return acting(who, lambda here: propose(who=here, other_id=to.pk, terms=terms(**changes), side=side))


def accepted(giver: Someone, organisation: Someone, **changes: Any) -> Delegation:
    """The giver proposed and the organisation accepted."""
    made = proposed(giver, organisation.membership.establishment, **changes)
    return acting(organisation, lambda here: accept(who=here, ref=made.ref))


def again(delegation: Delegation) -> Delegation:
    """The row as it is now."""
    with tenancy.scope(establishment=delegation.establishment_id):
        return Delegation.objects.get(pk=delegation.pk)


def events(where: Establishment) -> list[str]:
    """The kinds of the delegation events of an establishment, in order."""
    with tenancy.scope(establishment=where.pk):
        return list(Event.objects.filter(kind__startswith="delegation.").order_by("id").values_list("kind", flat=True))


def told(where: Establishment, kind: str) -> list[int]:
    """Whom a letter about a delegation was queued for."""
    with tenancy.scope(establishment=where.pk):
        rows = Message.objects.filter(kind=f"access.delegation_{kind}").order_by("id")
        return sorted(message.detail["to"] for message in rows)
