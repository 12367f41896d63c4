"""Anomalies among what the one search finds: by the agent's name, payroll number or code; never by a NIR."""

from collections.abc import Sequence

from django.db import connection

from parvis.access.decision import decide
from parvis.access.finding import Hit, Source, answers_sql, register, words_of
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import de
from parvis.ledger.words import month_in_words
from parvis.services.declarations.checks import CHECKS
from parvis.services.declarations.service import SERVICE


def _find(who: Standing, typed: str, limit: int) -> Sequence[Hit]:
    words = words_of(typed)
    if not words or decide(who, SERVICE).level < Level.READ:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT a.who, a.code, a.month, i.ref FROM service_declarations_anomaly a
            JOIN service_declarations_individual i ON i.id = a.individual_id
            WHERE a.establishment_id = %(place)s AND a.state IN ('open', 'payroll')
              AND {answers_sql("a.sort_key || ' ' || lower(a.code)")}
            ORDER BY a.month DESC, a.sort_key, a.id LIMIT %(limit)s""",
            {"place": who.establishment_id, "words": words, "limit": limit},
        )
        return [
            Hit(
                f"{name} : {CHECKS[code].label.lower() if code in CHECKS else code}",
                address("service_declarations:individual", who.siret, ref),
                f"Anomalie {code}, DSN {de(month_in_words(month))}",
                0.4,
                month,
            )
            for name, code, month, ref in cursor
        ]


register(Source("declarations", "Anomalies de DSN", _find))
