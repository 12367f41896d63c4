"""What passes with time, by `parvis daily`: reminders, reviews whose last day is over, records whose time is over.

**Suspension** (`PARVIS_REVIEW_SUSPENDS`, off by default): of the lines that nobody decided, the rights that nobody has
used for `PARVIS_REVIEW_UNUSED_MONTHS` are set aside, whole; an administrator gives them back. Never those of the only
person who administers.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from parvis.access.models import Review
from parvis.access.queries.people import active_administrators
from parvis.access.review.actions import as_json
from parvis.access.review.uses import unused_limit, unused_sql
from parvis.access.status import active_administrator_sql, values
from parvis.ground import clock
from parvis.journal.actions import SYSTEM, Change, record_changes
from parvis.post.actions import queue_each

BATCH = 200

REMIND_SQL = """
UPDATE access_review SET reminded_days = %(stage)s
WHERE closed_at IS NULL AND due_on >= %(today)s AND due_on - %(today)s <= %(stage)s
  AND (reminded_days IS NULL OR reminded_days > %(stage)s)
RETURNING establishment_id
"""
OVER_SQL = """
SELECT id FROM access_review WHERE closed_at IS NULL AND due_on < %(today)s ORDER BY id LIMIT %(batch)s
FOR UPDATE SKIP LOCKED
"""
COUNT_SQL = """
SELECT v.id, v.establishment_id, v.ref, count(l.id),
  count(l.id) FILTER (WHERE NOT EXISTS (SELECT FROM access_reviewdecision d WHERE d.line_id = l.id))
FROM access_review v LEFT JOIN access_reviewline l ON l.review_id = v.id WHERE v.id = ANY(%(reviews)s) GROUP BY v.id
"""
SUSPEND_SQL = f"""
WITH gone AS (
  DELETE FROM access_right r USING access_membership m, access_reviewline l
  WHERE m.id = r.membership_id AND l.ref = m.ref AND l.establishment_id = m.establishment_id
    AND l.review_id = ANY(%(reviews)s) AND l.kind = 'account' AND m.deactivated_at IS NULL
    AND NOT EXISTS (SELECT FROM access_reviewdecision d WHERE d.line_id = l.id)
    AND {unused_sql("r")}
    AND NOT ({active_administrator_sql("m")} AND (SELECT count(*) FROM access_membership o
      WHERE o.establishment_id = m.establishment_id AND {active_administrator_sql("o")}) = 1)
  RETURNING r.establishment_id, r.membership_id, l.review_id, r.service, r.level, r.starts_on, r.ends_on, r.origin,
    m.ref)
, kept AS (
  INSERT INTO access_suspendedright (establishment_id, membership_id, review_id, service, level, starts_on, ends_on,
    origin, suspended_at)
  SELECT establishment_id, membership_id, review_id, service, level, starts_on, ends_on, origin, %(now)s FROM gone
  ON CONFLICT (membership_id, service) DO UPDATE SET level = excluded.level, starts_on = excluded.starts_on,
    ends_on = excluded.ends_on, origin = excluded.origin, review_id = excluded.review_id,
    suspended_at = excluded.suspended_at)
SELECT establishment_id, membership_id, ref, service, level, starts_on, ends_on FROM gone ORDER BY 1, 2, 4
"""


@transaction.atomic
def remind_of_reviews() -> int:
    """Remind the administrators of reviews whose last day comes near; returns how many reviews.

    A run missed for days sends the latest reminder alone.
    """
    where: list[int] = []
    for stage in sorted(settings.PARVIS_REVIEW_REMINDER_DAYS):
        with connection.cursor() as cursor:
            cursor.execute(REMIND_SQL, {"today": clock.today(), "stage": stage})
            where += [number for (number,) in cursor]
    queue_each("access.review_reminder", active_administrators(sorted(where)))
    return len(where)


def close_overdue_reviews() -> int:
    """Close the reviews whose last day has passed, unsigned, with what was decided so far; returns how many."""
    count = 0
    while done := _close():
        count += done
    return count


@transaction.atomic
def _close() -> int:
    now, rule = clock.now(), values()
    with connection.cursor() as cursor:
        cursor.execute(OVER_SQL, {**rule, "batch": BATCH})
        reviews = [number for (number,) in cursor]
        cursor.execute(COUNT_SQL, {"reviews": reviews})
        counted = cursor.fetchall()
    if not reviews:
        return 0
    suspended = _suspend(reviews, now) if settings.PARVIS_REVIEW_SUSPENDS else {}
    Review.objects.filter(pk__in=reviews).update(closed_at=now)
    record_changes(
        "review.lapsed",
        actor=SYSTEM,
        changes=[
            Change(ref, {}, {"lines": lines, "undecided": undecided, "suspended": suspended.get(where, 0)}, where)
            for _, where, ref, lines, undecided in counted
        ],
    )
    queue_each("access.review_lapsed", active_administrators(sorted(where for _, where, *_ in counted)))
    return len(reviews)


def _suspend(reviews: Sequence[int], now: datetime.datetime) -> dict[int, int]:
    """Set the unused, undecided rights aside; returns of how many people, by establishment."""
    rule = {**values(), "reviews": list(reviews), "now": now, "unused": unused_limit(clock.today())}
    with connection.cursor() as cursor:
        cursor.execute(SUSPEND_SQL, rule)
        rows = cursor.fetchall()
    taken: dict[tuple[int, int, uuid.UUID], dict[str, Any]] = {}
    for where, number, ref, service, *right in rows:
        taken.setdefault((where, number, ref), {})[service] = as_json(*right)
    record_changes(
        "rights.suspended",
        actor=SYSTEM,
        changes=[Change(ref, {"rights": old}, {"rights": {}}, where) for (where, _, ref), old in taken.items()],
    )
    queue_each("access.rights_suspended", [(where, number) for where, number, _ in taken])
    counts: dict[int, int] = {}
    for where, _, _ in taken:
        counts[where] = counts.get(where, 0) + 1
    return counts
