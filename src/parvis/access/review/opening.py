"""When a review opens: every so many months, and when somebody who administered has left. Run by `parvis daily`.

**The rule.** The next regular review of an establishment is due `PARVIS_REVIEW_MONTHS` after the last one was opened
(`PARVIS_REVIEW_MONTHS_SMALL` below `PARVIS_REVIEW_SMALL` accounts), or after its first account was confirmed. On one
day at most `PARVIS_REVIEW_DAILY` of them open, those that wait longest first: 36 000 establishments spread by
themselves. Where somebody who administered was deleted, deactivated or demoted, or expired, and no review is open, one
opens with the next run, whatever the date: the journal says it, on whichever path they left. Nothing opens where no
account is both confirmed and open.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from parvis.access.models import Review
from parvis.access.queries.people import active_administrators
from parvis.access.status import active_administrator_sql, expires_sql, values
from parvis.ground import clock
from parvis.journal.actions import record_each
from parvis.post.actions import queue_each

BATCH = 200
Cause = Review.Cause

# Account m opens something, or will: there is something to look at.
HOLDS_SQL = f"""m.deactivated_at IS NULL
  AND ({expires_sql()} >= %(today)s OR {active_administrator_sql()})"""
_NONE_OPEN = """NOT EXISTS (SELECT FROM access_review o WHERE o.establishment_id = e.id AND o.closed_at IS NULL)"""
_CONFIRMED = f"""EXISTS (SELECT FROM access_membership m WHERE m.establishment_id = e.id
  AND m.confirmed_at IS NOT NULL AND {HOLDS_SQL})"""

# The first day of the next regular review of establishment e; NULL where nobody ever confirmed an account.
NEXT_SQL = f"""((coalesce(
    (SELECT max(v.opened_at) FROM access_review v WHERE v.establishment_id = e.id),
    (SELECT min(c.confirmed_at) FROM access_membership c WHERE c.establishment_id = e.id))
  AT TIME ZONE 'Europe/Paris')::date
  + make_interval(months => CASE WHEN (SELECT count(*) FROM access_membership m
      WHERE m.establishment_id = e.id AND {HOLDS_SQL}) < %(small)s
    THEN %(months_small)s ELSE %(months_usual)s END))::date"""
DUE_SQL = f"""
SELECT d.id FROM (SELECT e.id, {NEXT_SQL} AS day FROM establishments_establishment e
  WHERE {_CONFIRMED} AND {_NONE_OPEN}) d
WHERE d.day <= %(today)s ORDER BY d.day, d.id LIMIT %(most)s
"""
# Who administered and has left since the last review was closed. The event of a deletion alone says what they were.
LEFT_SQL = f"""
SELECT e.id FROM establishments_establishment e
WHERE {_CONFIRMED} AND {_NONE_OPEN} AND EXISTS (
  SELECT FROM journal_event v LEFT JOIN access_membership m ON m.ref = v.object
  WHERE v.establishment_id = e.id AND v.at >= %(since)s
    AND v.at > coalesce((SELECT max(r.closed_at) FROM access_review r WHERE r.establishment_id = e.id), %(since)s)
    AND (v.kind = 'account.deleted' AND v.before->>'profile' = 'administrateur'
        AND EXISTS (SELECT FROM journal_event c WHERE c.establishment_id = e.id AND c.object = v.object
          AND c.kind = 'account.confirmed')
      OR v.kind = 'account.profile_changed' AND v.before->>'profile' = 'administrateur'
        AND m.profile <> 'administrateur' AND m.confirmed_at IS NOT NULL
      OR v.kind IN ('account.deactivated', 'account.expired') AND m.profile = 'administrateur'
        AND m.confirmed_at IS NOT NULL AND (m.deactivated_at IS NOT NULL OR m.expired_at IS NOT NULL)))
ORDER BY e.id
"""
OPEN_SQL = """
INSERT INTO access_review (establishment_id, ref, cause, opened_at, due_on)
SELECT e.id, gen_random_uuid(), %(cause)s, %(now)s, %(due_on)s FROM establishments_establishment e
WHERE e.id = ANY(%(where)s) ORDER BY e.id
ON CONFLICT DO NOTHING RETURNING id, establishment_id
"""
# What the review before left undecided comes first.
CARRIED_SQL = """EXISTS (SELECT FROM access_reviewline pl WHERE pl.ref = {ref} AND pl.review_id = (
    SELECT p.id FROM access_review p WHERE p.establishment_id = v.establishment_id AND p.id <> v.id
    ORDER BY p.opened_at DESC, p.id DESC LIMIT 1)
  AND NOT EXISTS (SELECT FROM access_reviewdecision pd WHERE pd.line_id = pl.id))"""
ACCOUNT_LINES_SQL = f"""
INSERT INTO access_reviewline (establishment_id, review_id, kind, ref, title, carried)
SELECT m.establishment_id, v.id, 'account', m.ref, '', {CARRIED_SQL.format(ref="m.ref")}
FROM access_review v JOIN access_membership m ON m.establishment_id = v.establishment_id
WHERE v.id = ANY(%(reviews)s) AND {HOLDS_SQL} ORDER BY v.id, m.sort_key, m.id
"""
DELEGATION_LINES_SQL = f"""
INSERT INTO access_reviewline (establishment_id, review_id, kind, ref, title, carried)
SELECT d.establishment_id, v.id, 'delegation', d.ref, left(o.name, 250), {CARRIED_SQL.format(ref="d.ref")}
FROM access_review v JOIN access_delegation d ON d.establishment_id = v.establishment_id
JOIN {{organisations}}
WHERE v.id = ANY(%(reviews)s) AND d.accepted_at IS NOT NULL AND d.replaced_at IS NULL AND d.ended_at IS NULL
  AND d.ends_on >= %(today)s ORDER BY v.id, o.name, d.id
"""
BY_OWNER = DELEGATION_LINES_SQL.format(organisations="establishments_establishment o ON o.id = d.organisation_id")
BY_APPLICATION = DELEGATION_LINES_SQL.format(
    organisations="access_review_delegations(%(today)s) AS o(ref, name) ON o.ref = d.ref"
)


def rhythm() -> dict[str, Any]:
    """The parameters of `NEXT_SQL` and of the lines."""
    return {
        **values(),
        "small": settings.PARVIS_REVIEW_SMALL,
        "months_small": settings.PARVIS_REVIEW_MONTHS_SMALL,
        "months_usual": settings.PARVIS_REVIEW_MONTHS,
    }


def open_reviews_of_departures() -> int:
    """Open a review wherever somebody who administered has left; returns how many."""
    since = clock.now() - settings.PARVIS_REVIEW_LOOK_BACK
    with connection.cursor() as cursor:
        cursor.execute(LEFT_SQL, {**values(), "since": since})
        found = [number for (number,) in cursor]
    return _open(found, Cause.LEFT)


def open_regular_reviews() -> int:
    """Open the regular reviews of the day; returns how many. A second run on the same day opens what is left of it."""
    midnight = datetime.datetime.combine(clock.today(), datetime.time.min, clock.PARIS)
    opened = Review.objects.filter(cause=Cause.PERIODIC, opened_at__gte=midnight).count()
    most = max(0, settings.PARVIS_REVIEW_DAILY - opened)
    with connection.cursor() as cursor:
        cursor.execute(DUE_SQL, {**rhythm(), "most": most})
        found = [number for (number,) in cursor]
    return _open(found, Cause.PERIODIC)


def _open(establishments: Sequence[int], cause: Cause) -> int:
    return sum(_batch(establishments[start : start + BATCH], cause) for start in range(0, len(establishments), BATCH))


@transaction.atomic
def _batch(establishments: Sequence[int], cause: Cause) -> int:
    with connection.cursor() as cursor:
        # Two runs at once: the second waits for the first one's rows, and opens the others.
        cursor.execute(
            OPEN_SQL,
            {
                "cause": cause.value,
                "now": clock.now(),
                "due_on": clock.today() + settings.PARVIS_REVIEW_TIME,
                "where": list(establishments),
            },
        )
        opened = cursor.fetchall()
        add_lines(cursor, [number for number, _ in opened], BY_OWNER)
    where = [place for _, place in opened]
    due_on = (clock.today() + settings.PARVIS_REVIEW_TIME).isoformat()
    record_each("review.opened", where, after={"cause": cause.value, "due_on": due_on})
    queue_each("access.review_opened", active_administrators(where))
    return len(opened)


def add_lines(cursor: Any, reviews: Sequence[int], delegations: str) -> None:
    """What is to be decided in these reviews, as it is now. `delegations`: BY_OWNER or BY_APPLICATION."""
    with_rule = {**values(), "reviews": list(reviews)}
    cursor.execute(ACCOUNT_LINES_SQL, with_rule)
    cursor.execute(delegations, with_rule)
