"""What must cross row-level security for who has several establishments: which ones, the most urgent first.

The order goes by what « À faire » asks for (`todo.py` of each package), whatever the person's rights: nothing of what
waits is told here, it is read in each one's own scope, by the rights of the day. Tested by a stranger.
"""

from parvis.access.delegation.crossings import IN_FORCE_SQL, MANDATE_FROM, OPEN_SQL
from parvis.ground.database.policies import crossing
from parvis.obligations.words import OWED

_OWED = ", ".join(f"'{act}'" for act in sorted(OWED))
_ME = "current_setting('parvis.person')::bigint"

INBOX_CROSSINGS = [
    # The establishments that the person in scope enters today and that answer a search, by the day on which the first
    # of what may wait there falls due; how many they are.
    crossing(
        "inbox_places(today date, months int, words text[], soon int, late int, most int, skipped int)",
        "TABLE (id bigint, siret varchar, name varchar, due date, found bigint)",
        # In plpgsql, which keeps the plan for the connection: planning it takes longer than running it.
        f"""#variable_conflict use_column
        BEGIN RETURN QUERY WITH places AS MATERIALIZED (
          SELECT m.establishment_id AS id, m.profile = 'administrateur' AS administers FROM access_membership m
            WHERE m.person_id = {_ME} AND {OPEN_SQL}
          UNION SELECT d.establishment_id, false FROM {MANDATE_FROM}
            WHERE m.person_id = {_ME} AND {IN_FORCE_SQL} AND {OPEN_SQL}),
        waiting (id, due) AS (
          SELECT o.establishment_id, o.due_on FROM places p JOIN obligations_occurrence o ON o.establishment_id = p.id
            JOIN obligations_computation c ON c.establishment_id = o.establishment_id
            WHERE o.placed_on BETWEEN greatest(c.follows_from, today - late) AND today + soon
              AND o.due_on IS NOT NULL AND o.done_at IS NULL AND o.withdrawn_on IS NULL AND o.act IN ({_OWED})
          UNION ALL SELECT l.establishment_id, l.deposited_at::date FROM places p
            JOIN letters_fundletter l ON l.establishment_id = p.id
            JOIN letters_lettertype t ON t.id = l.type_id AND t.about_money
            WHERE l.first_opened_at IS NULL AND l.withdrawn_at IS NULL AND l.archived_at IS NULL
          UNION ALL SELECT x.establishment_id, x.due_on FROM places p
            JOIN exchanges_exchange x ON x.establishment_id = p.id WHERE x.state = 'asked'
          UNION ALL SELECT v.establishment_id, v.due_on FROM places p JOIN access_review v ON v.establishment_id = p.id
            WHERE p.administers AND v.closed_at IS NULL
          UNION ALL SELECT q.establishment_id, q.asked_at::date FROM places p
            JOIN access_rightrequest q ON q.establishment_id = p.id WHERE p.administers AND q.outcome = '')
        SELECT e.id, e.siret, e.name, w.due, count(*) OVER ()
        FROM establishments_establishment e
        LEFT JOIN (SELECT waiting.id, min(waiting.due) AS due FROM waiting GROUP BY waiting.id) w ON w.id = e.id
        WHERE e.id IN (SELECT p.id FROM places p) AND e.access_closed_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM unnest(words) word WHERE strpos(e.sort_key, word) = 0
            AND strpos(e.siret, word) <> 1)
        ORDER BY w.due NULLS LAST, e.sort_key, e.id LIMIT most OFFSET skipped; END""",
        roles="parvis_person",
        language="plpgsql",
    ),
]
