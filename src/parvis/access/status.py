"""The status of an account and the day on which it expires: one rule, in Python for one account and in SQL for lists.

An account expires on its end date or `PARVIS_EXPIRY_MONTHS` after the latest of its creation, its confirmation, its
last visit and its last renewal, whichever comes first; days are those of Paris, and the day itself is still open.
Nothing of it is stored. An administrator whose day has passed while nobody who administers has a later one does not
expire: they are « À renouveler ». « Bloqué » belongs to the person (`identity/`) and is what who
administers is shown in place of an open status: it follows from no date, and closes nothing to whoever is signed in.
« Supprimé » is in the history only.

In SQL the rule is a set of fragments over access_membership. Their parameters are what `values()` gives, and
%(establishment)s where they look at one establishment alone; a crossing names its own arguments instead. A test
compares the two forms.
"""

import calendar
import datetime
import enum
from typing import Any, Protocol

from django.conf import settings

from parvis.ground import clock


class Status(enum.Enum):
    """Value as in addresses and exports; label and tone as shown."""

    PENDING = ("attente", "En attente de mot de passe", "attention")
    ACTIVE = ("actif", "Actif", "well")
    RENEWING = ("a-renouveler", "À renouveler", "attention")
    DEACTIVATED = ("desactive", "Désactivé", "neutral")
    EXPIRED = ("expire", "Expiré", "wrong")
    BLOCKED = ("bloque", "Bloqué", "wrong")

    def __init__(self, slug: str, label: str, tone: str) -> None:
        self.slug = slug
        self.label = label
        self.tone = tone

    @classmethod
    def of(cls, slug: str) -> "Status":
        """The status that `slug` names. Raises KeyError for anything else."""
        return _BY_SLUG[slug]


_BY_SLUG = {status.slug: status for status in Status}
OPEN = (Status.ACTIVE, Status.RENEWING)


class Dated(Protocol):
    """What the rule reads of an account: a `Membership`, or anything that bears its dates."""

    ends_on: datetime.date | None
    created_at: datetime.datetime
    confirmed_at: datetime.datetime | None
    deactivated_at: datetime.datetime | None
    last_visit_at: datetime.datetime | None
    renewed_at: datetime.datetime | None


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or the last day of a shorter month; as PostgreSQL adds months."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def new_period(today: datetime.date) -> datetime.date:
    """The last day of a period that begins today."""
    return months_after(today, settings.PARVIS_EXPIRY_MONTHS)


def expires_on(account: Dated) -> datetime.date:
    """The last day on which the account is open, unless somebody visits or renews before."""
    signs = (account.created_at, account.confirmed_at, account.last_visit_at, account.renewed_at)
    latest = max(sign for sign in signs if sign is not None)
    unvisited = new_period(latest.astimezone(clock.PARIS).date())
    return unvisited if account.ends_on is None else min(account.ends_on, unvisited)


def status_on(today: datetime.date, account: Dated, *, last_administrator: bool) -> Status:
    """The status on a day. Deactivation is somebody's decision and wins; then the expiry.

    `last_administrator`: the account administers, and nobody who administers the establishment expires later.
    """
    if account.deactivated_at is not None:
        return Status.DEACTIVATED
    if expires_on(account) < today:
        return Status.RENEWING if last_administrator else Status.EXPIRED
    if account.confirmed_at is None:
        return Status.PENDING
    return Status.ACTIVE


# --- The same in SQL -------------------------------------------------------------------------------------------------
def values() -> dict[str, Any]:
    """The parameters of every fragment below."""
    return {"today": clock.today(), "months": settings.PARVIS_EXPIRY_MONTHS}


def expires_sql(m: str = "m", *, months: str = "%(months)s") -> str:
    """`expires_on` of row `m`."""
    return (
        f"least({m}.ends_on, ((greatest({m}.created_at, {m}.confirmed_at, {m}.last_visit_at, {m}.renewed_at) "
        f"AT TIME ZONE 'Europe/Paris')::date + make_interval(months => {months}))::date)"
    )


def administers_sql(m: str = "m", *, today: str = "%(today)s") -> str:
    """Whether row `m` administers, expired or not: confirmed, begun, not deactivated."""
    return (
        f"{m}.profile = 'administrateur' AND {m}.confirmed_at IS NOT NULL AND {m}.deactivated_at IS NULL "
        f"AND ({m}.starts_on IS NULL OR {m}.starts_on <= {today})"
    )


def latest_sql(
    establishment: str = "%(establishment)s", *, today: str = "%(today)s", months: str = "%(months)s"
) -> str:
    """The day on which the last of those who administer an establishment expires; NULL where nobody does."""
    return (
        f"SELECT max({expires_sql('o', months=months)}) FROM access_membership o "
        f"WHERE o.establishment_id = {establishment} AND {administers_sql('o', today=today)}"
    )


def last_administrator_sql(m: str = "m", *, today: str = "%(today)s", months: str = "%(months)s") -> str:
    """Whether row `m` administers and nobody who administers the establishment expires later."""
    latest = latest_sql(f"{m}.establishment_id", today=today, months=months)
    return f"({administers_sql(m, today=today)} AND {expires_sql(m, months=months)} >= ({latest}))"


def active_administrator_sql(m: str = "m", *, today: str = "%(today)s", months: str = "%(months)s") -> str:
    """Whether row `m` is an active administrator, « À renouveler » included; looks at others only past the day."""
    rule = {"today": today, "months": months}
    open_ = f"{expires_sql(m, months=months)} >= {today}"
    return f"({administers_sql(m, today=today)} AND ({open_} OR {last_administrator_sql(m, **rule)}))"


# To be named in the WITH of a statement that uses the two below: read once, and only where somebody's day has passed.
LATEST_CTE = f"latest AS (SELECT ({latest_sql()}) AS day)"
# The same where who administers is told besides: the rows of all who do, expired or not, with the `day` of each.
ADMINISTERING_CTE = (
    "administering AS MATERIALIZED (SELECT o.id, o.sort_key, o.first_name || ' ' || o.last_name AS name, o.function, "
    f"o.email, o.phone, {expires_sql('o')} AS day FROM access_membership o "
    f"WHERE o.establishment_id = %(establishment)s AND {administers_sql('o')}), "
    "latest AS (SELECT max(day) AS day FROM administering)"
)
EXPIRES_SQL = expires_sql()


def last_of_latest_sql(expires: str = EXPIRES_SQL) -> str:
    """`last_administrator_sql` of row m, from the CTE."""
    return f"({administers_sql()} AND {expires} >= (SELECT day FROM latest))"


def status_sql(last_administrator: str = "", *, expires: str = EXPIRES_SQL) -> str:
    """`status_on` of row m, as a slug; `expires`: where a statement has worked out that day already."""
    last = last_administrator or last_of_latest_sql(expires)
    return f"""CASE WHEN m.deactivated_at IS NOT NULL THEN 'desactive'
    WHEN {expires} < %(today)s THEN CASE WHEN {last} THEN 'a-renouveler' ELSE 'expire' END
    WHEN m.confirmed_at IS NULL THEN 'attente'
    ELSE 'actif' END"""


STATUS_SQL = status_sql()
