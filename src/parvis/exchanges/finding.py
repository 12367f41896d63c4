"""What the one search finds of exchanges, among those that the person may open today; and words in a list of them.

Words are those of the column `search`: reference, motif, what the establishment wrote. `vector` (migration 0004) has
them as French stems; the model does not name it, so that no page reads it.
"""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from parvis.access.finding import Hit, Source, answers_sql, form_sql, register, words_of
from parvis.access.standing import Standing
from parvis.exchanges.addressees import short
from parvis.exchanges.models import Exchange
from parvis.exchanges.references import grouped, parse
from parvis.exchanges.rights import READABLE_SQL, readable_values
from parvis.ground import clock
from parvis.ground.database.together import Question, rows
from parvis.ground.pages.addresses import address

_KEY, _VECTOR = "exchanges_exchange.search", "exchanges_exchange.vector"
# Where nothing has the words, a letter wrong is forgiven in so many of the latest: each of their words is compared.
LOOKED_THROUGH = 300


def has_word(word: str) -> RawSQL:
    """Condition of an exchange: it has the word in one of its French forms, or as part of one.

    Made of this file's own constants; what was typed is a parameter.
    """
    return RawSQL(form_sql(_KEY, _VECTOR), [word, word], output_field=BooleanField())  # noqa: S611


def having(found: QuerySet[Exchange], typed: str) -> QuerySet[Exchange]:
    """Those that have every word typed."""
    for word in words_of(typed):
        found = found.filter(has_word(word))
    return found


# Mine are read once: those that have every word, the best first; where none has, the latest that nearly have.
_FIND_SQL = """WITH mine AS MATERIALIZED (SELECT x.id, x.reference, x.title, x.fund, x.state, x.moved_at, x.search,
    x.vector FROM exchanges_exchange x WHERE x.establishment_id = %(place)s AND {readable}),
formed AS MATERIALIZED (SELECT m.*, greatest(ts_rank(m.vector, {query}, 32), 0.05) AS rank FROM mine m WHERE {forms}
  ORDER BY rank DESC, m.moved_at DESC, m.id DESC LIMIT %(most)s)
SELECT reference, title, fund, state, moved_at, rank FROM (
  SELECT f.* FROM formed f
  UNION ALL
  SELECT l.*, 0.05 FROM (SELECT * FROM mine ORDER BY moved_at DESC LIMIT %(looked_through)s) l
  WHERE NOT EXISTS (SELECT FROM formed) AND {nearly}) found ORDER BY rank DESC, moved_at DESC, id DESC LIMIT %(most)s"""
_NAMED_SQL = f"""SELECT x.reference, x.title, x.fund, x.state, x.moved_at, 1.0 FROM exchanges_exchange x
  WHERE x.establishment_id = %(place)s AND {READABLE_SQL} AND x.reference = %(reference)s"""


def question(who: Standing, typed: str, most: int) -> Question[Sequence[Hit]] | None:
    """By reference, motif and one's own texts: French forms, no accents, one letter wrong in a word of five or more."""
    words = words_of(typed)
    if not words:
        return None
    given = {**readable_values(who), "place": who.establishment_id, "most": most, "looked_through": LOOKED_THROUGH}
    given |= {f"word{number}": word for number, word in enumerate(words)}
    asked: tuple[str, ...] = (rows(_find_sql(len(words)), 6),)
    if reference := parse(typed):
        asked, given = (rows(_NAMED_SQL, 6), *asked), {**given, "reference": reference}

    def read(*found: list[Sequence[Any]] | None) -> Sequence[Hit]:
        return [_hit(who, *row) for row in next((some for some in found if some), ())]

    return Question(asked, given, read)


@lru_cache
def _find_sql(words: int) -> str:
    """For so many words."""
    names = [f"%(word{number})s" for number in range(words)]
    return _FIND_SQL.format(
        readable=READABLE_SQL,
        query=" && ".join(f"plainto_tsquery('french', {name})" for name in names),
        forms=" AND ".join(form_sql("m.search", "m.vector", name) for name in names),
        nearly=" AND ".join(
            f"({form_sql('l.search', 'l.vector', name)} OR {answers_sql('l.search', f'ARRAY[{name}]')})"
            for name in names
        ),
    )


def _hit(who: Standing, reference: str, title: str, fund: str, state: str, moved_at: str, rank: float) -> Hit:
    return Hit(
        title=title,
        href=address("exchanges:one", who.siret, reference),
        text=f"Échange {grouped(reference)} avec {short(fund)} : {Exchange.State(state).label.lower()}",
        rank=rank,
        day=datetime.datetime.fromisoformat(moved_at).astimezone(clock.PARIS).date(),
    )


register(Source("exchanges", "Mes échanges", question))
