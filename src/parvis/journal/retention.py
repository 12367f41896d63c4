"""Carries out how long what is held of people is kept (`ground/retention.py`). Run by `parvis daily`.

Each kind on its own, in short transactions under the role `parvis_retention`, which may erase and blank what
migrations let it, and read the columns that say how old a row is. What a batch did stays done when the next one fails,
and a second run finds what is left. What was erased is counted by kind, printed, and noted in one event.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import connection

from parvis.ground import clock, files, tenancy
from parvis.ground.retention import KEPT, By, Kept, Sweep, before, years_before
from parvis.journal.actions import SYSTEM, record
from parvis.journal.kinds import KINDS

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one kind of data: how many rows were erased or blanked; `failed`: it stopped half way."""

    kind: Kept
    count: int
    failed: bool = False

    @property
    def said(self) -> str:
        """One line for whoever runs it."""
        done = "vidé" if isinstance(self.kind.ends, Sweep) and self.kind.ends.blank else "effacé"
        end = ", puis échec : la suite sera reprise à la prochaine exécution" if self.failed else ""
        return f"Conservation, {self.kind.data} : {self.count} {done}{'s' if self.count >= 2 else ''}{end}."


def carry_out() -> list[Outcome]:
    """Erase and blank everything whose time is over, and note it in one event. A kind that fails stops no other."""
    outcomes = [_one(kind) for kind in KEPT.values() if isinstance(kind.ends, (Sweep, By))]
    with tenancy.scope(role=tenancy.RETENTION):
        record(
            "retention.carried_out",
            actor=SYSTEM,
            after={
                "erased": {one.kind.code: one.count for one in outcomes if one.count},
                "failed": [one.kind.code for one in outcomes if one.failed],
            },
        )
    return outcomes


def erase(code: str) -> int:
    """Carry it out for one kind; returns how many rows."""
    return sum(_batches(KEPT[code]))


def _one(kind: Kept) -> Outcome:
    count = 0
    try:
        for done in _batches(kind):
            count += done
    except Exception:
        log.exception("retention failed", kind=kind.code, erased=count)
        # A connection that broke would take the next kinds with it.
        if not connection.in_atomic_block:
            connection.close()
        return Outcome(kind, count, failed=True)
    return Outcome(kind, count)


def _batches(kind: Kept) -> Iterator[int]:
    if isinstance(kind.ends, By):
        yield kind.ends.carry_out()
        return
    assert isinstance(kind.ends, Sweep)
    table, sweep, values = kind.table, kind.ends, _values(kind.ends.term)
    yield from _until_done(lambda: _batch(table, sweep, values))


def _until_done(batch: Callable[[], int]) -> Iterator[int]:
    while done := batch():
        yield done
        if done < settings.PARVIS_RETENTION_BATCH:
            return


def _values(term: str) -> dict[str, Any]:
    now = clock.now()
    limit = before(now, term)
    return {
        "now": now,
        "limit": limit,
        "today": now.astimezone(clock.PARIS).date(),
        "limit_day": limit.astimezone(clock.PARIS).date(),
    }


def _batch(table: str, sweep: Sweep, values: dict[str, Any]) -> int:
    """One short transaction; the condition is asked again on each row as it is then."""
    changes = ", ".join(f"{column} = {value}" for column, value in sweep.blank.items())
    start, using = (f"UPDATE {table} t SET {changes}", "FROM") if changes else (f"DELETE FROM {table} t", "USING")
    sql = f"""WITH past AS (SELECT t.{sweep.key} AS key, {f"t.{sweep.files}" if sweep.files else "NULL"} AS file
      FROM {table} t WHERE {sweep.old} LIMIT %(batch)s)
    {start} {using} past WHERE t.{sweep.key} = past.key AND {sweep.old} RETURNING past.key, past.file"""
    with tenancy.scope(role=tenancy.RETENTION), connection.cursor() as cursor:
        # Somebody who works on a row is not kept waiting, nor does the job wait for them: tomorrow is another day.
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{settings.PARVIS_RETENTION_WAIT.seconds}s"])
        cursor.execute(sql, {**values, "batch": settings.PARVIS_RETENTION_BATCH})
        found = cursor.fetchall()
        keys = [key for key, _ in found]
        # The foreign keys are looked at when the transaction ends: what the batch left out keeps its children.
        for child, whose in sweep.children if keys else ():
            condition = whose if "%(" in whose else f"{whose} = ANY(%(keys)s)"
            cursor.execute(f"DELETE FROM {child} WHERE {condition}", {"keys": keys})
        for file in {file for _, file in found if file}:
            # Before the end of the transaction: should it fail, the row is still there to be erased, file or not.
            files.erase(file)
    return len(keys)


def erase_old_events() -> int:
    """Erase the events whose type's time is over (`Kind.kept_years`), type by type; returns how many.

    An event of a type that no package declares any more is kept: nobody said for how long.
    """
    count, now = 0, clock.now()
    for kind in KINDS.values():
        values = {"kind": kind.code, "limit": years_before(now, kind.kept_years)}
        count += sum(_until_done(partial(_batch, "journal_event", _EVENTS, values)))
    return count


_EVENTS = Sweep("", "", "t.kind = %(kind)s AND t.at < %(limit)s")
