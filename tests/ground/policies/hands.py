"""What the tests of this folder share: people, requests, and how their answers are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from parvis.ground import clock, tenancy
from parvis.ground.database.policies import GLOBAL_TABLES

ROLES = {"parvis_app", "parvis_person", "parvis_portfolio", "parvis_adviser", "parvis_owner", "parvis_retention"}


TABLES = """SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1"""


POLICIES = """SELECT c.relname, p.polname, p.polpermissive,
    ARRAY(SELECT r.rolname::text FROM pg_roles r WHERE r.oid = ANY (p.polroles)), 0 = ANY (p.polroles),
    coalesce(pg_get_expr(p.polqual, p.polrelid), ''), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace"""


DEFINERS = """SELECT p.proname::text, p.proconfig, has_function_privilege('public', p.oid, 'EXECUTE'),
    ARRAY(SELECT r.rolname::text FROM pg_roles r, aclexplode(p.proacl) a
      WHERE a.grantee = r.oid AND a.privilege_type = 'EXECUTE' AND r.oid <> p.proowner ORDER BY 1)
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND p.prorettype <> 'trigger'::regtype"""

# The functions that triggers call with their maker's rights.
TRIGGERS = """SELECT DISTINCT p.proname::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
  WHERE p.prosecdef AND NOT t.tgisinternal"""


def rows(owner: psycopg.Connection[Any], sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return owner.execute(sql, values or None).fetchall()


def tables_with(owner: psycopg.Connection[Any], column: str) -> list[str]:
    found = rows(
        owner,
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace "
        "AND a.attname = %s AND NOT a.attisdropped ORDER BY 1",
        column,
    )
    return [name for (name,) in found]


def protected(owner: psycopg.Connection[Any]) -> list[str]:
    return [name for name, *_ in rows(owner, TABLES) if name not in GLOBAL_TABLES]


def may(owner: psycopg.Connection[Any], role: str, table: str, verb: str) -> bool:
    return bool(rows(owner, "SELECT has_any_column_privilege(%s, %s, %s)", role, table, verb)[0][0])


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """As the application, through Django's own connection."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def denied(match: str = "permission denied") -> Iterator[None]:
    """What follows is refused by the database, and the test's transaction goes on."""
    with pytest.raises((DatabaseError, psycopg.Error), match=match), transaction.atomic():
        yield


def _take(person: int, address: str, *, verified: bool) -> None:
    with tenancy.scope(person=person, role=tenancy.PERSON):
        ask(
            "INSERT INTO identity_email (person_id, address, key, verified_at) VALUES (%s, %s, %s, %s)",
            person,
            address,
            address,
            clock.now() if verified else None,
        )
