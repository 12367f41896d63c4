"""What of the Échéancier goes with the accounts to an establishment that takes another's place: reminders chosen.

Ticks stay where the duty was: each establishment owed its own payments, and the history keeps them. Private addresses
of calendars are of one establishment: their owners make another one.
"""

from collections.abc import Sequence
from typing import Any

from parvis.access.models import Membership
from parvis.access.succession.followers import Follower, register
from parvis.ground import tenancy
from parvis.journal.actions import Actor
from parvis.obligations.models import ReminderChoice


def _listed() -> list[str]:
    """Nothing to name: a choice is each person's own."""
    return []


def _taken() -> list[ReminderChoice]:
    rows = ReminderChoice.objects.select_for_update().filter(establishment_id=tenancy.current().establishment)
    taken = list(rows.order_by("pk"))
    rows.delete()
    return taken


def _given(rows: Sequence[Any], place: str, actor: Actor) -> int:
    """Those whose account has come too; who had a choice there already keeps it."""
    here = tenancy.current().establishment
    accounts = set(Membership.objects.filter(establishment_id=here).values_list("pk", flat=True))
    chosen = set(ReminderChoice.objects.filter(establishment_id=here).values_list("membership_id", flat=True))
    came = [one for one in rows if one.membership_id in accounts - chosen]
    for one in came:
        one.pk, one.establishment_id = None, here
    ReminderChoice.objects.bulk_create(came)
    return len(came)


register(Follower("reminders", "choix de rappels d’échéances", "choix de rappels d’échéances", _listed, _taken, _given))
