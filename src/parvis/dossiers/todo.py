"""What dossiers put under « À faire »: what is to be completed, a document awaited, what is delegated."""

import json
from collections.abc import Iterable
from typing import Any

from parvis.access.levels import Level
from parvis.access.standing import Standing, read_day
from parvis.access.tasks import Alike, Source, Task, register
from parvis.dossiers import registry
from parvis.dossiers.models import State
from parvis.dossiers.references import grouped
from parvis.dossiers.rights import mandate_for, own_level
from parvis.ground.pages.addresses import address

# The rights are applied to what is found: enough that nobody misses theirs behind those of others.
_MANY = 1000
# A draft waits for whoever has it alone.
WAITING_SQL = f"""SELECT json_agg(f.one) FROM (SELECT json_build_object('reference', x.reference, 'title', x.title,
    'kind', x.kind, 'service', x.service, 'state', x.state, 'due', x.due_on, 'organisation', x.organisation_id,
    'taken_by', CASE WHEN coalesce(x.worked_by, x.taken_by) = %(person)s THEN 'vous'
      WHEN x.organisation_id IS NULL THEN x.taken_by_name ELSE x.worked_by_name END) AS one
  FROM dossiers_dossier x WHERE x.establishment_id = %(establishment)s
    AND x.state IN ('draft', 'employer', 'centraliser', 'asked')
    AND NOT (x.state = 'draft' AND x.taken_by IS DISTINCT FROM %(person)s)
  ORDER BY x.due_on NULLS LAST, x.moved_at, x.id LIMIT {_MANY}) f"""

_TITLES = {
    State.DRAFT: "Terminer une demande commencée",
    State.EMPLOYER: "Instruire un dossier",
    State.CENTRALISER: "Contrôler un dossier délégué",
    State.ASKED: "Joindre une pièce demandée",
}
_SEVERAL = {
    State.DRAFT: "demandes commencées à terminer",
    State.EMPLOYER: "dossiers à instruire",
    State.CENTRALISER: "dossiers délégués à contrôler",
    State.ASKED: "dossiers où joindre une pièce demandée",
}


def _waiting(who: Standing, value: Any) -> Iterable[Task]:
    listed = address("dossiers:index", who.siret)
    for one in json.loads(value) if isinstance(value, str) else value:
        state = State(one["state"])
        if one["organisation"] is not None:
            mine = mandate_for(who, one["service"], one["organisation"]) is not None
        else:
            mine = own_level(who, one["service"]) >= Level.WRITE
        if mine:
            yield Task(
                _TITLES[state],
                f"{_named(one)} ({grouped(one['reference'])}).",
                address("dossiers:one", who.siret, one["reference"]),
                read_day(one["due"]),
                state="Brouillon" if state == State.DRAFT else "À faire",
                taken_by="" if state == State.DRAFT else one["taken_by"],
                alike=Alike(_SEVERAL[state], f"{listed}?etat={state}"),
                name=_named(one),
            )


def _named(one: dict[str, Any]) -> str:
    kind = registry.label_of(one["kind"])
    return kind if one["title"] == kind else f"{kind} : {one['title']}"


def _asked(who: Standing) -> bool:
    return who.enters and not who.limited and bool(registry.kinds())


register(Source("dossiers.waiting", WAITING_SQL, _waiting, _asked))
