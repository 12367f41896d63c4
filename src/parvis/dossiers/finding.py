"""What the one search finds of dossiers: among those that the person may open today."""

from collections.abc import Sequence

from parvis.access.finding import Hit, Source, held_words, register, words_of
from parvis.access.standing import Standing
from parvis.dossiers import registry
from parvis.dossiers.models import Dossier, State
from parvis.dossiers.queries.portfolio import SAID
from parvis.dossiers.references import grouped, parse
from parvis.dossiers.rights import readable
from parvis.exchanges.nearness import score
from parvis.ground import clock
from parvis.ground.pages.addresses import address

# Of how many, the latest, one wrong letter is forgiven: they are looked through in memory.
LOOKED_THROUGH = 300


def find(who: Standing, typed: str, most: int) -> Sequence[Hit]:
    """By reference, kind and title; without accents, one wrong letter forgiven in a word of five."""
    words = words_of(typed[:200])[:8]
    if not words or not registry.kinds():
        return []
    mine = Dossier.objects.filter(readable(who), establishment_id=who.establishment_id).order_by("-moved_at")
    if (reference := parse(typed)) and (found := mine.filter(reference=reference).first()):
        return [_hit(who, found, 1.0)]
    scored = [(score(held_words(one.search), words), one) for one in mine[:LOOKED_THROUGH]]
    best = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])[:most]
    return [_hit(who, one, rank * 0.8) for rank, one in best]


def _hit(who: Standing, one: Dossier, rank: float) -> Hit:
    return Hit(
        title=one.title,
        href=address("dossiers:one", who.siret, one.reference),
        text=f"{registry.label_of(one.kind)}, dossier {grouped(one.reference)} : {SAID[State(one.state)].lower()}",
        rank=rank,
        day=one.moved_at.astimezone(clock.PARIS).date(),
    )


register(Source("dossiers", "Demandes", find))
