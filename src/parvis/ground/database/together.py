"""Several questions of a page asked in one statement: each costs what it asks, and the way there is gone once.

A question is scalar SQL expressions; one that answers in rows gives them as JSON (`rows`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from psycopg import RawCursor

from parvis.ground.database.prepared import numbered, prepared

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """`sql`: scalar expressions with the named parameters of `values`; `read` makes the answer of what they give."""

    sql: tuple[str, ...]
    values: Mapping[str, Any]
    read: Callable[..., Answer]

    def ask(self) -> Answer:
        """Alone, in one statement; in none where it has no expression."""
        answer: Answer = together(self)[0]
        return answer


def rows(sql: str, columns: int) -> str:
    """The rows of a query of so many columns, in its order: a JSON array of arrays, NULL for none.

    Days and instants come as ISO 8601 text.
    """
    names = ", ".join(f"c{number}" for number in range(columns))
    return f"SELECT json_agg(json_build_array({names})) FROM ({sql}) AS found({names})"


def together(*questions: Question[Any]) -> list[Any]:
    """The answers, in the order of the questions. A name that two of them give different values is each one's own."""
    values: dict[str, Any] = {}
    asked: list[str] = []
    for number, question in enumerate(questions):
        expressions: Iterable[str] = question.sql
        for name, value in question.values.items():
            if values.setdefault(name, value) != value:
                own = f"{name}_{number}"
                expressions = [one.replace(f"%({name})s", f"%({own})s") for one in expressions]
                values[own] = value
        asked += expressions
    found: tuple[Any, ...] = ()
    if asked:
        statement, names = _one(tuple(asked))
        with prepared(RawCursor) as cursor:
            cursor.execute(statement, [values[name] for name in names])
            found = cursor.fetchone()
    answers, past = [], 0
    for question in questions:
        first, past = past, past + len(question.sql)
        answers.append(question.read(*found[first:past]))
    return answers


@lru_cache(maxsize=256)
def _one(expressions: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """One statement of the expressions, and the names of its parameters $1, $2 …

    psycopg would look for the names anew each time in a statement that is as long as these are.
    """
    return numbered(f"SELECT {', '.join(f'({one})' for one in expressions)}")
