"""The journal's event types of « Échéancier »: which obligation, never a note nor a figure."""

from collections.abc import Mapping
from typing import Any

from parvis.journal.kinds import Kind, register


def _which(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """« CNRACL · Verser les cotisations CNRACL · octobre 2026 · par le service … »."""
    return " · ".join(str(after[name]) for name in ("fund", "label", "period", "reason") if after.get(name))


def _year(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{after['year']} · {', '.join(after['fields'])}"


def _reminders(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    days = ", ".join(f"{day} j" for day in after["delays"])
    return f"Avant l’échéance : {days}" if days else "Aucun rappel"


register(
    Kind("obligation.taken", "Échéance prise en charge", _which),
    Kind("obligation.released", "Échéance rendue", _which),
    Kind("obligation.done", "Échéance faite", _which),
    Kind("obligation.undone", "Échéance remise à faire", _which),
    Kind("obligation.facts_said", "Échéancier, ce qui sert au calcul : déclaration", _year),
    Kind("obligation.reminders_chosen", "Échéancier, rappels par courriel choisis", _reminders, kept_years=1),
    Kind("obligation.calendar_made", "Échéancier, adresse d’agenda créée", kept_years=1),
    Kind("obligation.calendar_revoked", "Échéancier, adresse d’agenda révoquée", kept_years=1),
)
