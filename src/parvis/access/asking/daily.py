"""What passes with time: requests that nobody answered are recalled, then lapse; services that open are announced.

Run by `parvis daily`, as the owner, over every establishment; by batches that are one transaction each, and each thing
once: a run that breaks goes on where it was.
"""

import datetime
import json
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from parvis.access import registry
from parvis.access.asking.openings import recent
from parvis.access.queries.people import active_administrators
from parvis.access.status import active_administrator_sql, values
from parvis.establishments.funds import ALL
from parvis.ground import clock
from parvis.journal.actions import SYSTEM, Change, record_changes
from parvis.post.actions import queue_each

BATCH = 500

_RECALL = """
UPDATE access_rightrequest SET recalled_at = %(now)s WHERE id IN (SELECT id FROM access_rightrequest
  WHERE outcome = '' AND asked_at < %(before)s AND recalled_at IS NULL AND establishment_id IN (
    SELECT DISTINCT establishment_id FROM access_rightrequest
    WHERE outcome = '' AND asked_at < %(before)s AND recalled_at IS NULL ORDER BY 1 LIMIT %(batch)s))
  AND outcome = '' AND recalled_at IS NULL RETURNING establishment_id
"""
_LAPSE = """
UPDATE access_rightrequest r SET outcome = 'lapsed', closed_at = %(now)s FROM access_membership m
WHERE m.id = r.membership_id AND r.outcome = '' AND r.id IN (SELECT id FROM access_rightrequest
  WHERE outcome = '' AND asked_at < %(before)s ORDER BY id LIMIT %(batch)s)
RETURNING r.establishment_id, r.id, m.ref, r.service, r.level
"""
# Establishments where one of the services is new, that nobody holds, and of which nobody was told. `s` is the registry.
_ANNOUNCE = f"""
WITH s AS (SELECT * FROM jsonb_to_recordset(%(services)s::jsonb) AS s (code text, funds jsonb, opens_on date)),
somewhere AS (SELECT e.id FROM establishments_establishment e
  WHERE e.id > %(after)s AND (%(anywhere)s OR EXISTS (SELECT FROM establishments_contract c
    WHERE c.establishment_id = e.id AND c.starts_on > %(since)s AND c.starts_on <= %(today)s))
    AND EXISTS (SELECT FROM access_membership m WHERE m.establishment_id = e.id AND {active_administrator_sql()})
  ORDER BY e.id LIMIT %(batch)s),
noted AS (INSERT INTO access_opening (establishment_id, service, told_at)
  SELECT e.id, s.code, %(now)s FROM somewhere e CROSS JOIN s
  CROSS JOIN LATERAL (SELECT min(c.starts_on) AS first,
      bool_or(c.starts_on <= %(today)s AND (c.ends_on IS NULL OR c.ends_on >= %(today)s)) AS held
    FROM establishments_contract c WHERE c.establishment_id = e.id AND s.funds ? c.fund) k
  WHERE (s.funds = '[]' OR k.held) AND greatest(s.opens_on, k.first) > %(since)s
    AND greatest(s.opens_on, k.first) <= %(today)s
    AND NOT EXISTS (SELECT FROM access_right r JOIN access_membership m ON m.id = r.membership_id
      WHERE r.establishment_id = e.id AND r.service = s.code AND m.deactivated_at IS NULL
        AND (r.ends_on IS NULL OR r.ends_on >= %(today)s) AND (m.ends_on IS NULL OR m.ends_on >= %(today)s))
  ON CONFLICT DO NOTHING RETURNING establishment_id)
SELECT coalesce((SELECT max(id) FROM somewhere), 0), (SELECT coalesce(json_agg(DISTINCT establishment_id), '[]')
  FROM noted)
"""


def recall_requests() -> int:
    """Recall, once, to who administers, what has waited for `PARVIS_REQUEST_RECALL`; returns how many requests."""
    count = 0
    while done := _recall(clock.now() - settings.PARVIS_REQUEST_RECALL):
        count += done
    return count


@transaction.atomic
def _recall(before: datetime.datetime) -> int:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_RECALL, {"now": now, "before": before, "batch": BATCH})
        where = [number for (number,) in cursor]
    told = active_administrators(sorted(set(where)))
    queue_each("access.requests_recalled", told, detail={"at": now.isoformat()})
    return len(where)


def lapse_requests() -> int:
    """Close what nobody answered for `PARVIS_REQUEST_VALIDITY`, and tell who asked; returns how many."""
    count = 0
    while done := _lapse(clock.now() - settings.PARVIS_REQUEST_VALIDITY):
        count += done
    return count


@transaction.atomic
def _lapse(before: datetime.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LAPSE, {"now": clock.now(), "before": before, "batch": BATCH})
        lapsed = cursor.fetchall()
    changes = [Change(ref, {}, {"service": code, "level": level}, where) for where, _, ref, code, level in lapsed]
    record_changes("request.lapsed", actor=SYSTEM, changes=changes)
    queue_each("access.request_lapsed", [(where, number) for where, number, *_ in lapsed])
    return len(lapsed)


@transaction.atomic
def announce_openings() -> int:
    """Tell who administers of the services that opened there; returns how many establishments were told."""
    count = after = 0
    while True:
        after, told = _announce(after)
        count += told
        if not after:
            return count


@transaction.atomic
def _announce(after: int) -> tuple[int, int]:
    now, today = clock.now(), clock.today()
    services: list[dict[str, Any]] = [
        {
            "code": service.code,
            "funds": sorted(service.funds),
            "opens_on": service.opens_on.isoformat() if service.opens_on else None,
        }
        for service in registry.catalogue(ALL)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _ANNOUNCE,
            {
                **values(),
                "services": json.dumps(services),
                "after": after,
                "anywhere": bool(recent()),
                "since": today - settings.PARVIS_OPENING_WINDOW,
                "now": now,
                "batch": BATCH,
            },
        )
        last, found = cursor.fetchone()
    where = json.loads(found) if isinstance(found, str) else found
    queue_each("access.opening", active_administrators(where), detail={"at": now.isoformat()})
    return last, len(where)
