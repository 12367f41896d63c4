"""What the one search finds of dossiers: among those that the person may open today."""

import datetime
from collections.abc import Sequence

from parvis.access.finding import Hit, Source, held_words, register, words_of
from parvis.access.standing import Standing
from parvis.dossiers import registry
from parvis.dossiers.models import State
from parvis.dossiers.queries.portfolio import SAID
from parvis.dossiers.references import grouped, parse
from parvis.dossiers.rights import readable_services
from parvis.exchanges.nearness import score
from parvis.ground import clock
from parvis.ground.database.prepared import prepared
from parvis.ground.pages.addresses import address

# Of how many, the latest, one wrong letter is forgiven: they are looked through in memory.
LOOKED_THROUGH = 300
_COLUMNS = "d.reference, d.kind, d.title, d.state, d.moved_at"
_MINE_SQL = f"""SELECT {_COLUMNS}, d.search FROM dossiers_dossier d
  WHERE d.establishment_id = %(place)s AND d.service = ANY(%(services)s)
  ORDER BY d.moved_at DESC, d.id DESC LIMIT %(looked_through)s"""
_NAMED_SQL = f"""SELECT {_COLUMNS} FROM dossiers_dossier d
  WHERE d.establishment_id = %(place)s AND d.service = ANY(%(services)s) AND d.reference = %(reference)s"""


def find(who: Standing, typed: str, most: int) -> Sequence[Hit]:
    """By reference, kind and title; without accents, one wrong letter forgiven in a word of five."""
    words = words_of(typed[:200])[:8]
    services = readable_services(who) if words and registry.kinds() else []
    if not services:
        return []
    asked = {"place": who.establishment_id, "services": services}
    with prepared() as cursor:
        if reference := parse(typed):
            cursor.execute(_NAMED_SQL, {**asked, "reference": reference})
            if (found := cursor.fetchone()) is not None:
                return [_hit(who, 1.0, *found)]
        cursor.execute(_MINE_SQL, {**asked, "looked_through": LOOKED_THROUGH})
        mine = [(score(held_words(search), words), row) for *row, search in cursor.fetchall()]
    best = sorted((one for one in mine if one[0] > 0), key=lambda one: -one[0])[:most]
    return [_hit(who, rank * 0.8, *row) for rank, row in best]


def _hit(
    who: Standing, rank: float, reference: str, kind: str, title: str, state: str, moved_at: datetime.datetime
) -> Hit:
    return Hit(
        title=title,
        href=address("dossiers:one", who.siret, reference),
        text=f"{registry.label_of(kind)}, dossier {grouped(reference)} : {SAID[State(state)].lower()}",
        rank=rank,
        day=moved_at.astimezone(clock.PARIS).date(),
    )


register(Source("dossiers", "Demandes", find))
