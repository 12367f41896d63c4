"""The journal's event types of this part, and how each reads in « Historique »."""

from collections.abc import Mapping
from typing import Any

from parvis.ground.pages.filters import plural
from parvis.journal.kinds import Kind, register


def _imported(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return " · ".join(
        (
            plural(after["created"], "compte créé", "comptes créés"),
            plural(after["changed"], "compte modifié", "comptes modifiés"),
            plural(after["unchanged"], "ligne sans changement", "lignes sans changement"),
        )
    )


def _downloaded(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{plural(after['rows'], 'ligne', 'lignes')}, {after['format'].upper()}"


register(
    Kind("accounts.imported", "Comptes et droits importés d’un fichier", _imported),
    Kind("accounts.downloaded", "Fichier de tous les comptes et droits téléchargé", _downloaded),
)
