"""The journal's event types of letters on paper. No code and no name is ever written there."""

from collections.abc import Mapping
from typing import Any

from parvis.journal.kinds import Kind, register


def _reference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"Courrier {after['reference']}" if after.get("reference") else ""


def _tries(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{_reference(before, after)}, essai {after['tries']}" if after.get("tries") else _reference(before, after)


register(
    Kind("postal.queued", "Courrier avec un code, à imprimer", _reference),
    Kind("postal.drawn", "Courrier avec un code, mis en page pour l’impression", _reference),
    Kind("postal.printed", "Courrier avec un code, imprimé", _reference),
    Kind("postal.used", "Code reçu par courrier, utilisé", _reference),
    Kind("postal.wrong", "Code reçu par courrier, saisie erronée", _tries),
    Kind("postal.dead", "Courrier annulé après trop de codes erronés", _reference),
    Kind("postal.expired", "Courrier expiré", _reference),
    Kind("postal.replaced", "Courrier remplacé par un plus récent, ou devenu sans objet", _reference),
    Kind("postal.stolen", "Courrier signalé comme perdu, volé ou non demandé", _reference),
)
