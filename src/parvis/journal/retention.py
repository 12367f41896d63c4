"""How long names and events are kept. Run by `parvis daily`.

Names of deleted accounts are blanked after `PARVIS_NAME_RETENTION_YEARS`; each event is erased when the time that its
type declares (`Kind.kept_years`) is over.

What was deleted says so by an event of a type that ends in `.deleted`: accounts, and whoever else a package names and
erases (a correspondent).
"""

import datetime

from django.conf import settings
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.journal.kinds import KINDS


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


def erase_old_events() -> int:
    """Erase the events whose type's time is over; returns how many. Under the one role that may, type by type.

    An event of a type that no package declares any more is kept: nobody said for how long.
    """
    erased, now = 0, clock.now()
    with tenancy.scope(role=tenancy.RETENTION), connection.cursor() as cursor:
        for kind in KINDS.values():
            cursor.execute(
                "DELETE FROM journal_event WHERE kind = %s AND at < %s", [kind.code, years_before(now, kind.kept_years)]
            )
            erased += int(cursor.rowcount)
    return erased


def years_before(instant: datetime.datetime, years: int) -> datetime.datetime:
    """The same day and hour so many years earlier; 28 February for a 29th that did not exist."""
    try:
        return instant.replace(year=instant.year - years)
    except ValueError:
        return instant.replace(year=instant.year - years, day=28)
