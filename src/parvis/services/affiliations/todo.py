"""What agents put under « À faire »: affiliations to complete, departures that another employer's affiliation tells."""

import json
from collections.abc import Iterable
from typing import Any

from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.access.tasks import Source, Task, register
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural
from parvis.services.affiliations.service import SERVICE

WAITING_SQL = """SELECT json_build_array(
  (SELECT count(*) FROM agents_affiliation f WHERE f.establishment_id = %(establishment)s AND f.state = 'incomplete'),
  (SELECT count(*) FROM agents_affiliation f WHERE f.establishment_id = %(establishment)s AND f.left_on IS NULL
    AND f.claimed_on IS NOT NULL AND f.scheme <> 'rafp'))"""


def _tasks(who: Standing, value: Any) -> Iterable[Task]:
    waiting, claimed = json.loads(value) if isinstance(value, str) else value
    if not (waiting or claimed) or decide(who, SERVICE).level < Level.WRITE:
        return
    where = address("service_affiliations:index", who.siret)
    if waiting:
        yield Task(
            f"Compléter {plural(waiting, 'affiliation', 'affiliations')}",
            "Sans elle, la déclaration de l’agent reste en anomalie."
            if waiting == 1
            else "Sans elles, les déclarations de ces agents restent en anomalie.",
            where + "?etat=a-completer",
            state="À compléter",
        )
    if claimed:
        yield Task(
            f"Déclarer {plural(claimed, 'départ', 'départs')}",
            "Un autre employeur a affilié cet agent."
            if claimed == 1
            else "D’autres employeurs ont affilié ces agents.",
            where + "?etat=reclames",
        )


register(Source("agents", WAITING_SQL, _tasks, audience=lambda who: who.enters))
