"""Another employer affiliates an agent: who had them is told, in its own scope, and by nobody's name.

The one learns that an agent of its own is affiliated elsewhere, and since when, never by whom. The other learns
nothing.
"""

from collections.abc import Sequence

from django.db import connection

from parvis.access.levels import Level
from parvis.agents.models import Affiliation
from parvis.ground import tenancy
from parvis.journal.actions import SYSTEM, Change, record_changes, remember_names
from parvis.notices.actions import notify

CLAIMED = "agent_claimed"


def claim(mine: Sequence[int]) -> None:
    """Mark other employers' affiliations of the same agents, who have left them by these; tell each of them, once.

    In the scope of who affiliates, within its act.
    """
    by_place: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, affiliation FROM agents_claimed(%s)", [list(mine)])
        for place, affiliation in cursor.fetchall():
            by_place.setdefault(place, []).append(affiliation)
    for place, theirs in by_place.items():
        with tenancy.scope(establishment=place):
            _tell(place, theirs)


def _tell(place: int, theirs: Sequence[int]) -> None:
    rows = list(Affiliation.objects.filter(pk__in=theirs).select_related("agent").order_by("pk"))
    changes = [
        Change(one.agent.ref, {}, {"scheme": one.scheme, "on": one.claimed_on.isoformat()})
        for one in rows
        if one.claimed_on is not None
    ]
    record_changes("agent.claimed", actor=SYSTEM, changes=changes)
    remember_names({one.agent.ref: one.agent.name for one in rows})
    notify(
        CLAIMED,
        establishment=place,
        object_id=theirs[0],
        service="agents",
        level=Level.WRITE,
        detail={"count": len({one.agent_id for one in rows})},
    )
