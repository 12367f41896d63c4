"""Keeping occurrences: what the law says from today on is written down, and what people did stays with it.

Done for everybody by `parvis daily`, and at once for one establishment when its facts change. What is past stays as it
was told. Where facts, law and horizon are those of the last time, nothing is computed nor written.
"""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from parvis.ground import clock
from parvis.obligations.computing import Line, computed, horizon, law
from parvis.obligations.facts import Held, held_by

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """An occurrence that had been told with another last day, and is not done."""

    establishment: int
    number: int
    siret: str
    label: str
    before: datetime.date
    due_on: datetime.date


_FOLLOW = """INSERT INTO obligations_computation (establishment_id, digest, follows_from, computed_at)
SELECT n, '', %(today)s, %(now)s FROM unnest(%(establishments)s::bigint[]) AS n ORDER BY n ON CONFLICT DO NOTHING"""
_LOCK = """SELECT establishment_id, digest FROM obligations_computation
WHERE establishment_id = ANY(%(establishments)s) ORDER BY establishment_id FOR UPDATE"""
_COLUMNS = ("establishment_id", "key", "fund", "act", "label", "period_starts_on", "period_ends_before", "due_on",
            "opens_on", "placed_on", "uncertain")  # fmt: skip
_TYPES = ("bigint", "text", "text", "text", "text", "date", "date", "date", "date", "date", "boolean")
_WRITE = f"""WITH written AS (
  INSERT INTO obligations_occurrence AS o ({", ".join(_COLUMNS)}, changed_at)
  SELECT {", ".join(f"n.{column}" for column in _COLUMNS)}, %s
  FROM unnest({", ".join(f"%s::{kind}[]" for kind in _TYPES)}) AS n ({", ".join(_COLUMNS)})
  ON CONFLICT (establishment_id, key) DO UPDATE SET label = excluded.label, due_on = excluded.due_on,
    opens_on = excluded.opens_on, placed_on = excluded.placed_on, uncertain = excluded.uncertain,
    changed_at = excluded.changed_at, withdrawn_on = NULL,
    due_before = CASE WHEN o.due_on <> excluded.due_on THEN o.due_on ELSE o.due_before END,
    moved_on = CASE WHEN o.due_on <> excluded.due_on THEN %s ELSE o.moved_on END
  WHERE o.done_at IS NULL AND (o.label, o.due_on, o.opens_on, o.uncertain, o.withdrawn_on) IS DISTINCT FROM
    (excluded.label, excluded.due_on, excluded.opens_on, excluded.uncertain, NULL)
  RETURNING o.id, o.establishment_id, o.label, o.due_before, o.due_on, o.changed_at, o.moved_on)
SELECT w.establishment_id, w.id, e.siret, w.label, w.due_before, w.due_on FROM written w
JOIN establishments_establishment e ON e.id = w.establishment_id
WHERE w.moved_on = %s AND w.due_before IS NOT NULL"""
_GONE = """establishment_id = ANY(%(changed)s) AND placed_on >= %(today)s AND done_at IS NULL
  AND NOT EXISTS (SELECT FROM unnest(%(places)s::bigint[], %(keys)s::text[]) AS n (place, key)
    WHERE n.place = o.establishment_id AND n.key = o.key)"""
_FORGET = f"""DELETE FROM obligations_occurrence o WHERE {_GONE} AND taken_by IS NULL
  AND NOT EXISTS (SELECT FROM obligations_reminder r WHERE r.occurrence_id = o.id)"""
_WITHDRAW = f"""UPDATE obligations_occurrence o SET withdrawn_on = %(today)s, changed_at = %(now)s
WHERE {_GONE} AND withdrawn_on IS NULL"""
_NOTED = """UPDATE obligations_computation c SET digest = n.digest, computed_at = %(now)s
FROM unnest(%(changed)s::bigint[], %(digests)s::text[]) AS n (place, digest) WHERE c.establishment_id = n.place"""


@transaction.atomic
def materialise(establishments: Sequence[int]) -> list[Moved]:
    """Write down what each must do; what moved. Inside an establishment's scope, of it alone; or as the owner."""
    now, today = clock.now(), clock.today()
    past = horizon(today)
    rule: dict[str, Any] = {"now": now, "today": today, "establishments": list(establishments)}
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, rule)
        cursor.execute(_LOCK, rule)
        before = dict(cursor.fetchall())
        held = held_by(establishments, today)
        digests = {place: _digest(facts, past) for place, facts in held.items()}
        changed = [place for place in held if digests[place] != before.get(place)]
        if not changed:
            return []
        rows = [
            (place, *_row(line))
            for place in changed
            for line in computed(held[place], today if before.get(place) else today.replace(day=1), past).lines
        ]
        columns = [[row[number] for row in rows] for number in range(len(_COLUMNS))]
        cursor.execute(_WRITE, [now, *columns, today, today])
        moved = [Moved(*row) for row in cursor.fetchall()]
        told = {**rule, "changed": changed, "places": columns[0], "keys": columns[1]}
        cursor.execute(_FORGET, told)
        cursor.execute(_WITHDRAW, told)
        cursor.execute(_NOTED, {**told, "digests": [digests[place] for place in changed]})
    return moved


def _digest(held: Held, past: datetime.date) -> str:
    return hashlib.sha256(f"{held.digest} {law()} {past}".encode()).hexdigest()


def _row(line: Line) -> tuple[Any, ...]:
    return (
        *(line.key, line.fund, line.act, line.label, line.period.starts_on, line.period.ends_before),
        *(line.due_on, line.opens_on, line.placed_on, line.uncertain),
    )
