"""What the one search finds of exchanges, among those that the person may open today; and words in a list of them.

Words are those of the column `search`: reference, motif, what the establishment wrote. `vector` (migration 0004) has
them as French stems; the model does not name it, so that no page reads it.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Field, FloatField, QuerySet
from django.db.models.expressions import RawSQL

from parvis.access.finding import Hit, Source, answers_sql, form_sql, register, words_of
from parvis.access.standing import Standing
from parvis.exchanges.addressees import short
from parvis.exchanges.models import Exchange
from parvis.exchanges.references import grouped, parse
from parvis.exchanges.rights import readable
from parvis.ground import clock
from parvis.ground.pages.addresses import address

_KEY, _VECTOR = "exchanges_exchange.search", "exchanges_exchange.vector"
# Where nothing has the words, a letter wrong is forgiven in so many of the latest: each of their words is compared.
LOOKED_THROUGH = 300
_ANSWERS = f"({form_sql(_KEY, _VECTOR)} OR {answers_sql(_KEY, 'ARRAY[%s]')})"


def _sql(expression: str, typed: list[str], field: "Field[Any, Any]") -> RawSQL:
    """An expression made of this file's own constants; what was typed is a parameter."""
    return RawSQL(expression, typed, output_field=field)  # noqa: S611


def has_word(word: str) -> RawSQL:
    """Condition of an exchange: it has the word in one of its French forms, or as part of one."""
    return _sql(form_sql(_KEY, _VECTOR), [word, word], BooleanField())


def having(found: QuerySet[Exchange], typed: str) -> QuerySet[Exchange]:
    """Those that have every word typed."""
    for word in words_of(typed):
        found = found.filter(has_word(word))
    return found


def find(who: Standing, typed: str, most: int) -> Sequence[Hit]:
    """By reference, motif and one's own texts: French forms, no accents, one letter wrong in a word of five or more."""
    words = words_of(typed)
    if not words:
        return []
    mine = Exchange.objects.filter(readable(who), establishment_id=who.establishment_id)
    if (reference := parse(typed)) and (found := list(mine.filter(reference=reference))):
        return [_hit(who, one, 1.0) for one in found]
    query = " && ".join(["plainto_tsquery('french', %s)"] * len(words))
    rank = _sql(f"ts_rank({_VECTOR}, {query}, 32)", words, FloatField())
    ranked = having(mine, typed).annotate(rank=rank).order_by(F("rank").desc(), "-moved_at", "-id")[:most]
    # Found by a part of a word: it answers, if less well.
    if hits := [_hit(who, one, max(float(one.rank), 0.05)) for one in ranked]:
        return hits
    nearly = Exchange.objects.filter(pk__in=mine.order_by("-moved_at").values("pk")[:LOOKED_THROUGH])
    for word in words:
        nearly = nearly.filter(_sql(_ANSWERS, [word, word, word], BooleanField()))
    return [_hit(who, one, 0.05) for one in nearly.order_by("-moved_at", "-id")[:most]]


def _hit(who: Standing, one: Exchange, rank: float) -> Hit:
    return Hit(
        title=one.title,
        href=address("exchanges:one", who.siret, one.reference),
        text=f"Échange {grouped(one.reference)} avec {short(one.fund)} : {one.get_state_display().lower()}",
        rank=rank,
        day=one.moved_at.astimezone(clock.PARIS).date(),
    )


register(Source("exchanges", "Mes échanges", find))
