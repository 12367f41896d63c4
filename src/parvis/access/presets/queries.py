"""The models of rights of an establishment, who they were given to, and who differs from them since."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.models import Preset
from parvis.access.presets.platform import PLATFORM, PlatformPreset
from parvis.access.presets.state import Known, Step, Way, after, said, steps
from parvis.access.registry import Service, catalogue
from parvis.access.standing import read_day, read_list
from parvis.access.status import LATEST_CTE, STATUS_SQL, Status, values
from parvis.ground import clock, tenancy

PRESETS_SQL = """
SELECT p.ref, p.name, p.purpose, (SELECT coalesce(json_agg(json_build_array(r.service, r.level)), '[]')
  FROM access_presetright r WHERE r.preset_id = p.id)
FROM access_preset p WHERE p.establishment_id = %(establishment)s AND p.deleted_at IS NULL
ORDER BY lower(p.name), p.id
"""
# Everybody who is not deactivated: all of them, those of these numbers, or those who hold something from a model.
PEOPLE_SQL = f"""
WITH {LATEST_CTE}
SELECT m.id, m.first_name || ' ' || m.last_name, m.function, ({STATUS_SQL}),
  (SELECT coalesce(json_agg(json_build_array(r.service, r.level, r.starts_on, r.ends_on, r.origin)), '[]')
    FROM access_right r WHERE r.membership_id = m.id)
FROM access_membership m WHERE m.establishment_id = %(establishment)s AND {{chosen}} ORDER BY m.sort_key, m.id
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """An account and what it holds; its state as the list of accounts says it."""

    id: int
    name: str
    function: str
    status: Status
    held: tuple[Grant, ...]

    def has(self, key: str) -> bool:
        """Whether something that it holds came from that model."""
        return any(grant.origin == key for grant in self.held)


@dataclass(frozen=True, slots=True)
class Difference:
    """Somebody to whom a model was given, and what would change to align them; no step: they hold what it gives."""

    holder: Holder
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Summed:
    """A model in the list, with how many people it was given to, and how many of those differ from it."""

    preset: Known
    people: int
    different: int


def _of_platform(preset: PlatformPreset, services: Iterable[Service]) -> Known:
    levels = {service.code: preset.level(service) for service in services}
    return Known(
        preset.code,
        preset.name,
        preset.purpose,
        own=False,
        levels={code: level for code, level in levels.items() if level > Level.NONE},
    )


def _own(row: Sequence[Any], services: Iterable[Service]) -> Known:
    ref, name, purpose, rights = row
    given = {code: Level(level) for code, level in read_list(rights)}
    levels = {
        service.code: max(level for level in service.levels if level <= given[service.code])
        for service in services
        if service.code in given
    }
    return Known(
        str(ref), name, purpose, own=True, levels={code: level for code, level in levels.items() if level > Level.NONE}
    )


def presets(funds: frozenset[str]) -> list[Known]:
    """The models offered in the establishment in scope, its own first; of each what its catalogue offers.

    A model of the platform's that gives nothing here is left out. One statement.
    """
    services = catalogue(funds)
    with connection.cursor() as cursor:
        cursor.execute(PRESETS_SQL, {"establishment": tenancy.current().establishment})
        own = [_own(row, services) for row in cursor.fetchall()]
    platform = [_of_platform(preset, services) for preset in PLATFORM.values()]
    return own + [preset for preset in platform if preset.levels]


def preset(key: str, funds: frozenset[str]) -> Known | None:
    """The model of that key as the establishment in scope finds it; None for any other."""
    return next((one for one in presets(funds) if one.key == key), None)


def preset_grants(key: str, funds: frozenset[str]) -> list[Grant]:
    """What the model gives in the establishment in scope; nothing for an unknown one."""
    found = preset(key, funds)
    return found.grants() if found else []


def origin_names(keys: Iterable[str]) -> dict[str, str]:
    """The name of each model that rights came from, deleted ones included, in one statement; unknown keys left out."""
    wanted = {key for key in keys if key}
    named = {key: PLATFORM[key].name for key in wanted if key in PLATFORM}
    refs = [ref for key in wanted - named.keys() if (ref := _as_ref(key))]
    if refs:
        for ref, name, deleted_at in Preset.objects.filter(ref__in=refs).values_list("ref", "name", "deleted_at"):
            named[str(ref)] = f"{name} (supprimé depuis)" if deleted_at else name
    return named


def _as_ref(key: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(key)
    except ValueError:
        return None


def _holders(chosen: str, asked: Mapping[str, Any]) -> list[Holder]:
    with connection.cursor() as cursor:
        cursor.execute(
            PEOPLE_SQL.format(chosen=chosen),
            {**values(), "establishment": tenancy.current().establishment, **asked},
        )
        return [
            Holder(
                *(number, name, function, Status.of(slug)),
                held=tuple(
                    Grant(code, Level(level), read_day(first), read_day(last), origin)
                    for code, level, first, last, origin in read_list(rights)
                ),
            )
            for number, name, function, slug, rights in cursor.fetchall()
        ]


def holders(numbers: Iterable[int]) -> list[Holder]:
    """The accounts of these numbers with what they hold, by name; one statement."""
    return _holders("m.id = ANY(%(ids)s)", {"ids": list(numbers)})


def people_of(presets_: Sequence[Known], funds: frozenset[str]) -> dict[str, list[Difference]]:
    """By model: whom it was given to, deactivated accounts left out, and what would align them; one statement."""
    services, today = catalogue(funds), clock.today()
    came = _holders(
        "m.deactivated_at IS NULL AND EXISTS (SELECT 1 FROM access_right o "
        "WHERE o.membership_id = m.id AND o.origin = ANY(%(keys)s))",
        {"keys": [one.key for one in presets_]},
    )
    return {
        one.key: [
            Difference(
                holder,
                steps(holder.held, after(one, holder.held, Way.ALIGN, services=services, today=today), services),
            )
            for holder in came
            if holder.has(one.key)
        ]
        for one in presets_
    }


def summed(funds: frozenset[str]) -> list[Summed]:
    """Every model with how many people it was given to, and how many differ; two statements."""
    found = presets(funds)
    people = people_of(found, funds)
    return [Summed(one, len(people[one.key]), sum(1 for d in people[one.key] if d.steps)) for one in found]


@dataclass(frozen=True, slots=True)
class Compared:
    """A service in both: what the model gives, what somebody holds, and how they differ in a word."""

    service: str
    given: str
    held: str
    word: str
    tone: str


SAME, MORE, LESS = ("Identique", "well"), ("Plus que le modèle", "act"), ("Moins que le modèle", "attention")


def compared(preset_: Known, holder: Holder, funds: frozenset[str]) -> list[Compared]:
    """Every service that the model gives or that somebody holds, in the catalogue's order."""
    have, lines = {grant.service: grant for grant in holder.held}, []
    for service in catalogue(funds):
        held, level = have.get(service.code), preset_.levels.get(service.code, Level.NONE)
        has = held.level if held else Level.NONE
        if level is Level.NONE and held is None:
            continue
        word, tone = SAME if has == level else MORE if has > level else LESS
        lines.append(Compared(service.name, level.label, said(held), word, tone))
    return lines
