"""Which establishments of somebody may hold what they look for: one statement, whatever their number."""

import json
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from parvis.access import registry
from parvis.access.finding import register_holding
from parvis.access.status import values
from parvis.access.terms.state import applied
from parvis.establishments.funds import ALL

# Where nothing has the words as they stand, a part of one or a wrong letter is looked for in the latest of each
# establishment, in so many letters and so many exchanges of all of them: each of their words is compared.
LETTERS_LOOKED_THROUGH, EXCHANGES_LOOKED_THROUGH = 3000, 500


def _holding(
    query: str, words: Sequence[str], services: Sequence[str], most: int, skipped: int
) -> tuple[list[int], int]:
    rule = values()
    offered = {one.code: {"theme": one.theme.code, "funds": sorted(one.funds)} for one in registry.catalogue(ALL)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM inbox_holding(%s, %s, %s::jsonb, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s)",
            [
                *(rule["today"], rule["months"], json.dumps(offered), query, list(words)),
                *(applied(rule["today"]), settings.PARVIS_TERMS_GRACE.days, list(services)),
                *(LETTERS_LOOKED_THROUGH, EXCHANGES_LOOKED_THROUGH, most, skipped),
            ],
        )
        rows = cursor.fetchall()
    return [number for number, _ in rows], rows[0][1] if rows else 0


register_holding(_holding)
