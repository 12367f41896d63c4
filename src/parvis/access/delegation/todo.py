"""What this part puts under « À faire »: proposals that wait for the answer of the establishment, on either side."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from parvis.access.standing import Standing, read_list
from parvis.access.tasks import Source, Task, register
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural

# Beyond so many, one task for all of them.
ONE_BY_ONE = 3


def _waiting(who: Standing, value: Any) -> Iterable[Task]:
    rows = read_list(value)
    if len(rows) > ONE_BY_ONE:
        first = min(row[2] for row in rows)
        yield Task(
            f"{plural(len(rows), 'délégation', 'délégations')} de droits à accepter ou refuser",
            "Des établissements vous proposent une délégation de droits : ils attendent votre réponse.",
            address("access:delegations", who.siret),
            datetime.date.fromisoformat(first),
        )
        return
    for ref, name, until in rows:
        yield Task(
            f"Accepter ou refuser la délégation de droits proposée par {name}",
            "Sans réponse, la proposition devient caduque et rien ne change.",
            address("access:delegation", who.siret, ref),
            datetime.date.fromisoformat(until),
        )


register(
    Source(
        "delegation",
        f"access_waiting_proposals(%(today)s, {settings.PARVIS_DELEGATION_ANSWER.days})",
        _waiting,
    )
)
