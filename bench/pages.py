"""What the pages are compared with, under the same middleware.

The empty page: session and person loaded, nothing else. The twin of a page: the same scope, the same statements and the
same rows as that page, but strings concatenated instead of templates, dataclasses and forms. So that a twin cannot do
less than its page, its statements are not written here: they are recorded from the page itself, once per process, and
replayed. It answers with as many characters as the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.base import ServerBindingCursor
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from psycopg import Cursor, RawCursor

from parvis.ground.database.prepared import prepared
from parvis.ground.rules import public

# Those of `prepared`.
KINDS = (ServerBindingCursor, RawCursor)
# Its text, its values, the kind of cursor by which Parvis has it prepared.
Statement = tuple[str, Any, type[Cursor[Any]] | None]
_recorded: dict[tuple[int, str], "Recorded"] = {}


@dataclass(frozen=True, slots=True)
class Recorded:
    """The statements of a page, in order, and what to write around its rows for the same number of characters."""

    statements: tuple[Statement, ...]
    around: str


@public()
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing but who is signed in."""
    if not request.user.is_authenticated:
        raise Http404
    return HttpResponse("<!doctype html><title>Vide</title>")


@public()
def twin(request: HttpRequest, address: str) -> HttpResponse:
    """The twin of the page at `address`."""
    # The person first: outside of the scope, and in every page already.
    if not request.user.is_authenticated:
        raise Http404
    key = (request.user.pk, address)
    found = _recorded.get(key)
    if found is None:
        found = _recorded[key] = _record(request, f"/{address}")
    answer = HttpResponse(f"{_rows(found.statements)}{found.around}")
    answer["Cache-Control"] = "no-store"
    return answer


def _rows(statements: tuple[Statement, ...]) -> str:
    """Run the statements in one transaction; every value of every row, escaped, in one string."""
    parts = ["<!doctype html><html lang=fr><title>Jumelle</title><table>"]
    with transaction.atomic():
        for sql, values, kind in statements:
            with prepared(kind) if kind else connection.cursor() as cursor:
                cursor.execute(sql, values)
                for row in cursor.fetchall():
                    parts.append("<tr>")
                    parts += [f"<td>{escape(str(value))}</td>" for value in row]
    return "".join(parts)


def _record(request: HttpRequest, path: str) -> Recorded:
    page, statements = watched(request, path)
    missing = len(page.content.decode()) - len(_rows(statements))
    return Recorded(statements, " " * max(missing, 0))


def watched(request: HttpRequest, path: str) -> tuple[HttpResponse, tuple[Statement, ...]]:
    """Answer with the page at `path`, and every statement that it ran.

    Twice, and the second time counts: the first may note the visit, which happens every five minutes only.
    """
    match = resolve(path)
    request.path = request.path_info = path
    for _ in range(2):
        statements: list[Statement] = []

        def note(
            execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any, into: Any = statements
        ) -> Any:
            by = type(context["cursor"].cursor)
            into.append((sql, values, by if by in KINDS else None))
            return execute(sql, values, many, context)

        with connection.execute_wrapper(note):
            answer = match.func(request, *match.args, **match.kwargs)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    return answer, tuple(statements)
