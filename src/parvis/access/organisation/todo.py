"""What this part puts under « À faire »: clients for whom nobody works."""

from collections.abc import Iterable
from typing import Any

from parvis.access.standing import Standing
from parvis.access.tasks import Source, Task, register
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural


def _unattended(who: Standing, count: Any) -> Iterable[Task]:
    said = plural(count, "établissement suivi n’est confié", "établissements suivis ne sont confiés")
    yield Task(
        f"{said} à personne",
        "Leur délégation est en cours : confiez-les à une personne ou à un portefeuille.",
        address("access:clients", who.siret) + "?personne=aucune",
    )


register(
    Source(
        "organisation.unattended",
        "SELECT nullif(access_unattended(%(today)s), 0)",
        _unattended,
        lambda who: who.administers and who.acts_for_others,
    )
)
