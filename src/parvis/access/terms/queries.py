"""Reading what an establishment accepted, and whom to tell."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from parvis.access.models import TermsAcceptance
from parvis.access.status import active_administrator_sql, values
from parvis.access.terms.state import TERMS_COLUMNS, Terms, read_terms
from parvis.ground import clock, tenancy


@dataclass(frozen=True, slots=True)
class Given:
    """An acceptance, ready to show."""

    version: int
    at: datetime.datetime
    name: str


def acceptances() -> list[Given]:
    """What the establishment in scope accepted, latest first."""
    return [
        Given(version, at, name)
        for version, at, name in TermsAcceptance.objects.filter(establishment_id=tenancy.current().establishment)
        .order_by("-version")
        .values_list("version", "accepted_at", "name")
    ]


def terms_here() -> Terms:
    """The state of the establishment in scope, where nobody's standing was loaded (an e-mail)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {TERMS_COLUMNS} FROM establishments_establishment e WHERE e.id = %s",
            [tenancy.current().establishment],
        )
        return read_terms(clock.today(), *cursor.fetchone())


def active_administrators(establishments: Sequence[int]) -> list[tuple[int, int]]:
    """The active administrators of these establishments: (establishment, membership)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.establishment_id, m.id FROM access_membership m "
            f"WHERE m.establishment_id = ANY(%(where)s) AND {active_administrator_sql()} ORDER BY 1, 2",
            {"where": list(establishments), **values()},
        )
        return list(cursor.fetchall())
