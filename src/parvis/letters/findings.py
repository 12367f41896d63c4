"""Letters among what the one search finds: those that the person may open, archived ones too."""

from collections.abc import Sequence

from django.db import connection

from parvis.access.finding import Hit, Source, answers_sql, register, words_of
from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long
from parvis.letters.filters import words
from parvis.letters.reading import funds_shown, readable


def _find(who: Standing, typed: str, limit: int) -> Sequence[Hit]:
    conditions, values = words(" ".join(words_of(typed)))
    may = readable(who)
    if not conditions or not may.types:
        return []
    # As a French word or a part of one, as in the list; or with a letter wrong.
    answers = [
        f"({one} OR {answers_sql('l.search_key', f'ARRAY[%(word{number})s]')})" for number, one in enumerate(conditions)
    ]
    query = " && ".join(f"plainto_tsquery('french', %(word{number})s)" for number in range(len(conditions)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT l.id, l.title, l.fund, l.type_id, l.reference, l.dated_on, ts_rank(l.words, {query}, 32) AS rank
            FROM letters_fundletter l WHERE l.establishment_id = %(place)s AND l.withdrawn_at IS NULL
              AND l.type_id = ANY(%(types)s) AND l.fund = ANY(%(funds)s) AND {" AND ".join(answers)}
            ORDER BY rank DESC, l.dated_on DESC, l.id DESC LIMIT %(limit)s""",
            values | {"place": who.establishment_id, "types": may.ids, "funds": funds_shown(who), "limit": limit},
        )
        return [
            Hit(
                title,
                address("letters:letter", who.siret, number),
                f"{may.types[kind].name}, {FUNDS[fund].short}, {date_long(dated_on)}, référence {reference}",
                # Found by a part of a word, or a letter wrong: it answers, if less well.
                max(float(rank), 0.05),
                dated_on,
            )
            for number, title, fund, kind, reference, dated_on, rank in cursor
        ]


register(Source("letters", "Courriers", _find))
