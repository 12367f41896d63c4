"""Who of the organisation works where: in its own scope, with the accounts' names."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from parvis.access.levels import Level
from parvis.access.organisation.clients import as_portfolio
from parvis.access.standing import Standing
from parvis.access.status import LATEST_CTE, OPEN, STATUS_SQL, Status, values


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody works for a client by one path: one by one (`portfolio` empty), or by the portfolio of that name."""

    account_id: int
    name: str
    function: str
    status: Status
    level: Level
    portfolio: str
    portfolio_ref: uuid.UUID | None
    since: datetime.datetime
    by: str

    @property
    def works(self) -> bool:
        """Whether the account opens: whoever is deactivated or has expired keeps the work, and does none."""
        return self.status in OPEN


WORKERS_SQL = f"""
WITH {LATEST_CTE}, work AS (
  SELECT a.client_id, a.membership_id, a.level, '' AS name, NULL::uuid AS ref, a.granted_at, a.granted_by
  FROM access_assignment a WHERE a.establishment_id = %(establishment)s AND a.client_id = ANY(%(clients)s)
  UNION ALL
  SELECT pc.client_id, pm.membership_id, pm.level, f.name, f.ref, pm.granted_at, pm.granted_by
  FROM access_portfolioclient pc JOIN access_portfolio f ON f.id = pc.portfolio_id
  JOIN access_portfoliomember pm ON pm.portfolio_id = pc.portfolio_id
  WHERE pc.establishment_id = %(establishment)s AND pc.client_id = ANY(%(clients)s))
SELECT w.client_id, m.id, m.first_name || ' ' || m.last_name, m.function, ({STATUS_SQL}), w.level, w.name, w.ref,
  w.granted_at, coalesce((SELECT b.first_name || ' ' || b.last_name FROM access_membership b WHERE b.ref = w.granted_by
    AND b.establishment_id = m.establishment_id), '')
FROM work w JOIN access_membership m ON m.id = w.membership_id ORDER BY m.sort_key, m.id, w.name
"""


def workers(who: Standing, clients: Sequence[int]) -> dict[int, list[Worker]]:
    """Who works for each of these clients, path by path, by name. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(WORKERS_SQL, {**values(), "establishment": who.establishment_id, "clients": list(clients)})
        found: dict[int, list[Worker]] = {}
        for client, account, name, function, status, level, portfolio, ref, since, by in cursor:
            found.setdefault(client, []).append(
                Worker(account, name, function, Status.of(status), Level(level), portfolio, ref, since, by)
            )
        return found


def last_visits(who: Standing, client: int) -> dict[int, datetime.datetime]:
    """When each of the organisation's people last worked for a client, by account."""
    with as_portfolio(who), connection.cursor() as cursor:
        cursor.execute(
            "SELECT member, last_at FROM access_delegatevisit WHERE organisation_id = %s AND establishment_id = %s",
            [who.establishment_id, client],
        )
        seen = dict(cursor.fetchall())
    with connection.cursor() as cursor:
        cursor.execute("SELECT ref, id FROM access_membership WHERE ref = ANY(%s)", [list(seen)])
        return {account: seen[ref] for ref, account in cursor}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the organisation to whom work may be given."""

    id: int
    name: str
    function: str

    @property
    def said(self) -> str:
        return f"{self.name}, {self.function}" if self.function else self.name


def colleagues(who: Standing) -> list[Colleague]:
    """Everybody whose account is open or will be, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH {LATEST_CTE} SELECT m.id, m.first_name || ' ' || m.last_name, m.function FROM access_membership m
            WHERE m.establishment_id = %(establishment)s AND ({STATUS_SQL}) NOT IN ('desactive', 'expire')
            ORDER BY m.sort_key, m.id""",
            {**values(), "establishment": who.establishment_id},
        )
        return [Colleague(*row) for row in cursor]
