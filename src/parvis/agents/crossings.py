"""What must cross the policies about agents: who is affiliated by others, said yes or no and never where.

Each has a test by a stranger. A change here comes with a migration that runs it again.
"""

from parvis.ground.database.policies import crossing

_HERE = "current_setting('parvis.establishment')::bigint"
_TABLES = ("agent", "affiliation", "post", "monthlybase")
_MOVED = " ".join(f"UPDATE agents_{one} SET establishment_id = here WHERE establishment_id = old;" for one in _TABLES)

AGENTS_CROSSINGS = [
    # Of these keyed NIR, those that another employer has affiliated to the scheme and not let go by that day. Asked
    # from an establishment alone; who asks holds the NIR, and learns neither where, nor since when, nor the number.
    crossing(
        "agents_elsewhere(keys text[], wanted text, day date)",
        "SETOF text",
        f"""SELECT DISTINCT a.nir_key::text FROM agents_agent a
        JOIN agents_affiliation f ON f.agent_id = a.id
        WHERE {_HERE} <> 0 AND a.nir_key = ANY(keys) AND a.nir_key <> '' AND a.establishment_id <> {_HERE}
          AND f.scheme = wanted AND f.entered_on <= day AND (f.left_on IS NULL OR f.left_on >= day)""",
        roles="parvis_app",
    ),
    # The other employers' open affiliations of agents that the one in scope has just affiliated: they are told since
    # when, and say themselves that the agent has left. Those that nobody had claimed before: by them each of these
    # employers is told in its own scope (`actions/claiming.py`), and who claims learns nothing.
    crossing(
        "agents_claimed(mine bigint[])",
        "TABLE (place bigint, affiliation bigint)",
        f"""WITH wanted AS (
          SELECT f.id, m.entered_on AS since, f.claimed_on IS NULL AS new
          FROM agents_affiliation m JOIN agents_agent a ON a.id = m.agent_id
            JOIN agents_agent o ON o.nir_key = a.nir_key
            JOIN agents_affiliation f ON f.agent_id = o.id AND f.scheme = m.scheme
          WHERE m.id = ANY(mine) AND m.establishment_id = {_HERE} AND m.left_on IS NULL AND NOT m.elsewhere
            AND a.nir_key <> '' AND f.establishment_id <> m.establishment_id AND f.left_on IS NULL AND NOT f.elsewhere
          ORDER BY f.id FOR UPDATE OF f),
        claimed AS (
          UPDATE agents_affiliation f SET claimed_on = w.since FROM wanted w WHERE f.id = w.id
          RETURNING f.establishment_id, f.id, w.new)
        SELECT c.establishment_id, c.id FROM claimed c WHERE c.new ORDER BY 1, 2""",
        roles="parvis_app",
    ),
    # Agents of an establishment whose place the one in scope has taken; how many came. Who is known on both sides
    # keeps both rows, and the one that came says whose twin it is: nothing of what was declared is lost.
    crossing(
        "agents_succeed(old bigint)",
        "bigint",
        f"""DECLARE came bigint; here bigint := {_HERE};
        BEGIN
          IF NOT EXISTS (SELECT 1 FROM establishments_succession s WHERE s.predecessor_id = old
              AND s.successor_id = here AND s.done_at IS NOT NULL) THEN
            RAISE EXCEPTION 'no such succession' USING ERRCODE = 'insufficient_privilege';
          END IF;
          SELECT count(*) INTO came FROM agents_agent a WHERE a.establishment_id = old;
          UPDATE agents_agent o SET same_as_id = n.id FROM agents_agent n WHERE o.establishment_id = old
            AND o.nir_key <> '' AND n.establishment_id = here AND n.nir_key = o.nir_key AND n.same_as_id IS NULL;
          {_MOVED}
          RETURN came;
        END""",
        roles="parvis_app",
        language="plpgsql",
    ),
]
