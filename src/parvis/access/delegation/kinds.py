"""The journal's event types of this part, and how each reads in « Historique »."""

from collections.abc import Mapping
from typing import Any

from parvis.access import registry
from parvis.access.levels import Level
from parvis.journal.kinds import Kind, register


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def _between(after: Mapping[str, Any]) -> str:
    """Whom it binds: the giver's journal names the organisation, and the organisation's the establishment."""
    return f"Organisme : {after['with']}" if after["side"] == "establishment" else f"Établissement : {after['with']}"


def _service(code: str, level: int) -> str:
    service = registry.get(code)
    return f"{service.name if service else code} : {Level(level).label}"


def _terms(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    dates = f"Du {_day(after['starts_on'])} au {_day(after['ends_on'])}"
    parts = [_between(after), dates, *(_service(code, level) for code, level in sorted(after["services"].items()))]
    if after["letters"]:
        parts.append("Courriers et échanges compris")
    return " · ".join(parts)


def _narrowed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    parts = [_between(after)]
    for code, level in sorted(before["services"].items()):
        left = after["services"].get(code, 0)
        if left != level:
            parts.append(f"{_service(code, left)} (avant : {Level(level).label})")
    if before["ends_on"] != after["ends_on"]:
        parts.append(f"Fin le {_day(after['ends_on'])} (avant : le {_day(before['ends_on'])})")
    if before["letters"] != after["letters"]:
        parts.append("Sans les courriers et échanges")
    return " · ".join(parts)


def _whom(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return _between(after)


register(
    Kind("delegation.proposed", "Délégation de droits proposée", _terms),
    Kind("delegation.accepted", "Délégation de droits acceptée", _terms),
    Kind("delegation.refused", "Délégation de droits refusée", _whom),
    Kind("delegation.withdrawn", "Proposition de délégation retirée", _whom),
    Kind("delegation.lapsed", "Proposition de délégation caduque : pas de réponse à temps", _whom),
    Kind("delegation.narrowed", "Délégation de droits réduite", _narrowed),
    Kind("delegation.ended", "Fin d’une délégation de droits", _whom),
    Kind("delegation.over", "Délégation de droits arrivée à son terme", _whom),
    Kind("delegation.agreement_added", "Convention de délégation jointe", _whom),
)
