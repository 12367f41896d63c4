"""Whose data a transaction may touch.

Every request and job that touches the database runs in a scope: one transaction that begins with **one** statement
setting the person, the establishment, the database role and read-only. The row-level policies read these settings; the
connection's defaults are 0, so that a forgotten scope sees nothing and raises nothing. See docs/architecture.md.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from parvis.ground.database.prepared import prepared

APP = "parvis_app"
PERSON = "parvis_person"
PORTFOLIO = "parvis_portfolio"
ADVISER = "parvis_adviser"
RETENTION = "parvis_retention"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the transaction may touch: ids, 0 for none; `funds`: an adviser's, by code, commas between them."""

    person: int
    establishment: int
    role: str
    read_only: bool
    funds: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """The establishment as found by a crossing function (`access_enter`), in the scope's own first statement."""

    function: str
    arguments: tuple[Any, ...]


NOWHERE = Scope(person=0, establishment=0, role="none", read_only=False)
_current: ContextVar[Scope] = ContextVar("scope", default=NOWHERE)


def current() -> Scope:
    """The scope in force, `NOWHERE` outside of any."""
    return _current.get()


def _set(scope: Scope, lookup: Lookup | None = None, *, funds: bool = False) -> int:
    """Set everything in one statement; returns the id of the establishment in scope.

    The funds are set where the scope has some, or where `funds` says that others may be in force.
    """
    if lookup is None:
        establishment, arguments = "%s", (str(scope.establishment),)
    else:
        marks = ", ".join(["%s"] * len(lookup.arguments))
        establishment, arguments = f"coalesce({lookup.function}({marks}), 0)::text", lookup.arguments
    more, besides = (", set_config('parvis.funds', %s, true)", [scope.funds]) if scope.funds or funds else ("", [])
    with prepared() as cursor:
        cursor.execute(
            f"select set_config('parvis.establishment', {establishment}, true), set_config('parvis.person', %s, true), "
            f"set_config('role', %s, true), set_config('transaction_read_only', %s, true){more}",
            [*arguments, str(scope.person), scope.role, "on" if scope.read_only else "off", *besides],
        )
        return int(cursor.fetchone()[0])


@contextmanager
def scope(
    *,
    person: int = 0,
    establishment: int | Lookup = 0,
    role: str = APP,
    read_only: bool = False,
    funds: Iterable[str] = (),
) -> Iterator[Scope]:
    """Open the transaction of a request or a job; nested, it narrows for a while and then restores what was.

    Nothing is written when an exception leaves it. A nested scope cannot write where the outer one is read-only.
    """
    outer = _current.get()
    lookup = establishment if isinstance(establishment, Lookup) else None
    wanted = Scope(
        *(person, 0 if isinstance(establishment, Lookup) else establishment, role, outer.read_only or read_only),
        funds=",".join(sorted(funds)),
    )
    nested = connection.in_atomic_block
    if nested and lookup is None and wanted == outer and wanted.read_only:
        # A reading inside the same scope: nothing to set, nothing to undo.
        yield outer
        return
    with transaction.atomic():
        # The outer scope's funds are not the inner one's.
        found = _set(wanted, lookup, funds=bool(outer.funds))
        inner = replace(wanted, establishment=found)
        token = _current.set(inner)
        try:
            yield inner
        finally:
            _current.reset(token)
    if nested and not connection.needs_rollback:
        # A transaction-local setting outlives its savepoint (read-only apart): give the outer scope its own back. After
        # an exception the savepoint's rollback did.
        _set(outer, funds=bool(wanted.funds))


def action(function: Callable[P, R]) -> Callable[P, R]:
    """A write: all of it or nothing, inside the scope of the request or job that calls it."""

    @functools.wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        if _current.get() is NOWHERE:
            raise RuntimeError(f"{function.__qualname__} writes: it must be called inside a scope.")
        with transaction.atomic():
            return function(*args, **kwargs)

    return inside


class Refused(Exception):
    """A rule says no; nothing was written. The message is a French sentence for the person, saying what to do."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
