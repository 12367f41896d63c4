"""What corrections of a declaration added to what was due, and on which days: a movement of what is due says it.

Kept in its `detail`, under `raised`: what a correction adds is not due on the day on which the rest was.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.ledger.models import Movement

RAISED = "raised"
# Of the movements that stand alone.
RAISED_SQL = """SELECT m.fund, m.month, m.detail FROM ledger_movement m
  WHERE m.establishment_id = %(place)s AND m.kind = 'due' AND m.counters_id IS NULL AND m.detail ? 'raised'
    AND NOT EXISTS (SELECT FROM ledger_movement c WHERE c.counters_id = m.id) ORDER BY m.id"""


@dataclass(frozen=True, slots=True)
class Raise:
    """So many cents more, by a correction that came on a day."""

    on: datetime.date
    amount: int


def raised(before: Sequence[Raise], *, was: int, now: int, on: datetime.date) -> tuple[Raise, ...]:
    """What corrections added, after one more that came `on` a day and made `was` cents `now` cents.

    What a later one takes away again is taken from the latest of them.
    """
    if now >= was:
        return (*before, Raise(on, now - was)) if now > was else tuple(before)
    less, kept = was - now, []
    for one in reversed(before):
        gone = min(less, one.amount)
        less -= gone
        if one.amount > gone:
            kept.append(Raise(one.on, one.amount - gone))
    return tuple(reversed(kept))


def told(raises: Sequence[Raise]) -> dict[str, Any]:
    """As the detail of a movement keeps it; nothing where nothing was added."""
    return {RAISED: [[one.on.isoformat(), one.amount] for one in raises]} if raises else {}


def read(detail: Mapping[str, Any]) -> tuple[Raise, ...]:
    """What the detail of a movement says."""
    return tuple(Raise(datetime.date.fromisoformat(day), int(amount)) for day, amount in detail.get(RAISED, ()))


def raises_of(establishment: int, fund: str, keys: Sequence[str]) -> tuple[Raise, ...]:
    """What the movements of these keys say, taken together."""
    rows = Movement.objects.filter(establishment_id=establishment, fund=fund, key__in=list(keys)).order_by("pk")
    return tuple(one for row in rows for one in read(row.detail))


def standing(establishment: int) -> dict[tuple[str, datetime.date], tuple[Raise, ...]]:
    """By fund and month, what corrections added to what is due; one statement."""
    found: dict[tuple[str, datetime.date], tuple[Raise, ...]] = {}
    with connection.cursor() as cursor:
        cursor.execute(RAISED_SQL, {"place": establishment})
        for fund, month, detail in cursor.fetchall():
            found[fund, month] = (*found.get((fund, month), ()), *read(_json(detail)))
    return found


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
