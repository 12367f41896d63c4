"""What `parvis daily` tells of the terms: a new version, a reminder before the services close, that they are closed.

Each is told once per establishment (and, for the last two, once until the establishment accepts), to its active
administrators. Runs as the owner over every establishment, by batches: each batch is one transaction of a few
statements, so that 36 000 establishments hold no lock for long and a run that breaks goes on where it was.
"""

import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from parvis.access.models import TermsNotice
from parvis.access.status import active_administrator_sql, values
from parvis.access.terms.queries import active_administrators
from parvis.access.terms.versions import Version, newest, published
from parvis.ground import clock
from parvis.journal.actions import record_each
from parvis.post.actions import queue_each

BATCH = 500
Step = TermsNotice.Step

# Two runs at once: the second waits for the first one's row, and returns the others.
_NOTE = """
INSERT INTO access_termsnotice (establishment_id, version, step, noticed_on)
SELECT e.id, %(version)s, %(step)s, %(today)s FROM establishments_establishment e
WHERE e.id > %(after)s AND {0}
  AND NOT EXISTS (SELECT FROM access_termsacceptance t WHERE t.establishment_id = e.id AND t.version >= %(version)s)
ORDER BY e.id LIMIT %(batch)s
ON CONFLICT DO NOTHING RETURNING establishment_id
"""
_ANNOUNCE = _NOTE.format(
    f"""EXISTS (SELECT FROM access_membership m WHERE m.establishment_id = e.id AND {active_administrator_sql()})
  AND NOT EXISTS (SELECT FROM access_termsnotice n
    WHERE n.establishment_id = e.id AND n.version = %(version)s AND n.step = 'announced')"""
)
_FOLLOW = _NOTE.format(
    """EXISTS (SELECT FROM access_termsnotice n WHERE n.establishment_id = e.id AND n.version = %(version)s
    AND n.step = 'announced' AND n.noticed_on <= %(told_until)s)
  AND NOT EXISTS (SELECT FROM access_termsnotice n WHERE n.establishment_id = e.id AND n.step = ANY(%(seen)s)
    AND n.version > (SELECT coalesce(max(t.version), 0) FROM access_termsacceptance t
      WHERE t.establishment_id = e.id))"""
)


def announce_terms() -> int:
    """Tell the version to accept to every establishment that has not; returns how many were told."""
    version = newest(clock.today())
    return 0 if version is None else _tell(version, Step.ANNOUNCED, _ANNOUNCE, event="terms.announced")


def remind_of_terms() -> int:
    """Tell those whose services close within `PARVIS_TERMS_REMINDER`; returns how many were told."""
    ahead = settings.PARVIS_TERMS_REMINDER
    # Who was told of the closing is not reminded of it any more.
    seen = (Step.REMINDED, Step.CLOSED)
    return sum(_follow(version, Step.REMINDED, ahead, seen) for version in published(clock.today()))


def close_for_terms() -> int:
    """Tell those whose services are closed since their last day of grace; returns how many were told."""
    seen, ahead = (Step.CLOSED,), datetime.timedelta(0)
    return sum(_follow(version, Step.CLOSED, ahead, seen, event="terms.closed") for version in published(clock.today()))


def _follow(version: Version, step: Step, ahead: datetime.timedelta, seen: tuple[Step, ...], *, event: str = "") -> int:
    # The days of grace of `state.py`, from the later of two days: both are so far back.
    told_until = clock.today() + ahead - settings.PARVIS_TERMS_GRACE
    if version.applies > told_until:
        return 0
    return _tell(version, step, _FOLLOW, event=event, told_until=told_until, seen=[one.value for one in seen])


def _tell(version: Version, step: Step, sql: str, *, event: str, **more: Any) -> int:
    count = after = 0
    while told := _batch(version, step, sql, event, {"after": after, **more}):
        count, after = count + len(told), max(told)
    return count


@transaction.atomic
def _batch(version: Version, step: Step, sql: str, event: str, more: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"version": version.number, "step": step.value, "batch": BATCH, **values(), **more})
        told = [number for (number,) in cursor.fetchall()]
    if event:
        record_each(event, told, after={"version": version.number})
    queue_each(f"access.terms_{step.value}", active_administrators(told), detail={"version": version.number})
    return told
