"""Letters among what the one search finds: those that the person may open, archived ones too."""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from parvis.access.finding import Hit, Source, answers_sql, register, words_of
from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS
from parvis.ground.database.together import Question, rows
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long
from parvis.letters.filters import words
from parvis.letters.reading import READ_SQL, funds_shown, read_values


def _question(who: Standing, typed: str, limit: int) -> Question[Sequence[Hit]] | None:
    conditions, values = words(" ".join(words_of(typed)))
    if not conditions:
        return None
    given = {
        **values,
        **read_values(who),
        "place": who.establishment_id,
        "funds": funds_shown(who),
        "limit": limit,
    }

    def read(found: list[Sequence[Any]] | None) -> Sequence[Hit]:
        return [
            Hit(
                title,
                address("letters:letter", who.siret, number),
                f"{kind}, {FUNDS[fund].short}, {date_long(day)}, référence {reference}",
                # Found by a part of a word, or a letter wrong: it answers, if less well.
                max(rank, 0.05),
                day,
            )
            for number, title, fund, kind, reference, dated_on, rank in found or ()
            for day in (datetime.date.fromisoformat(dated_on),)
        ]

    return Question((rows(_sql(tuple(conditions)), 7),), given, read)


@lru_cache(maxsize=64)
def _sql(conditions: tuple[str, ...]) -> str:
    """With one condition for each word: as a French word or a part of one, as in the list; or with a letter wrong."""
    answers = [
        f"({one} OR {answers_sql('l.search_key', f'ARRAY[%(word{number})s]')})" for number, one in enumerate(conditions)
    ]
    query = " && ".join(f"plainto_tsquery('french', %(word{number})s)" for number in range(len(conditions)))
    return f"""SELECT l.id, l.title, l.fund, t.name, l.reference, l.dated_on, ts_rank(l.words, {query}, 32) AS rank
      FROM letters_fundletter l JOIN letters_lettertype t ON t.id = l.type_id
      WHERE l.establishment_id = %(place)s AND l.withdrawn_at IS NULL
        AND {READ_SQL} AND l.fund = ANY(%(funds)s) AND {" AND ".join(answers)}
      ORDER BY rank DESC, l.dated_on DESC, l.id DESC LIMIT %(limit)s"""


register(Source("letters", "Courriers", _question))
