"""The journal's event types of declarations: months, states and codes; never who, nor what was declared."""

from collections.abc import Mapping
from typing import Any

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
    fields = ", ".join(FIELDS.get(name, name) for name in after["fields"])
    return f"{month_in_words(after['month'])} · {fields} · {', '.join(after['settled']) or 'aucune anomalie levée'}"


def _code(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{month_in_words(after['month'])} · {after['code']}"


register(
    Kind("declaration.processed", "DSN reçue et contrôlée", _processed),
    Kind("declaration.corrected", "Anomalie de DSN corrigée ici", _corrected),
    Kind("declaration.affiliated", "Agent affilié depuis une DSN", _code),
    Kind("declaration.taken", "Anomalie de DSN prise en charge", _code, kept_years=5),
    Kind("declaration.payroll", "Anomalie de DSN à corriger en paie", _code, kept_years=5),
)
