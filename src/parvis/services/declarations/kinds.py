"""The journal's event types of declarations: months, states and codes; never who, nor what was declared."""

from collections.abc import Mapping, Sequence
from typing import Any

from parvis.access.kinds import exported
from parvis.journal.kinds import Kind, register
from parvis.ledger.words import month_in_words
from parvis.services.declarations.models import Declaration

FIELDS = {
    "nir": "NIR",
    "surname": "Nom",
    "first_names": "Prénoms",
    "born_on": "Date de naissance",
    "hours": "Durée hebdomadaire",
    "periods": "Périodes",
}


def _processed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{month_in_words(after['month'])} · {Declaration.State(after['state']).label}"


def _corrected(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    settled = ", ".join(after["settled"]) or "aucune anomalie levée"
    return f"{month_in_words(after['month'])} · {fields_said(after['fields'])} · {settled}"


def fields_said(names: Sequence[str]) -> str:
    """Which data, in words: « NIR, Durée hebdomadaire »."""
    return ", ".join(FIELDS.get(name, name) for name in names)


def _draft(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{month_in_words(after['month'])} · {fields_said(after['fields'])}"


def _code(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{month_in_words(after['month'])} · {after['code']}"


register(
    Kind("declaration.processed", "DSN reçue et contrôlée", _processed),
    Kind("declaration.corrected", "Anomalie de DSN corrigée ici", _corrected),
    Kind("declaration.checked_again", "Anomalies de DSN contrôlées de nouveau", _code),
    Kind("declaration.draft_kept", "Correction de DSN gardée en brouillon", _draft, kept_years=5),
    Kind("declaration.draft_given_up", "Correction de DSN abandonnée", _draft),
    Kind("declaration.affiliated", "Agent affilié depuis une DSN", _code),
    Kind("declaration.taken", "Anomalie de DSN prise en charge", _code, kept_years=5),
    Kind("declaration.given_back", "Anomalie de DSN rendue", _code, kept_years=5),
    Kind("declaration.payroll", "Anomalie de DSN à corriger en paie", _code, kept_years=5),
    Kind("declaration.payroll_back", "Anomalie de DSN de nouveau à corriger ici", _code, kept_years=5),
    Kind("declaration.payroll_done", "Anomalie de DSN corrigée en paie", _code),
    Kind("declarations.exported", "Anomalies de DSN téléchargées", exported, kept_years=3),
)
