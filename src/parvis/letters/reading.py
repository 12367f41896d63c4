"""Who may read which letter: the one rule, for pages, files, tasks, searches and whoever sends one.

A letter is read by the holders of its type's service at « Lecture seule » or more. Where that service is not declared,
or not offered to the establishment, « Vos courriers » stands in: no letter is without a reader for want of a service.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from parvis.access import registry
from parvis.access.decision import decide, shows
from parvis.access.levels import Level
from parvis.access.registry import Service
from parvis.access.standing import Standing, standings
from parvis.establishments.funds import FUNDS
from parvis.letters.models import LetterType

LETTERS = "courriers"


def own_service() -> Service:
    """« Vos courriers »."""
    found = registry.get(LETTERS)
    if found is None:
        raise LookupError("Nobody declared the service of letters.")
    return found


def service_of(type_service: str, funds: frozenset[str]) -> Service:
    """The service whose holders read such a letter in an establishment with contracts with these funds."""
    found = registry.get(type_service)
    return found if found is not None and found.offered_to(funds) else own_service()


@dataclass(frozen=True, slots=True)
class Readable:
    """The types of letters that somebody reads today, by number; `archives`: those whose letters they may archive."""

    types: dict[int, LetterType]
    archives: frozenset[int]

    @property
    def ids(self) -> list[int]:
        return list(self.types)


def readable(who: Standing) -> Readable:
    """What `who` may read; one statement.

    To archive is to decide for everybody: « Modification » on « Vos courriers », or on the letter's own service.
    """
    everywhere = decide(who, own_service()).level >= Level.WRITE
    types, archives = {}, set()
    levels: dict[str, Level] = {}
    for one in LetterType.objects.order_by("name"):
        service = service_of(one.service, who.funds)
        level = levels.get(service.code)
        if level is None:
            level = levels[service.code] = decide(who, service).level
        if level >= Level.READ:
            types[one.pk] = one
            if everywhere or level >= Level.WRITE:
                archives.add(one.pk)
    return Readable(types, frozenset(archives))


# Whether a letter of type t is read, with the parameters of `read_values`: `readable` where its types are not wanted.
READ_SQL = """CASE WHEN t.service = ANY(%(offered)s) THEN t.service = ANY(%(read)s) ELSE %(read_own)s END"""


def read_values(who: Standing) -> dict[str, Any]:
    """What `READ_SQL` asks of somebody."""
    offered = registry.catalogue(who.funds)
    return {
        "offered": [service.code for service in offered],
        "read": [service.code for service in offered if decide(who, service).level >= Level.READ],
        "read_own": decide(who, own_service()).level >= Level.READ,
    }


def funds_shown(who: Standing) -> list[str]:
    """The funds whose letters are shown: all, unless an adviser of some of them looks on."""
    return [code for code in FUNDS if shows(who, code)]


def readers(establishment: int, type_service: str) -> list[Standing]:
    """Everybody of the establishment in scope who reads such a letter today, by name; one statement."""
    return reading(standings(establishment), type_service)


def reading(everybody: Iterable[Standing], type_service: str) -> list[Standing]:
    """Those of them who read such a letter today."""
    return [who for who in everybody if decide(who, service_of(type_service, who.funds)).level >= Level.READ]
