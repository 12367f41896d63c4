"""What the one search finds of exchanges: among those that the person may open today."""

from collections.abc import Sequence

from parvis.access.finding import Hit, Source, register
from parvis.access.standing import Standing
from parvis.exchanges.addressees import short
from parvis.exchanges.models import Exchange
from parvis.exchanges.nearness import score, words_of
from parvis.exchanges.references import grouped, parse
from parvis.exchanges.rights import readable
from parvis.ground import clock
from parvis.ground.pages.addresses import address

# Of how many, the latest, one wrong letter is forgiven: they are looked through in memory.
LOOKED_THROUGH = 300


def find(who: Standing, typed: str, most: int) -> Sequence[Hit]:
    """By reference, motif and one's own texts; without accents, one wrong letter forgiven in a word of five."""
    words = words_of(typed[:200])[:8]
    if not words:
        return []
    mine = Exchange.objects.filter(readable(who), establishment_id=who.establishment_id).order_by("-moved_at")
    if reference := parse(typed):
        found = list(mine.filter(reference=reference))
        if found:
            return [_hit(who, one, 1.0) for one in found]
    exact = mine
    for word in words:
        exact = exact.filter(search__contains=word)
    there = list(exact[:most])
    hits = [_hit(who, one, 0.8) for one in there]
    if len(hits) < most:
        # « cotisations » and « cotisation »: the others' words need not be those that were typed to the letter.
        others = mine.exclude(pk__in=[one.pk for one in there])[:LOOKED_THROUGH]
        scored = [(score(words_of(one.search), words), one) for one in others]
        best = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])[: most - len(hits)]
        hits += [_hit(who, one, rank * 0.8) for rank, one in best]
    return hits


def _hit(who: Standing, one: Exchange, rank: float) -> Hit:
    return Hit(
        title=one.title,
        href=address("exchanges:one", who.siret, one.reference),
        text=f"Échange {grouped(one.reference)} avec {short(one.fund)} : {one.get_state_display().lower()}",
        rank=rank,
        day=one.moved_at.astimezone(clock.PARIS).date(),
    )


register(Source("exchanges", "Mes échanges", find))
