"""Kinds of notices for the tests, as long as the process lives: one that may be declined, one that is obligatory."""

from typing import Any

from parvis.access.standing import Standing, standing
from parvis.ground import tenancy
from parvis.notices.registry import KINDS, Delivery, Kind, Shown, declare
from tests.world import Someone

TRIED, DAILY, OBLIGED = "tried", "tried_daily", "tried_obliged"


def _shown(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    title = f"Un essai n° {number} est arrivé"
    return Shown(title, "Il attend d’être lu.", f"/etablissements/{siret}/?essai={number}", "Lire l’essai")


if TRIED not in KINDS:
    declare(
        Kind(TRIED, "Un essai arrive", _shown),
        Kind(DAILY, "Un essai du jour arrive", _shown, Delivery.DAILY),
        Kind(OBLIGED, "Un essai obligatoire arrive", _shown, obligatory=True),
    )


def here(who: Someone) -> Standing:
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where):
        found = standing(who.person.pk, where)
    assert found is not None
    return found
