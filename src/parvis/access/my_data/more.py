"""The sections of the copy that are of an account and of several people at once: the others in them are not named."""

from typing import Any

from django.db import connection

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import ReviewDecision

# By part: the title, what `what` is called, and the words that stand for it.
_SECTIONS: dict[str, tuple[str, str, dict[str, str]]] = {
    "link": ("Mes liens de première connexion", "", {}),
    "absence": (
        "Les absences où j’ai une part",
        "Ma part",
        {"absent": "mes droits sont confiés", "receiver": "je reçois des droits"},
    ),
    "handover": (
        "Les passations où j’ai une part",
        "Ma part",
        {"leaver": "je pars", "receiver": "je reprends"},
    ),
    "deputyship": (
        "Les suppléances où j’ai une part",
        "Ma part",
        {"deputy": "je suis la personne suppléante", "served": "je suis suppléé"},
    ),
    "suspended": ("Mes droits mis de côté par une revue", "Service en ligne", {}),
    "assignment": ("Les clients qui me sont confiés", "SIRET du client", {}),
    "portfolio": ("Les portefeuilles dont je suis", "Portefeuille", {}),
    "review": ("Ce que les revues des droits ont montré de moi", "Décision", dict(ReviewDecision.Choice.choices)),
}


def sections() -> list[tuple[str, list[dict[str, Any]]]]:
    """Title and records of each, of the person in scope, in one statement."""
    held: dict[str, list[dict[str, Any]]] = {part: [] for part in _SECTIONS}
    with connection.cursor() as cursor:
        cursor.execute("SELECT part, siret, what, level, starts_on, ends_on, at, over_at FROM access_person_more()")
        for part, siret, what, level, starts_on, ends_on, at, over_at in cursor.fetchall():
            _, named, words = _SECTIONS[part]
            service = registry.get(what) if part == "suspended" else None
            record: dict[str, Any] = {"SIRET": siret}
            if named:
                record[named] = service.name if service else words.get(what, what)
            if level is not None:
                record["Niveau"] = Level(level).label
            record |= {"À partir du": starts_on, "Jusqu’au": ends_on, "Le": at, "Fini le": over_at}
            held[part].append(record)
    return [(_SECTIONS[part][0], records) for part, records in held.items()]
