"""When somebody is warned that an account expires: on a fixed day of the month before, then some days before.

The last administrator, whom nobody else can renew, is warned more often, and every week once the day has passed. Pure
rules of days: who is warned, and that nobody is warned twice, is in `warnings.py`.
"""

import calendar
import datetime

from django.conf import settings

WEEK = 7


def horizon() -> int:
    """How many days before the expiry of an account the first warning may leave."""
    days = (*settings.PARVIS_EXPIRY_WARNING_DAYS, *settings.PARVIS_RENEWAL_WARNING_DAYS)
    # From the first of the month before, both months long.
    return max(*days, 31 + 31)


def month_before(expires_on: datetime.date) -> datetime.date:
    """The fixed day of the month before the expiry, or the last day of a month that has none."""
    year, month = divmod(expires_on.year * 12 + expires_on.month - 2, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(settings.PARVIS_EXPIRY_MONTHLY_WARNING_DAY, last))


def stages(expires_on: datetime.date, *, last: bool) -> list[tuple[datetime.date, str]]:
    """The day and the name of each warning before the expiry, in order. `last`: of the last administrator."""
    days = {*settings.PARVIS_EXPIRY_WARNING_DAYS, *(settings.PARVIS_RENEWAL_WARNING_DAYS if last else ())}
    before = [(expires_on - datetime.timedelta(days=count), f"jour-{count}") for count in days]
    return sorted([(month_before(expires_on), "mois"), *before])


def stage_due(today: datetime.date, expires_on: datetime.date, *, since: datetime.date, last: bool) -> str:
    """The warning that is due: the latest whose day has come; "" for none. A day that was missed is made up for once.

    What was due on or before `since`, the day on which the account was created or renewed, is not: whoever did it knew
    the day.
    """
    if today > expires_on:
        return f"retard-{(today - expires_on).days // WEEK}" if last else ""
    due = [name for day, name in stages(expires_on, last=last) if since < day <= today]
    return due[-1] if due else ""
