"""What the figures count past the policies: numbers alone, over the establishments of the supervisor's funds."""

from parvis.access.status import active_administrator_sql
from parvis.ground.database.policies import crossing

_MINE = """mine AS MATERIALIZED (SELECT DISTINCT c.establishment_id AS id FROM establishments_contract c
    WHERE c.fund = ANY (string_to_array(current_setting('parvis.funds'), ',')))"""

FIGURES_CROSSINGS = [
    # Establishments that have accounts, by how many administer them; accounts of people who are blocked; reviews.
    crossing(
        "backoffice_figures_of_places(on_day date, so_many integer)",
        "TABLE (nobody integer, alone integer, several integer, blocked integer, reviews integer, late integer)",
        f"""WITH {_MINE}, counted AS (
          SELECT m.establishment_id AS id, count(*) FILTER (
            WHERE {active_administrator_sql(today="on_day", months="so_many")}) AS administrators
          FROM access_membership m JOIN mine ON mine.id = m.establishment_id GROUP BY 1)
        SELECT (SELECT count(*)::integer FROM counted WHERE administrators = 0),
          (SELECT count(*)::integer FROM counted WHERE administrators = 1),
          (SELECT count(*)::integer FROM counted WHERE administrators > 1),
          (SELECT count(DISTINCT m.person_id)::integer FROM identity_counter k
            JOIN access_membership m ON m.person_id = substr(k.key, 3)::bigint JOIN mine ON mine.id = m.establishment_id
            WHERE k.blocked AND k.key LIKE 'p:%'),
          (SELECT count(*)::integer FROM access_review r JOIN mine ON mine.id = r.establishment_id
            WHERE r.closed_at IS NULL),
          (SELECT count(*)::integer FROM access_review r JOIN mine ON mine.id = r.establishment_id
            WHERE r.closed_at IS NULL AND r.due_on < on_day)""",
        roles="parvis_adviser",
    ),
    # How many people of those establishments signed in on each day since `since`.
    crossing(
        "backoffice_figures_of_sign_ins(since timestamptz)",
        "TABLE (day date, people integer)",
        f"""WITH {_MINE} SELECT (v.at AT TIME ZONE 'Europe/Paris')::date, count(DISTINCT v.person_id)::integer
        FROM journal_event v WHERE v.kind = 'identity.signed_in' AND v.at >= since
          AND EXISTS (SELECT 1 FROM access_membership m JOIN mine ON mine.id = m.establishment_id
            WHERE m.person_id = v.person_id) GROUP BY 1 ORDER BY 1""",
        roles="parvis_adviser",
    ),
]
