"""What a right becomes when it passes to somebody who may hold one already: never less than before, on any day.

An account has one right per service, with one period. Where the two periods do not fit into one without giving more
than either, what the receiver holds stays and the right is left to an administrator. Pure: no clock, no database.
"""

import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass

from parvis.access.actions.creation import Grant

_FIRST, _LAST = datetime.date.min, datetime.date.max
_DAY = datetime.timedelta(days=1)


class Verdict(enum.Enum):
    """What happens to the right."""

    PASSES = "passe"
    RAISED = "complète"
    KEPT = "gardé"
    LEFT = "à régler"
    OVER = "terminé"


@dataclass(frozen=True, slots=True)
class Passing:
    """A right of the leaver's, what the receiver holds, and what they hold afterwards (None: nothing)."""

    service: str
    leaver: Grant
    before: Grant | None
    after: Grant | None
    verdict: Verdict


def _period(grant: Grant, day: datetime.date) -> tuple[datetime.date, datetime.date] | None:
    """Its days from `day` on; None where none is left."""
    start, end = max(grant.starts_on or _FIRST, day), grant.ends_on or _LAST
    return None if end < start else (start, end)


def passing(service: str, leaver: Grant, held: Grant | None, day: datetime.date) -> Passing:
    """What becomes of one right on `day`; only the days from then on count."""

    def made(after: Grant | None, verdict: Verdict) -> Passing:
        return Passing(service, leaver, held, after, verdict)

    given = _period(leaver, day)
    if given is None:
        return made(held, Verdict.OVER)
    own = _period(held, day) if held is not None else None
    taken = Grant(service, leaver.level, given[0] if given[0] > day else None, leaver.ends_on, leaver.origin)
    if held is None or own is None:
        return made(taken, Verdict.PASSES)
    if held.level >= leaver.level and own[0] <= given[0] and given[1] <= own[1]:
        return made(held, Verdict.KEPT)
    if leaver.level >= held.level and given[0] <= own[0] and own[1] <= given[1]:
        return made(taken, Verdict.RAISED)
    # The same level on periods that touch or overlap: both of them, as one.
    touch = min(given[1], own[1]) >= max(given[0], own[0]) - _DAY
    if leaver.level == held.level and touch:
        start, end = min(given[0], own[0]), max(given[1], own[1])
        both = Grant(service, held.level, start if start > day else None, None if end == _LAST else end, held.origin)
        return made(both, Verdict.RAISED)
    return made(held, Verdict.LEFT)


def passings(leaver: Mapping[str, Grant], held: Mapping[str, Grant], day: datetime.date) -> list[Passing]:
    """What becomes of each right of the leaver's, in their order."""
    return [passing(service, grant, held.get(service), day) for service, grant in leaver.items()]
