"""Whom to ask: the active administrators of the establishment in scope."""

from collections.abc import Sequence

from django.db import connection

from parvis.access.standing import Standing
from parvis.access.status import active_administrator_sql, values
from parvis.ground import tenancy
from parvis.ground.database.prepared import prepared
from parvis.ground.pages import Administrator

ADMINISTRATORS_SQL = f"""
SELECT m.first_name || ' ' || m.last_name, m.function, m.email, m.phone FROM access_membership m
WHERE m.establishment_id = %(establishment)s AND {active_administrator_sql()} AND m.id <> %(except)s
ORDER BY m.sort_key, m.id
"""


def administrators(*, except_membership: int = 0) -> tuple[Administrator, ...]:
    """Administrators who are active today, by name; never one who cannot answer. One statement."""
    with prepared() as cursor:
        cursor.execute(
            ADMINISTRATORS_SQL,
            {"establishment": tenancy.current().establishment, "except": except_membership, **values()},
        )
        return tuple(Administrator(*row) for row in cursor)


def organisation_administrators(who: Standing) -> tuple[Administrator, ...]:
    """Those whom a delegate asks: the active administrators of their own organisation."""
    if who.delegate is None:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, function, email, phone "
            "FROM access_organisation_administrators(%(who)s, %(organisation)s, %(today)s, %(months)s)",
            {"who": who.person_id, "organisation": who.delegate.organisation_id, **values()},
        )
        return tuple(Administrator(*row) for row in cursor)


def active_administrators(establishments: Sequence[int]) -> list[tuple[int, int]]:
    """The active administrators of several establishments: (establishment, membership). For letters to all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.establishment_id, m.id FROM access_membership m "
            f"WHERE m.establishment_id = ANY(%(where)s) AND {active_administrator_sql()} ORDER BY 1, 2",
            {"where": list(establishments), **values()},
        )
        return list(cursor.fetchall())
