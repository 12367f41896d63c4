"""When each right was last used: noted at most once a day per person and service, and when one counts as unused."""

import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.access.standing import Standing
from parvis.access.status import months_after
from parvis.ground import tenancy

USE_SQL = """INSERT INTO access_rightuse AS u (establishment_id, membership_id, service, last_used_on)
  VALUES (%s, %s, %s, %s) ON CONFLICT (membership_id, service) DO UPDATE SET last_used_on = excluded.last_used_on
  WHERE u.last_used_on < excluded.last_used_on"""


def note_use(session: Any, who: Standing, service: str) -> None:
    """Note that the account used the service today, in a short transaction of its own.

    The session remembers what was noted: an ordinary request asks the database nothing for it. A delegate's use is
    their visit (`delegation/visits.py`).
    """
    if not who.account_opens:
        return
    held, today = session.get("uses"), who.today.isoformat()
    noted = held[1] if held and held[0] == today else []
    use = f"{who.membership_id}:{service}"
    if use in noted:
        return
    session["uses"] = [today, [*noted, use]]
    with tenancy.scope(person=who.person_id, establishment=who.establishment_id), connection.cursor() as cursor:
        cursor.execute(USE_SQL, [who.establishment_id, who.membership_id, service, who.today])


def unused_limit(today: datetime.date) -> datetime.date:
    """The day before which a last use is too long ago."""
    return months_after(today, -settings.PARVIS_REVIEW_UNUSED_MONTHS)


def is_unused(
    today: datetime.date,
    *,
    used_on: datetime.date | None,
    granted_on: datetime.date,
    starts_on: datetime.date | None,
) -> bool:
    """Whether nobody used the right for `PARVIS_REVIEW_UNUSED_MONTHS`, counted from its first day at the earliest."""
    signs = (used_on, granted_on, starts_on)
    return max(sign for sign in signs if sign is not None) < unused_limit(today)


def unused_sql(r: str = "r") -> str:
    """`is_unused` of row `r` of access_right; %(unused)s is the limit."""
    return (
        f"greatest((SELECT u.last_used_on FROM access_rightuse u WHERE u.membership_id = {r}.membership_id "
        f"AND u.service = {r}.service), ({r}.granted_at AT TIME ZONE 'Europe/Paris')::date, {r}.starts_on) "
        "< %(unused)s"
    )
