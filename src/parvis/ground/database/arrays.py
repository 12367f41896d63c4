"""Columns of a batch in PostgreSQL's own text of an array, `{1,2}`, for `unnest(%s::bigint[], …)`.

psycopg looks at each item of a list by itself, in Python: for a thousand rows that takes longer than the statement.
"""

from collections.abc import Sequence
from typing import Any


def plain(values: Sequence[Any]) -> str:
    """Numbers, days, truth values, identifiers: whatever never holds a comma, a quote or a blank. None is NULL."""
    return "{" + ",".join(["NULL" if one is None else str(one) for one in values]) + "}"


def texts(values: Sequence[str]) -> str:
    """Texts, whatever they hold; none of them is None."""
    if not values:
        return "{}"
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') > 2 * (len(values) - 1):
        joined = '","'.join([one.replace("\\", "\\\\").replace('"', '\\"') for one in values])
    return f'{{"{joined}"}}'
