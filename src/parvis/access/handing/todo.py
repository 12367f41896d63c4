"""What this part puts under « À faire »."""

from collections.abc import Iterable
from typing import Any

from parvis.access.standing import Standing
from parvis.access.tasks import Source, Task, register
from parvis.ground.pages.addresses import address


def _asked(who: Standing) -> bool:
    """Whether the person was named deputy and has not answered: their standing says it already."""
    held = who.deputyship
    return who.account_opens and held is not None and held.deputy == who.membership_id and not held.accepted


def _tasks(who: Standing, value: Any) -> Iterable[Task]:
    yield Task(
        "Accepter ou refuser d’être la personne suppléante",
        "Vous êtes désigné ou désignée pour administrer l’établissement si la seule personne qui le fait s’absente.",
        address("access:deputy-answer", who.siret),
    )


register(
    Source(
        "deputy",
        "SELECT d.id FROM access_deputyship d WHERE d.establishment_id = %(establishment)s AND d.closed_at IS NULL "
        "AND d.accepted_at IS NULL AND d.deputy_id = %(membership)s",
        _tasks,
        audience=_asked,
    )
)
