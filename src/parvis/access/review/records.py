"""The record of a closed review: each line, what was seen, who decided what and when."""

import datetime
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.access.levels import Level
from parvis.access.models import Profile, Review
from parvis.access.review.showing import service_name
from parvis.access.review.state import SETTLED, Choice, Kind
from parvis.ground import tenancy
from parvis.ground.pages.filters import date_short
from parvis.journal.queries import FORGOTTEN, names

UNDECIDED = "Non décidé"
RECORD_SQL = """
SELECT l.kind, l.ref, l.title, d.choice, d.decided_at, d.decided_by, d.seen::text, d.left::text
FROM access_reviewline l
LEFT JOIN LATERAL (SELECT x.* FROM access_reviewdecision x WHERE x.line_id = l.id ORDER BY x.number DESC LIMIT 1) d
  ON true
WHERE l.review_id = %s AND l.establishment_id = %s ORDER BY l.kind, l.id
"""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A line of the record. `held`: what was seen, `after`: what a modification left, one string per service."""

    name: str
    profile: str
    held: tuple[str, ...]
    after: tuple[str, ...]
    choice: str
    tone: str
    note: str
    by: str
    at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """A closed review. `signed_by`: the name under it, "" where its time was over before anybody signed."""

    review: Review
    cause: str
    signed_by: str
    lines: tuple[RecordLine, ...]

    @property
    def undecided(self) -> int:
        return sum(line.choice == UNDECIDED for line in self.lines)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How often each decision, those that were taken alone."""
        labels = [*(choice.label for choice in Choice), UNDECIDED]
        counted = ((label, sum(line.choice == label for line in self.lines)) for label in labels)
        return [(label, count) for label, count in counted if count]


TONES = {
    Choice.KEPT: "well",
    Choice.MODIFIED: "act",
    Choice.EMPTIED: "attention",
    Choice.DEACTIVATED: "attention",
    Choice.GONE: "neutral",
}


def record_of(ref: uuid.UUID) -> Record | None:
    """The record of a closed review of the establishment in scope; None for any other. Three statements."""
    where = tenancy.current().establishment
    review = Review.objects.filter(establishment_id=where, ref=ref, closed_at__isnull=False).first()
    if review is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(RECORD_SQL, [review.pk, where])
        rows = cursor.fetchall()
    named = names({review.signed_by, *(row[1] for row in rows), *(row[5] for row in rows)})
    return Record(
        review=review,
        cause=Review.Cause(review.cause).label,
        signed_by=named.get(review.signed_by, FORGOTTEN) if review.signed_by else "",
        lines=tuple(sorted((_line(row, named) for row in rows), key=lambda one: one.choice != UNDECIDED)),
    )


def _line(row: tuple[Any, ...], named: Mapping[object, str]) -> RecordLine:
    kind, ref, title, code, at, by, seen_text, left_text = row
    seen = json.loads(seen_text) if seen_text else {}
    left = json.loads(left_text) if left_text else {}
    choice = Choice(code) if code else None
    settled = SETTLED.get(seen.get("settled", ""))
    given = kind == Kind.DELEGATION
    held = _delegated(seen) if given else _rights(seen.get("rights", {}))
    return RecordLine(
        name=title if given else named.get(ref, FORGOTTEN),
        profile="Délégation" if given else Profile(seen["profile"]).label if seen.get("profile") else "",
        held=held,
        after=_after(left) if choice is Choice.MODIFIED else (),
        choice=choice.label if choice else UNDECIDED,
        tone=TONES[choice] if choice else "wrong",
        note=settled.label if settled else "",
        by=named.get(by, FORGOTTEN) if by else "",
        at=at,
    )


def _rights(rights: Mapping[str, Any]) -> tuple[str, ...]:
    """« Contrats : Lecture seule, depuis le 12/03/2026, jusqu’au …, inutilisé »."""
    said = []
    for code, one in sorted(rights.items(), key=lambda pair: service_name(pair[0])):
        parts = [f"{service_name(code)} : {Level(one['level']).label}"]
        parts.append(f"depuis le {date_short(datetime.datetime.fromisoformat(one['since']))}")
        parts += [f"jusqu’au {_short(one['ends_on'])}"] if one.get("ends_on") else []
        if one.get("unused"):
            parts.append("non utilisé depuis longtemps" if one.get("used_on") else "jamais utilisé")
        said.append(", ".join(parts))
    return tuple(said)


def _after(left: Mapping[str, Any]) -> tuple[str, ...]:
    said = []
    for code, (level, _, ends_on) in sorted(left.get("rights", {}).items(), key=lambda pair: service_name(pair[0])):
        until = f", jusqu’au {_short(ends_on)}" if ends_on else ""
        said.append(f"{service_name(code)} : {Level(level).label}{until}")
    return tuple(said) or ("Aucun droit",)


def _delegated(seen: Mapping[str, Any]) -> tuple[str, ...]:
    services = seen.get("services", {})
    return tuple(f"{service_name(code)} : {Level(level).label}" for code, level in sorted(services.items()))


def _short(iso: str) -> str:
    return date_short(datetime.date.fromisoformat(iso))
