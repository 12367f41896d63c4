"""How long names are kept: those of deleted accounts are blanked, events stay. Run by `parvis daily`.

What was deleted says so by an event of a type that ends in `.deleted`: accounts, and whoever else a package names and
erases (a correspondent).
"""

import datetime

from django.conf import settings
from django.db import connection

from parvis.ground import clock, tenancy


def blank_old_names() -> int:
    """Blank the names of accounts deleted more than `PARVIS_NAME_RETENTION_YEARS` years ago; returns how many rows.

    Under the one role that may; what somebody did stays readable together, under a pseudonym (`queries.pseudonym`).
    """
    with tenancy.scope(role=tenancy.RETENTION), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_name n SET name = '' WHERE n.name <> '' AND EXISTS (SELECT 1 FROM journal_event v "
            "WHERE v.kind LIKE '%%.deleted' AND v.object = n.ref AND v.establishment_id = n.establishment_id "
            "AND v.at < %s)",
            [years_before(clock.now(), settings.PARVIS_NAME_RETENTION_YEARS)],
        )
        return int(cursor.rowcount)


def years_before(instant: datetime.datetime, years: int) -> datetime.datetime:
    """The same day and hour so many years earlier; 28 February for a 29th that did not exist."""
    try:
        return instant.replace(year=instant.year - years)
    except ValueError:
        return instant.replace(year=instant.year - years, day=28)
