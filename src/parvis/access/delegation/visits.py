"""When a delegate last worked for an establishment, and under which name it knows them."""

from typing import Any

from django.conf import settings
from django.db import connection

from parvis.access.standing import Mandate, Standing
from parvis.access.status import EXPIRES_SQL, values
from parvis.ground import clock, tenancy
from parvis.journal.actions import remember_name

VISIT_SQL = """INSERT INTO access_delegatevisit (establishment_id, organisation_id, member, last_at)
  VALUES (%s, %s, %s, %s) ON CONFLICT (establishment_id, member) DO UPDATE SET last_at = excluded.last_at"""


def delegate_name(mandate: Mandate) -> str:
    """As the establishment's « Historique » names a delegate."""
    return f"{mandate.member_name} ({mandate.organisation})"


def note_delegate(session: Any, who: Standing, mandate: Mandate) -> None:
    """Note that the delegate works for the establishment, at most every five minutes.

    It is a visit to their own organisation too: whoever works for its clients alone does not expire there; whoever is
    « À renouveler » there renews themselves first, as on any visit (`rules._visited`).
    """
    now = clock.now()
    last = session.get("delegate_visit")
    precision = settings.PARVIS_VISIT_PRECISION.total_seconds()
    if last and last[0] == who.siret and last[1] <= now.timestamp() < last[1] + precision:
        return
    session["delegate_visit"] = [who.siret, now.timestamp()]
    with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
        with connection.cursor() as cursor:
            cursor.execute(VISIT_SQL, [who.establishment_id, mandate.organisation_id, mandate.member, now])
        remember_name(mandate.member, delegate_name(mandate))
    with tenancy.scope(person=who.person_id, establishment=mandate.organisation_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE access_membership m SET last_visit_at = %(now)s, expired_at = NULL WHERE m.ref = %(member)s "
            f"AND m.establishment_id = %(organisation)s AND {EXPIRES_SQL} >= %(today)s",
            {**values(), "now": now, "member": mandate.member, "organisation": mandate.organisation_id},
        )
