"""What the one search finds of dossiers: among those that the person may open today."""

import datetime
from collections.abc import Sequence
from typing import Any

from parvis.access.finding import Hit, Source, held_words, register, words_of
from parvis.access.standing import Standing
from parvis.dossiers import registry
from parvis.dossiers.models import State
from parvis.dossiers.queries.portfolio import SAID
from parvis.dossiers.references import grouped, parse
from parvis.dossiers.rights import readable_services
from parvis.exchanges.nearness import score
from parvis.ground import clock
from parvis.ground.database.together import Question, rows
from parvis.ground.pages.addresses import address

# Of how many, the latest, one wrong letter is forgiven: they are looked through in memory.
LOOKED_THROUGH = 300
_COLUMNS = "d.reference, d.kind, d.title, d.state, d.moved_at"
_MINE_SQL = f"""SELECT {_COLUMNS}, d.search FROM dossiers_dossier d
  WHERE d.establishment_id = %(place)s AND d.service = ANY(%(services)s)
  ORDER BY d.moved_at DESC, d.id DESC LIMIT %(looked_through)s"""
_NAMED_SQL = f"""SELECT {_COLUMNS} FROM dossiers_dossier d
  WHERE d.establishment_id = %(place)s AND d.service = ANY(%(services)s) AND d.reference = %(reference)s"""


def question(who: Standing, typed: str, most: int) -> Question[Sequence[Hit]] | None:
    """By reference, kind and title; without accents, one wrong letter forgiven in a word of five."""
    words = words_of(typed[:200])[:8]
    services = readable_services(who) if words and registry.kinds() else []
    if not services:
        return None
    given = {"place": who.establishment_id, "services": services, "looked_through": LOOKED_THROUGH}
    asked: tuple[str, ...] = (rows(_MINE_SQL, 6),)
    if reference := parse(typed):
        asked, given = (*asked, rows(_NAMED_SQL, 5)), {**given, "reference": reference}

    def read(mine: list[Sequence[Any]] | None, named: list[Sequence[Any]] | None = None) -> Sequence[Hit]:
        if named:
            return [_hit(who, 1.0, *named[0])]
        scored = [(score(held_words(search), words), row) for *row, search in mine or ()]
        best = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])[:most]
        return [_hit(who, rank * 0.8, *row) for rank, row in best]

    return Question(asked, given, read)


def _hit(who: Standing, rank: float, reference: str, kind: str, title: str, state: str, moved_at: str) -> Hit:
    return Hit(
        title=title,
        href=address("dossiers:one", who.siret, reference),
        text=f"{registry.label_of(kind)}, dossier {grouped(reference)} : {SAID[State(state)].lower()}",
        rank=rank,
        day=datetime.datetime.fromisoformat(moved_at).astimezone(clock.PARIS).date(),
    )


register(Source("dossiers", "Demandes", question))
