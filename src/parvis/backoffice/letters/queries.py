"""The queue of the letters to print, the oldest first, and those printed lately."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.ground import clock
from parvis.ground.pages.filters import plural
from parvis.post.models import PostalLetter
from parvis.post.postal.kinds import kind_of
from parvis.post.postal.printing import shown

State = PostalLetter.State
SHOWN = 200
TONES = {
    State.PRINTED: "act",
    State.USED: "well",
    State.DEAD: "wrong",
    State.STOLEN: "wrong",
    State.EXPIRED: "attention",
    State.REPLACED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter to print: for which establishment, what about, for how long it has waited, whether its PDF was made."""

    number: int
    establishment: str
    siret: str
    label: str
    reference: str
    created_at: datetime.datetime
    age: str
    drawn_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Left:
    """A letter that is no longer to be printed."""

    establishment: str
    label: str
    reference: str
    printed_at: datetime.datetime | None
    expires_at: datetime.datetime
    state: str
    tone: str


_SQL = """SELECT l.id, e.name, e.siret, l.kind, l.reference, l.created_at, l.drawn_at, l.printed_at,
  l.expires_at, l.state
  FROM post_postalletter l JOIN establishments_establishment e ON e.id = l.establishment_id
  WHERE {which} LIMIT %s"""


def _asked(which: str, limit: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(which=which), [limit])
        return list(cursor.fetchall())


def age(since: datetime.datetime) -> str:
    """« aujourd’hui », « depuis 1 jour », « depuis 3 jours »."""
    days = (clock.today() - since.astimezone(clock.PARIS).date()).days
    return f"depuis {plural(days, 'jour', 'jours')}" if days > 0 else "aujourd’hui"


def waiting() -> list[Waiting]:
    """The letters of the adviser's funds to print, as many as one batch holds."""
    rows = _asked("l.state = 'to_print' ORDER BY l.created_at, l.id", settings.PARVIS_POSTAL_BATCH)
    return [
        Waiting(
            number=row[0],
            establishment=row[1],
            siret=row[2],
            label=kind_of(row[3]).label,
            reference=shown(row[4]),
            created_at=row[5],
            age=age(row[5]),
            drawn_at=row[6],
        )
        for row in rows
    ]


def left() -> list[Left]:
    """What became of the latest others."""
    return [
        Left(
            establishment=row[1],
            label=kind_of(row[3]).label,
            reference=shown(row[4]),
            printed_at=row[7],
            expires_at=row[8],
            state=State(row[9]).label,
            tone=TONES[State(row[9])],
        )
        for row in _asked("l.state <> 'to_print' ORDER BY l.id DESC", SHOWN // 4)
    ]


def to_print() -> int:
    """How many letters of the adviser's funds wait."""
    return PostalLetter.objects.filter(state=State.TO_PRINT).count()
