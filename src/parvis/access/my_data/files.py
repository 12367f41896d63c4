"""The copy as files: JSON for a machine, PDF for a reader."""

import datetime
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parvis.access.my_data.copying import Copy, Section
from parvis.ground import clock, pdf
from parvis.ground.identifiers.text import search_key
from parvis.ground.pages.filters import date_long, datetime_long, identifier, phone, siret

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "access" / "sheets" / "my_data.typ"
# A reader turns so many pages and no more; the JSON file holds everything.
SHOWN = 300
_FORMS: dict[str, Callable[[str], str]] = {
    "SIRET": siret,
    "Identifiant": identifier,
    "Numéro": phone,
    "Téléphone": phone,
}


def as_json(copy: Copy) -> bytes:
    """One object: a list of records per section, under its title without accents; instants with their offset."""
    made: dict[str, Any] = {"personne": copy.name, "fait_le": _plain(copy.made_at)}
    for section in copy.sections:
        made[slug(section.title)] = [
            {slug(label): _plain(value) for label, value in record.items()} for record in section.records
        ]
    return json.dumps(made, ensure_ascii=False, indent=2).encode()


def as_pdf(copy: Copy) -> bytes:
    """Every section that is not empty, its records one after the other; of a long one the first, and how many more."""
    return pdf.compile(
        TEMPLATE,
        {
            "name": copy.name,
            "made": datetime_long(copy.made_at),
            "sections": [_shown(section) for section in copy.sections if section.records],
            "empty": [section.title for section in copy.sections if not section.records],
        },
    )


def _shown(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "records": [
            [
                [label, _FORMS.get(label, str)(_said(value))]
                for label, value in record.items()
                if value not in (None, "")
            ]
            for record in section.records[:SHOWN]
        ],
        "more": max(0, len(section.records) - SHOWN),
    }


def slug(text: str) -> str:
    """« Confirmée le » → « confirmee_le »."""
    return re.sub(r"[^a-z0-9]+", "_", search_key(text)).strip("_")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.astimezone(clock.PARIS).isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime.datetime):
        return datetime_long(value)
    if isinstance(value, datetime.date):
        return date_long(value)
    return str(value)
