"""The journal's event types of « Correspondants »: fields, functions and funds, never a name, an e-mail or a phone."""

from collections.abc import Mapping
from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.ground.pages.filters import de
from parvis.journal.kinds import Kind, register
from parvis.services.correspondents.models import Function

FIELDS = {
    "civility": "Civilité",
    "last_name": "Nom",
    "first_name": "Prénom",
    "function": "Fonction dans l’établissement",
    "phone": "Téléphone",
    "email": "Adresse électronique",
    "functions": "Domaines",
    "funds": "Fonds",
    "starts_on": "À partir du",
    "ends_on": "Jusqu’au",
}


def _covered(values: Mapping[str, Any]) -> str:
    functions = ", ".join(str(Function(code).label) for code in values["functions"])
    return f"{functions} · {', '.join(FUNDS[code].short for code in values['funds'])}"


def _added(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return _covered(after)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return ", ".join(FIELDS[name] for name in after["fields"])


def _arrived(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{_covered(after)} · venu {de(after['from'])}"


def _ended(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    year, month, day = after["ends_on"].split("-")
    return f"Dernier jour : {day}/{month}/{year}"


def _deleted(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return _covered(before)


register(
    Kind("correspondent.added", "Correspondant ajouté", _added),
    Kind("correspondent.changed", "Correspondant modifié", _changed),
    Kind("correspondent.arrived", "Correspondant venu d’un établissement repris", _arrived),
    Kind("correspondent.ended", "Fin d’un correspondant", _ended),
    Kind("correspondent.deleted", "Correspondant supprimé", _deleted),
)
