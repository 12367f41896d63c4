"""What a model of rights makes of what somebody holds. A model says levels, no dates; of a service that it does not
name it says nothing.

Three ways to bring somebody to a model. **Compléter**: what it gives is added, nothing is taken. **Remplacer**: they
hold just what it gives. **Aligner**, for whom it was given to before: what it gives at its level, what came from it and
is no longer in it goes, and the rest stays. A right at the model's level that is not over keeps its dates.
"""

import datetime
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.registry import Service


class Way(enum.Enum):
    """How a model is given; value as in forms."""

    COMPLETE = "completer"
    REPLACE = "remplacer"
    ALIGN = "aligner"


@dataclass(frozen=True, slots=True)
class Known:
    """A model as an establishment finds it. `key` names it in addresses and as the origin of a right; `levels`: what it
    gives of the catalogue, nothing below « Lecture seule »."""

    key: str
    name: str
    purpose: str
    own: bool
    levels: Mapping[str, Level]

    def grants(self) -> list[Grant]:
        """What it gives, as grants that name it as their origin."""
        return [Grant(code, level, origin=self.key) for code, level in self.levels.items()]


def _counted(held: Grant | None, today: datetime.date) -> Level:
    """The level of a right that is not over: one that is to begin counts."""
    return held.level if held is not None and (held.ends_on is None or held.ends_on >= today) else Level.NONE


def _stays(way: Way, held: Grant, given: Level, level: Level, key: str) -> bool:
    """Whether what is held, `given` as it counts, stays beside the model's `level`."""
    if way is Way.REPLACE:
        return False
    if way is Way.COMPLETE or level is Level.NONE:
        return given >= level and not (way is Way.ALIGN and held.origin == key)
    # A higher level that another model gave is not this one's to lower.
    return given > level and held.origin not in ("", key)


def after(
    preset: Known, held: Iterable[Grant], way: Way, *, services: Iterable[Service], today: datetime.date
) -> list[Grant]:
    """What somebody who holds `held` holds afterwards, of the services of the catalogue."""
    have, then = {grant.service: grant for grant in held}, []
    for service in services:
        old, level = have.get(service.code), preset.levels.get(service.code, Level.NONE)
        given = _counted(old, today)
        if old is not None and level > Level.NONE and given == level:
            then.append(replace(old, origin=preset.key))
        elif old is not None and _stays(way, old, given, level, preset.key):
            then.append(old)
        elif level > Level.NONE:
            then.append(Grant(service.code, level, origin=preset.key))
    return then


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one right: before → after, in words."""

    code: str
    service: str
    before: str
    after: str
    gives: bool


def said(grant: Grant | None) -> str:
    """A right in words."""
    if grant is None:
        return Level.NONE.label
    dates = f" à partir du {grant.starts_on:%d/%m/%Y}" if grant.starts_on else ""
    return grant.level.label + dates + (f" jusqu’au {grant.ends_on:%d/%m/%Y}" if grant.ends_on else "")


def steps(held: Iterable[Grant], then: Iterable[Grant], services: Iterable[Service]) -> tuple[Step, ...]:
    """Each right that changes, in the catalogue's order. `gives`: a level is given or changed, not taken away."""
    old, new = {one.service: one for one in held}, {one.service: one for one in then}
    return tuple(
        Step(one.code, one.name, said(old.get(one.code)), said(new.get(one.code)), new.get(one.code) is not None)
        for one in services
        if old.get(one.code) != new.get(one.code)
    )
