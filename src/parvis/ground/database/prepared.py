"""Statements that nearly every page runs, prepared once per connection: PostgreSQL plans them once, not each time.

Planning takes longer than running for most of them. Row-level security holds as everywhere: PostgreSQL makes the plan
anew when the role changes, and reads the scope's settings each time that it runs.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg import RawCursor
from psycopg.pq import Format

# On its second run a statement is prepared; psycopg keeps the hundred last ones of a connection.
THRESHOLD = 1
_NAMED = re.compile(r"%\((\w+)\)s")


def prepared(kind: type[Any] = ServerBindingCursor) -> Any:
    """A cursor like `connection.cursor()`, whose statements are prepared from their second run on.

    `kind`: psycopg's `RawCursor` where the statement has its parameters numbered already.
    """
    here = connections[DEFAULT_DB_ALIAS]
    here.ensure_connection()
    with here.wrap_database_errors:
        raw = here.connection
        if raw.prepare_threshold is None:
            # Django's own cursors bind in the client and prepare nothing, whatever this says.
            raw.prepare_threshold = THRESHOLD
        cursor: Any = kind(raw)
        # Rows of dates and instants are read in a third of the time that their text takes.
        cursor.format = Format.BINARY
        return here.make_debug_cursor(cursor) if here.queries_logged else here.make_cursor(cursor)


def asked(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement with named parameters, prepared, whose names are looked for once and not each time."""
    statement, names = numbered(sql)
    with prepared(RawCursor) as cursor:
        cursor.execute(statement, [values[name] for name in names])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@lru_cache(maxsize=512)
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """The statement with parameters $1, $2 … as psycopg's `RawCursor` wants them, and their names in that order."""
    names = tuple(dict.fromkeys(_NAMED.findall(sql)))
    numbers = {name: number for number, name in enumerate(names, start=1)}
    return _NAMED.sub(lambda found: f"${numbers[found[1]]}", sql).replace("%%", "%"), names
