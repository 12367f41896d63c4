"""Reading a review: its lines as they are now, in one statement whatever their number; the reviews of the past."""

import datetime
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.access.levels import Level
from parvis.access.models import Review
from parvis.access.review.opening import NEXT_SQL, rhythm
from parvis.access.review.state import Choice, Decided, Kind, Line, Right
from parvis.access.status import EXPIRES_SQL, LATEST_CTE, STATUS_SQL, Status, values
from parvis.ground import tenancy

LINES_SQL = f"""
WITH {LATEST_CTE}, before AS (SELECT p.id FROM access_review p
  WHERE p.establishment_id = %(establishment)s AND p.id < %(review)s AND p.closed_at IS NOT NULL
  ORDER BY p.id DESC LIMIT 1)
SELECT l.id, l.kind, l.ref, l.carried, d.number, d.choice, d.decided_at, d.decided_by, d.left_, b.left_,
  CASE WHEN l.kind = 'delegation' THEN l.title ELSE m.first_name || ' ' || m.last_name END,
  m.id, m.function, m.profile, CASE WHEN m.id IS NULL THEN NULL ELSE ({STATUS_SQL}) END, m.last_visit_at, m.created_at,
  m.starts_on, m.ends_on, CASE WHEN m.id IS NULL THEN NULL ELSE {EXPIRES_SQL} END,
  (SELECT json_agg(json_build_array(r.service, r.level, r.starts_on, r.ends_on, r.granted_at, r.granted_by,
      u.last_used_on) ORDER BY r.service) FROM access_right r
    LEFT JOIN access_rightuse u ON u.membership_id = r.membership_id AND u.service = r.service
    WHERE r.membership_id = m.id),
  g.starts_on, g.ends_on, g.accepted_at,
  g.replaced_at IS NULL AND g.ended_at IS NULL AND g.ends_on >= %(today)s,
  (SELECT json_agg(json_build_array(s.service, s.level) ORDER BY s.service) FROM access_delegationservice s
    WHERE s.delegation_id = g.id)
FROM access_reviewline l
LEFT JOIN access_membership m ON l.kind = 'account' AND m.ref = l.ref AND m.establishment_id = l.establishment_id
LEFT JOIN access_delegation g ON l.kind = 'delegation' AND g.ref = l.ref AND g.establishment_id = l.establishment_id
LEFT JOIN LATERAL (SELECT x.number, x.choice, x.decided_at, x.decided_by, x.left::text AS left_
  FROM access_reviewdecision x WHERE x.line_id = l.id ORDER BY x.number DESC LIMIT 1) d ON true
LEFT JOIN access_reviewline o ON o.review_id = (SELECT id FROM before) AND o.ref = l.ref
LEFT JOIN LATERAL (SELECT x.left::text AS left_ FROM access_reviewdecision x
  WHERE x.line_id = o.id ORDER BY x.number DESC LIMIT 1) b ON true
WHERE l.review_id = %(review)s AND l.establishment_id = %(establishment)s {{only}}
ORDER BY NOT l.carried, l.kind, m.sort_key NULLS LAST, l.title, l.id
"""


def open_review() -> Review | None:
    """The review under way in the establishment in scope."""
    return Review.objects.filter(establishment_id=tenancy.current().establishment, closed_at=None).first()


def lines_of(review: Review, only: Sequence[int] | None = None) -> list[Line]:
    """The lines of a review as they are now (`only`: those), what was left undecided before first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            LINES_SQL.format(only="" if only is None else "AND l.id = ANY(%(only)s)"),
            {
                **values(),
                "establishment": tenancy.current().establishment,
                "review": review.pk,
                "only": list(only or ()),
            },
        )
        return [_line(row) for row in cursor]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _line(row: tuple[Any, ...]) -> Line:
    number, kind, ref, carried, decision, choice, at, by, left, before = row[:10]
    decided = None if decision is None else Decided(decision, Choice(choice), at, by, _json(left))
    common: dict[str, Any] = {
        "id": number,
        "kind": kind,
        "ref": ref,
        "title": row[10] or "",
        "carried": carried,
        "decided": decided,
        "before": _json(before) if before else None,
    }
    if kind == Kind.DELEGATION:
        return Line(
            **common,
            starts_on=row[21],
            ends_on=row[22],
            created_at=row[23],
            in_force=bool(row[24]),
            services=tuple((service, Level(level)) for service, level in _json(row[25]) or ()),
        )
    if row[11] is None:
        return Line(**common)
    return Line(
        **common,
        account_id=row[11],
        function=row[12],
        profile=row[13],
        status=Status.of(row[14]),
        last_visit_at=row[15],
        created_at=row[16],
        starts_on=row[17],
        ends_on=row[18],
        expires_on=row[19],
        rights=tuple(
            Right(
                service=service,
                level=Level(level),
                starts_on=_day(starts_on),
                ends_on=_day(ends_on),
                granted_at=datetime.datetime.fromisoformat(granted_at),
                granted_by=uuid.UUID(granted_by) if granted_by else None,
                used_on=_day(used_on),
            )
            for service, level, starts_on, ends_on, granted_at, granted_by, used_on in _json(row[20]) or ()
        ),
    )


@dataclass(frozen=True, slots=True)
class Past:
    """A closed review in the list. `undecided`: lines that nobody decided."""

    ref: uuid.UUID
    cause: str
    opened_at: datetime.datetime
    closed_at: datetime.datetime
    signed_by: uuid.UUID | None
    lines: int
    undecided: int


PAST_SQL = """
SELECT v.ref, v.cause, v.opened_at, v.closed_at, v.signed_by, count(l.id),
  count(l.id) FILTER (WHERE NOT EXISTS (SELECT FROM access_reviewdecision d WHERE d.line_id = l.id))
FROM access_review v LEFT JOIN access_reviewline l ON l.review_id = v.id
WHERE v.establishment_id = %s AND v.closed_at IS NOT NULL GROUP BY v.id ORDER BY v.closed_at DESC LIMIT 60
"""


def past_reviews() -> list[Past]:
    """The closed reviews of the establishment in scope, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(PAST_SQL, [tenancy.current().establishment])
        return [Past(*row) for row in cursor]


def next_review_on() -> datetime.date | None:
    """The day on which the next regular review is due; a few days later where many open at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {NEXT_SQL} FROM establishments_establishment e WHERE e.id = %(establishment)s",
            {**rhythm(), "establishment": tenancy.current().establishment},
        )
        found = cursor.fetchone()
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Suspended:
    """Somebody whose unused rights a review suspended."""

    account_id: int
    name: str
    services: tuple[str, ...]
    suspended_at: datetime.datetime


SUSPENDED_SQL = """
SELECT m.id, m.first_name || ' ' || m.last_name, array_agg(s.service ORDER BY s.service)::text[], max(s.suspended_at)
FROM access_suspendedright s JOIN access_membership m ON m.id = s.membership_id
WHERE s.establishment_id = %s GROUP BY m.id ORDER BY m.sort_key, m.id
"""


def suspended_rights() -> list[Suspended]:
    """Whose rights are suspended in the establishment in scope, by name."""
    with connection.cursor() as cursor:
        cursor.execute(SUSPENDED_SQL, [tenancy.current().establishment])
        return [Suspended(number, name, tuple(services), at) for number, name, services, at in cursor]
