"""The journal's event types of accounts at providers."""

from collections.abc import Mapping
from typing import Any

from parvis.identity.providers.catalogue import name_of
from parvis.journal.kinds import Kind, register


def _where(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return name_of(after["provider"])


register(
    Kind("identity.provider_linked", "Compte de fournisseur d’identité relié", _where, kept_years=3),
    Kind("identity.provider_signed_out", "Déconnexion demandée par le fournisseur d’identité", _where, kept_years=1),
)
