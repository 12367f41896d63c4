"""The journal's event types about contacts. They are the adviser's own: a contact is of no establishment."""

from collections.abc import Mapping
from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.journal.kinds import Kind, register


def _fund(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    told = {**before, **after}
    fund = FUNDS.get(str(told.get("fund", "")))
    return ", ".join(part for part in (fund.short if fund else "", str(told.get("label", ""))) if part)


register(
    Kind("contact.added", "Contact d’un fonds ajouté", _fund),
    Kind("contact.changed", "Contact d’un fonds modifié", _fund),
    Kind("contact.ended", "Contact d’un fonds retiré à partir d’un jour", _fund),
    Kind("contact.withdrawn", "Modification prévue d’un contact abandonnée", _fund),
    Kind("contact.closing_added", "Fermeture exceptionnelle ajoutée", _fund),
    Kind("contact.closing_withdrawn", "Fermeture exceptionnelle retirée", _fund),
)
