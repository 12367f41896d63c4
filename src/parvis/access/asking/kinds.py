"""The journal's event types of this part, and how each reads in « Historique »."""

from collections.abc import Mapping
from typing import Any

from parvis.access import registry
from parvis.access.levels import Level
from parvis.ground.pages.filters import plural
from parvis.journal.kinds import Kind, register


def _service(after: Mapping[str, Any]) -> str:
    service = registry.get(after["service"])
    return service.name if service else str(after["service"])


def _request(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = f"{_service(after)} : {Level(after['level']).label}"
    given = after.get("given")
    return said if given in (None, after["level"]) else f"{said}, accordé : {Level(given).label}"


def _settled(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    people = after["people"]
    return f"{_service(after)} : {plural(people, 'personne', 'personnes') if people else 'personne pour l’instant'}"


register(
    Kind("request.asked", "Droit demandé", _request),
    Kind("request.reworded", "Demande de droit complétée", _request),
    Kind("request.withdrawn", "Demande de droit retirée", _request),
    Kind("request.accepted", "Demande de droit acceptée", _request),
    Kind("request.refused", "Demande de droit refusée", _request),
    Kind("request.lapsed", "Demande de droit restée sans réponse", _request),
    Kind("opening.settled", "Nouveau service réglé", _settled),
)
