"""« Peut agir pour d’autres »: which establishments may receive delegations. An adviser says so, by a command."""

import tomllib
from functools import cache
from pathlib import Path

from django.db import transaction

from parvis.establishments.models import Establishment
from parvis.ground.tenancy import Refused
from parvis.journal.actions import SYSTEM, record

CATEGORIES_FILE = Path(__file__).resolve().parent / "data" / "acting.toml"


@cache
def categories() -> dict[str, str]:
    """The legal categories that may be marked: code (Insee, level III) → name."""
    return dict(tomllib.loads(CATEGORIES_FILE.read_text("utf-8"))["categories"])


@transaction.atomic
def mark_acting(*, siret: str, acts: bool = True) -> tuple[Establishment, bool]:
    """Mark an establishment as one that may receive delegations, or take the mark back; with an event in its journal.

    As the owner. Without the mark what was delegated to it opens nothing any more, from the next request on. Returns
    the establishment, and whether anything changed. Raises Refused for one that is unknown, or whose legal category
    (`data/acting.toml`) does not act for others.
    """
    where = Establishment.objects.select_for_update().filter(siret=siret).first()
    if where is None:
        raise Refused(f"Le SIRET {siret} n’est pas dans le répertoire : vérifiez-le, ou importez le répertoire.")
    if acts and where.legal_category not in categories():
        raise Refused(
            f"{where.name} est de catégorie juridique {where.legal_category or 'inconnue'} : elle n’est pas de celles "
            "qui agissent pour d’autres (establishments/data/acting.toml)."
        )
    if where.acts_for_others == acts:
        return where, False
    where.acts_for_others = acts
    where.save(update_fields=["acts_for_others"])
    record("establishment.marked" if acts else "establishment.unmarked", actor=SYSTEM, establishment=where.pk)
    return where, True
