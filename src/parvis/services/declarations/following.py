"""Declarations go to the establishment that takes another's place, with what was wrong in them, and say from where."""

from collections.abc import Sequence
from typing import Any

from parvis.access.succession.followers import Follower, register
from parvis.ground import tenancy
from parvis.ground.pages.filters import de
from parvis.journal.actions import Actor
from parvis.ledger.words import month_in_words
from parvis.services.declarations.models import Anomaly, Correction, Declaration, Individual

# Each after those that it points to.
_MODELS: tuple[Any, ...] = (Declaration, Individual, Anomaly, Correction)


def _listed() -> list[str]:
    rows = Declaration.objects.filter(establishment_id=tenancy.current().establishment).order_by("-month", "-pk")
    return [f"DSN {de(month_in_words(one.month))}" for one in rows]


def _taken() -> list[list[Any]]:
    here = tenancy.current().establishment
    taken = [list(model.objects.filter(establishment_id=here).order_by("pk")) for model in _MODELS]
    for model in reversed(_MODELS):
        model.objects.filter(establishment_id=here).delete()
    return taken


def _given(taken: Sequence[list[Any]], place: str, actor: Actor) -> int:
    """The very same rows; what came does not count among the months that this establishment declares itself."""
    here = tenancy.current().establishment
    for model, rows in zip(_MODELS, taken, strict=True):
        for one in rows:
            one.establishment_id = here
            if isinstance(one, Declaration):
                one.came_from = one.came_from or place.replace(" ", "")[-14:]
        model.objects.bulk_create(rows, batch_size=2_000)
    return len(taken[0])


register(Follower("declarations", "DSN reçue", "DSN reçues", _listed, _taken, _given))
