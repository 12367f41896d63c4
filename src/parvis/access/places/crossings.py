"""What must cross to the other establishments that the person in scope administers, and to no other."""

from parvis.access.status import active_administrator_sql, expires_sql
from parvis.ground.database.policies import crossing

_RULE = {"today": "today", "months": "months"}

PLACES_CROSSINGS = [
    # Where the person in scope administers today and somebody else has an account too: for renewing them in all of
    # those at once. `renewing`: the administrator's own access there is to be renewed first.
    crossing(
        "access_administered_with(other bigint, today date, months int)",
        "TABLE (establishment_id bigint, siret varchar, name text, membership_id bigint, ends_on date, "
        "expires_on date, deactivated boolean, renewing boolean)",
        f"""SELECT e.id, e.siret, e.name, m.id, m.ends_on, {expires_sql("m", months="months")},
          m.deactivated_at IS NOT NULL, {expires_sql("a", months="months")} < today
        FROM access_membership a
        JOIN access_membership m ON m.establishment_id = a.establishment_id AND m.person_id = other
        JOIN establishments_establishment e ON e.id = a.establishment_id
        WHERE a.person_id = current_setting('parvis.person')::bigint AND other <> a.person_id
          AND {active_administrator_sql("a", **_RULE)}
        ORDER BY e.sort_key, e.id""",
        roles="parvis_app",
    ),
]
