"""The journal's event types of successions, in the establishments that they concern."""

from collections.abc import Mapping
from typing import Any

from parvis.access.kinds import rights_changed
from parvis.access.models import Profile
from parvis.ground.pages.filters import de
from parvis.journal.kinds import Kind, register


def _other(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{after['with']} ({after['siret']})" if after.get("with") else ""


def _arrived(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"Profil {Profile(after['profile']).label} · venu {de(after['from'])}"


def _merged(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = [f"avec le compte {de(after['from'])}"] if after.get("from") else []
    if before.get("profile") != after.get("profile"):
        said.append(f"profil {Profile(after['profile']).label}")
    return " · ".join([*said, *([text] if (text := rights_changed(before, after)) else [])])


register(
    Kind("succession.prepared", "Reprise par un autre établissement, préparée par un conseiller", _other),
    Kind("succession.cancelled", "Reprise par un autre établissement, abandonnée", _other),
    Kind("succession.left", "Établissement repris par un autre", _other),
    Kind("succession.taken", "Cet établissement en a repris un autre", _other),
    Kind("succession.client", "Un établissement lié par une délégation a été repris par un autre", _other),
    Kind("account.arrived", "Compte venu d’un établissement repris", _arrived),
    Kind("account.merged", "Compte réuni avec celui de l’établissement repris", _merged),
    # Ends in « .deleted »: from that day on the predecessor's journal counts the years after which it forgets the name.
    Kind("succession.account.deleted", "Compte parti chez l’établissement qui reprend celui-ci"),
    Kind("delegation.arrived", "Délégation de droits venue d’un établissement repris", _other),
)
