"""What `parvis daily` does about expiry: it notes the accounts that expired, and warns before others do. As the owner.

Both can be run again at once: what was noted or told is not again, for what a run did is kept with it, by batches of
establishments that are one transaction each. A run that breaks goes on where it was.
"""

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from django.db import connection, transaction

from parvis.access.expiry.stages import horizon, stage_due
from parvis.access.queries.people import active_administrators
from parvis.access.status import EXPIRES_SQL, active_administrator_sql, last_administrator_sql, values
from parvis.ground import clock
from parvis.journal.actions import SYSTEM, Change, record_changes
from parvis.post.actions import queue_each

# Establishments in one transaction.
BATCH = 200


class Soon(NamedTuple):
    """An account that expires soon, or has while nobody else administers, and the warnings that left about that day."""

    establishment: int
    membership: int
    expires_on: datetime.date
    since: datetime.date
    last: bool
    sent: list[str]


_ACTIVE = active_administrator_sql()
SOON_SQL = f"""
SELECT m.establishment_id, m.id, {EXPIRES_SQL},
  (greatest(m.created_at, m.renewed_at) AT TIME ZONE 'Europe/Paris')::date, {last_administrator_sql()},
  coalesce((SELECT array_agg(w.stage) FROM access_expirywarning w
    WHERE w.membership_id = m.id AND w.expires_on = {EXPIRES_SQL}), '{{}}')
FROM access_membership m
WHERE m.deactivated_at IS NULL AND {EXPIRES_SQL} <= %(until)s AND ({EXPIRES_SQL} >= %(today)s OR {_ACTIVE})
ORDER BY m.establishment_id, m.id
"""
NOTE_SQL = """
INSERT INTO access_expirywarning (establishment_id, membership_id, expires_on, stage, sent_at)
SELECT m.establishment_id, m.id, n.expires_on, n.stage, %(now)s
FROM unnest(%(memberships)s::bigint[], %(days)s::date[], %(stages)s::varchar[]) AS n (membership, expires_on, stage)
JOIN access_membership m ON m.id = n.membership FOR KEY SHARE OF m
ON CONFLICT DO NOTHING RETURNING establishment_id, membership_id
"""
EXPIRE_SQL = f"""
UPDATE access_membership m SET expired_at = %(now)s
WHERE m.establishment_id = ANY(%(establishments)s) AND m.expired_at IS NULL
  AND {EXPIRES_SQL} < %(today)s AND NOT {_ACTIVE}
RETURNING m.establishment_id, m.id, m.ref, {EXPIRES_SQL} = m.ends_on, m.deactivated_at IS NULL
"""
EXPIRED_SQL = f"""
SELECT DISTINCT m.establishment_id FROM access_membership m
WHERE m.expired_at IS NULL AND {EXPIRES_SQL} < %(today)s AND NOT {_ACTIVE} ORDER BY 1
"""


def _batches(numbers: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(numbers)
    while batch := list(islice(rest, BATCH)):
        yield batch


def expire_accounts() -> int:
    """Mark the accounts whose day has passed, each with its event, and tell their people; returns how many.

    The status needs no mark, it follows from the dates: the event in the history does, and is written once.
    """
    with connection.cursor() as cursor:
        cursor.execute(EXPIRED_SQL, values())
        concerned = [number for (number,) in cursor]
    return sum(_expire(batch) for batch in _batches(concerned))


@transaction.atomic
def _expire(establishments: list[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE_SQL, {"now": clock.now(), "establishments": establishments, **values()})
        done = cursor.fetchall()
    changes = [Change(ref, {}, {} if ended else {"unvisited": True}, where) for where, _, ref, ended, _ in done]
    record_changes("account.expired", actor=SYSTEM, changes=changes)
    queue_each("access.expired", [(where, number) for where, number, _, _, open in done if open])
    return len(done)


def warn_of_expiry() -> int:
    """Warn of the accounts that expire soon; returns how many accounts somebody was warned of.

    One e-mail to each person per establishment, and one to each active administrator about all the accounts of the day
    but their own.
    """
    today = clock.today()
    with connection.cursor() as cursor:
        cursor.execute(SOON_SQL, {**values(), "until": today + datetime.timedelta(days=horizon())})
        soon = [Soon._make(row) for row in cursor]
    due = [(one, stage_due(today, one.expires_on, since=one.since, last=one.last)) for one in soon]
    new = [(one, stage) for one, stage in due if stage and stage not in one.sent]
    places = [list(group) for _, group in groupby(new, key=lambda pair: pair[0].establishment)]
    return sum(
        _warn([pair for place in places[start : start + BATCH] for pair in place])
        for start in range(0, len(places), BATCH)
    )


@transaction.atomic
def _warn(new: list[tuple[Soon, str]]) -> int:
    now = clock.now()
    with connection.cursor() as cursor:
        # Two runs at once: the second waits for the first one's rows, and finds them there.
        cursor.execute(
            NOTE_SQL,
            {
                "now": now,
                "memberships": [one.membership for one, _ in new],
                "days": [one.expires_on for one, _ in new],
                "stages": [stage for _, stage in new],
            },
        )
        told = cursor.fetchall()
    # The moment names the warnings that leave together: the letters read from it which they are.
    detail = {"at": now.isoformat()}
    queue_each("access.expiry", told, detail=detail)
    concerned: dict[int, set[int]] = {}
    for establishment, membership in told:
        concerned.setdefault(establishment, set()).add(membership)
    queue_each(
        "access.expiry_administrators",
        [(where, who) for where, who in active_administrators(list(concerned)) if concerned[where] - {who}],
        detail=detail,
    )
    return len(told)
