"""What a calendar reads without anybody signed in, and what somebody of many establishments has to do in all of them.

Each has a test by a stranger. A change here comes with a migration that runs the changed ones again.
"""

from parvis.access.status import active_administrator_sql, expires_sql
from parvis.ground.database.policies import crossing

# Whether account m lets its person in on a day (`Standing.account_opens`): confirmed, begun, not over, not closed.
_ENTERS = f"""m.deactivated_at IS NULL AND m.confirmed_at IS NOT NULL AND e.access_closed_at IS NULL
  AND (m.starts_on IS NULL OR m.starts_on <= today) AND ({expires_sql("m", months="months")} >= today
    OR {active_administrator_sql("m", today="today", months="months")})"""

OBLIGATIONS_CROSSINGS = [
    # The secret of the address is the right to it: whose calendar it is, and of which establishment (NULL: of all).
    crossing(
        "obligations_calendar(wanted_hash varchar)",
        "TABLE (number bigint, person_id bigint, establishment_id bigint)",
        """SELECT a.id, a.person_id, a.establishment_id FROM obligations_calendaraddress a
        WHERE a.hash = wanted_hash AND a.revoked_at IS NULL""",
        roles="parvis_app",
    ),
    # Of the person in scope: what each establishment that they enter today has on these days, at most so many lines.
    crossing(
        "obligations_of_person(today date, months int, first date, past date, undone boolean, lines int)",
        """TABLE (siret varchar, name varchar, key varchar, fund varchar, act varchar, label varchar, starts date,
        ends date, due_on date, opens_on date, placed_on date, uncertain boolean, changed_at timestamptz,
        done_on date, taken text)""",
        f"""SELECT e.siret, e.name, o.key, o.fund, o.act, o.label, o.period_starts_on, o.period_ends_before, o.due_on,
          o.opens_on, o.placed_on, o.uncertain, o.changed_at, o.done_on,
          (SELECT n.name FROM journal_name n WHERE n.ref = o.taken_by AND n.establishment_id = o.establishment_id
            ORDER BY n.id DESC LIMIT 1)
        FROM access_membership m JOIN establishments_establishment e ON e.id = m.establishment_id
        JOIN obligations_occurrence o ON o.establishment_id = m.establishment_id
        WHERE m.person_id = current_setting('parvis.person')::bigint AND {_ENTERS}
          AND o.placed_on >= first AND o.placed_on < past AND o.withdrawn_on IS NULL
          AND (NOT undone OR o.done_at IS NULL)
        ORDER BY o.placed_on, e.sort_key, o.fund, o.key LIMIT lines""",
        roles="parvis_person",
    ),
]
