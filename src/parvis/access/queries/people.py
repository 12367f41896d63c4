"""Whom to ask: the active administrators of the establishment in scope."""

from parvis.access.models import Profile
from parvis.ground import clock, tenancy
from parvis.ground.database.prepared import prepared
from parvis.ground.pages import Administrator


def administrators(*, except_membership: int = 0) -> tuple[Administrator, ...]:
    """Administrators who are active today, by name; never one who cannot answer. One statement."""
    with prepared() as cursor:
        cursor.execute(
            "SELECT first_name || ' ' || last_name, function, email, phone FROM access_membership "
            "WHERE establishment_id = %(e)s AND profile = %(p)s AND confirmed_at IS NOT NULL "
            "AND deactivated_at IS NULL AND (ends_on IS NULL OR ends_on >= %(d)s) "
            "AND (starts_on IS NULL OR starts_on <= %(d)s) "
            "AND id <> %(x)s "
            "ORDER BY sort_key, id",
            {
                "e": tenancy.current().establishment,
                "p": Profile.ADMINISTRATOR.value,
                "d": clock.today(),
                "x": except_membership,
            },
        )
        return tuple(Administrator(*row) for row in cursor)
