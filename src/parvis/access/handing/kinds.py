"""The journal's event types of this part, and how each reads in « Historique »."""

from collections.abc import Iterable, Mapping
from typing import Any

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import Handover
from parvis.journal.kinds import Kind, register

_WHY = {
    "return": "La personne qui administre est revenue",
    "another": "Une autre personne administre",
    "profile": "Le profil avait été retiré",
}


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def _service(code: str) -> str:
    service = registry.get(code)
    return service.name if service else code


def _services(codes: Iterable[str]) -> str:
    return ", ".join(_service(code) for code in codes)


def _absence(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = after or before
    rights = [f"{_service(code)} : {Level(one['level']).label}" for code, one in sorted(said["rights"].items())]
    return " · ".join([f"Du {_day(said['starts_on'])} au {_day(said['ends_on'])}", *rights])


def _planned(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = f"Le {_day((after or before)['on'])}"
    return f"{said} · Le profil « Administrateur » passe aussi" if after.get("profile") else said


def _done(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    parts = [f"Droits transmis : {_services(after['passed']) or 'aucun'}"]
    if after["left"]:
        parts.append(f"À régler à la main : {_services(after['left'])}")
    if after["profile"]:
        parts.append("Profil « Administrateur » transmis")
    return " · ".join(parts)


def _failed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return str(Handover.Fault(after["fault"]).label).capitalize()


def _over(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return _WHY.get(after["why"], "")


def _days(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{after['days']} jours sans visite de la seule personne qui administre"


register(
    Kind("absence.planned", "Droits confiés pendant une absence", _absence),
    Kind("absence.ended", "Absence terminée avant son dernier jour, ou annulée", _absence),
    Kind("absence.over", "Absence terminée", _absence),
    Kind("handover.planned", "Passation prévue", _planned),
    Kind("handover.cancelled", "Passation annulée", _planned),
    Kind("handover.done", "Passation faite : compte fermé", _done),
    Kind("handover.failed", "Passation sans effet", _failed),
    Kind("deputy.named", "Personne suppléante désignée"),
    Kind("deputy.accepted", "Suppléance acceptée par la personne désignée"),
    Kind("deputy.refused", "Suppléance refusée par la personne désignée"),
    Kind("deputy.resigned", "La personne suppléante renonce à la suppléance"),
    Kind("deputy.withdrawn", "Suppléance retirée"),
    Kind("deputy.gone", "Suppléance terminée : le compte de la personne suppléante n’est plus actif"),
    Kind("deputy.promoted", "Suppléance terminée : la personne suppléante administre elle-même"),
    Kind("deputy.warned", "Suppléance annoncée", _days),
    Kind("deputy.serving", "La personne suppléante administre", _days),
    Kind("deputy.over", "La personne suppléante n’administre plus", _over),
)
