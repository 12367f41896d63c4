"""The status of an account, derived from its dates: one rule, in Python for one account and in SQL for lists.

« Bloqué » and « À renouveler » come with the rules that make them; « Supprimé » is in the history only.
"""

import datetime
import enum


class Status(enum.Enum):
    """Value as in addresses and exports; label and tone as shown."""

    PENDING = ("attente", "En attente de mot de passe", "attention")
    ACTIVE = ("actif", "Actif", "well")
    DEACTIVATED = ("desactive", "Désactivé", "neutral")
    EXPIRED = ("expire", "Expiré", "wrong")

    def __init__(self, slug: str, label: str, tone: str) -> None:
        self.slug = slug
        self.label = label
        self.tone = tone

    @classmethod
    def of(cls, slug: str) -> "Status":
        """The status that `slug` names. Raises KeyError for anything else."""
        return _BY_SLUG[slug]


_BY_SLUG = {status.slug: status for status in Status}


def status_on(
    today: datetime.date,
    *,
    confirmed_at: datetime.datetime | None,
    deactivated_at: datetime.datetime | None,
    ends_on: datetime.date | None,
) -> Status:
    """The status on a day. Deactivation is somebody's decision and wins; then the end date (its day included)."""
    if deactivated_at is not None:
        return Status.DEACTIVATED
    if ends_on is not None and ends_on < today:
        return Status.EXPIRED
    if confirmed_at is None:
        return Status.PENDING
    return Status.ACTIVE


# The same rule over table access_membership as m, with one parameter: today. A test compares the two forms.
STATUS_SQL = """CASE WHEN m.deactivated_at IS NOT NULL THEN 'desactive'
    WHEN m.ends_on < %(today)s THEN 'expire'
    WHEN m.confirmed_at IS NULL THEN 'attente'
    ELSE 'actif' END"""
