"""Closing anomalies by what the tables say, many in one statement; their declarations follow."""

import datetime
from collections.abc import Iterable
from typing import Any

from parvis.ground import clock
from parvis.ground.database.prepared import prepared
from parvis.journal.actions import SYSTEM, Actor
from parvis.services.declarations.actions.checking import after
from parvis.services.declarations.models import Anomaly, Declaration

# Pieces of a statement on anomalies `a` of an establishment.
WAITS = "a.establishment_id = %(place)s AND a.state IN ('open', 'payroll')"
SETTLED = "SET state = %(state)s, settled_at = %(now)s"
WHICH = "RETURNING a.declaration_id, a.individual_id"
# Somebody who was absent had left, which has been declared since.
GONE_SQL = f"""UPDATE service_declarations_anomaly a {SETTLED}
WHERE {WAITS} AND a.month <= %(until)s AND a.code = 'AbsPer01'
  AND NOT EXISTS (SELECT FROM agents_affiliation f WHERE f.agent_id = a.agent_id
    AND (f.left_on IS NULL OR f.left_on >= a.month))
{WHICH}"""


def closed_by(sql: str, rule: dict[str, Any], state: Anomaly.State) -> list[tuple[int, int | None]]:
    """Run one of these statements; the declaration and the individual (ids) of each anomaly that it closed."""
    with prepared() as cursor:
        cursor.execute(sql, {**rule, "state": str(state)})
        return list(cursor.fetchall())


def follow(declarations: Iterable[int], *, actor: Actor = SYSTEM, quiet: bool = False) -> None:
    """The states of these declarations follow their anomalies."""
    for one in Declaration.objects.filter(pk__in=set(declarations)).order_by("pk"):
        after(one, actor=actor, quiet=quiet)


def close_who_left(establishment: int, until: datetime.date, *, actor: Actor) -> int:
    """Who was said to be absent, until this month included, and had left; how many."""
    rule = {"place": establishment, "until": until, "now": clock.now()}
    closed = closed_by(GONE_SQL, rule, Anomaly.State.CORRECTED)
    follow({declaration for declaration, _ in closed}, actor=actor)
    return len(closed)
