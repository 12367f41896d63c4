"""Anomalies among what the one search finds: by the agent's name, payroll number, code or NIR (whole, by a POST)."""

import datetime
from collections.abc import Sequence
from typing import Any

from parvis.access.decision import decide
from parvis.access.finding import Hit, Source, answers_sql, register, words_of
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.agents import nir
from parvis.ground.database.together import Question, rows
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import de
from parvis.ledger.words import month_in_words
from parvis.regulations.identifiers.persons import looks_like_a_nir
from parvis.services.declarations.checks import CHECKS
from parvis.services.declarations.service import SERVICE

_SQL = """SELECT a.who, a.code, a.month, i.ref FROM service_declarations_anomaly a
JOIN service_declarations_individual i ON i.id = a.individual_id
WHERE a.establishment_id = %(place)s AND a.state IN ('open', 'payroll')
  AND {answers}
ORDER BY a.month DESC, a.sort_key, a.id LIMIT %(limit)s"""
_BY_WORDS = _SQL.format(answers=answers_sql("a.sort_key || ' ' || lower(a.code)"))
_BY_NIR = _SQL.format(answers="i.establishment_id = a.establishment_id AND i.nir_key = %(nir_key)s")


def _question(who: Standing, typed: str, limit: int) -> Question[Sequence[Hit]] | None:
    words = words_of(typed)
    if not words or decide(who, SERVICE).level < Level.READ:
        return None
    given = {"place": who.establishment_id, "limit": limit}

    def read(found: list[Sequence[Any]] | None) -> Sequence[Hit]:
        return [
            Hit(
                f"{name} : {CHECKS[code].label.lower() if code in CHECKS else code}",
                address("service_declarations:individual", who.siret, ref),
                f"Anomalie {code}, DSN {de(month_in_words(month))}",
                0.4,
                month,
            )
            for name, code, first, ref in found or ()
            for month in (datetime.date.fromisoformat(first),)
        ]

    if looks_like_a_nir(typed):
        return Question((rows(_BY_NIR, 4),), {**given, "nir_key": nir.key(typed)}, read)
    return Question((rows(_BY_WORDS, 4),), {**given, "words": words}, read)


register(Source("declarations", "Anomalies de DSN", _question))
