"""What must cross the policies about exchanges: an establishment's go to the one that takes its place.

It has a test by a stranger. A change here comes with a migration that runs it again.
"""

from parvis.ground.database.policies import crossing

# Rows that name their establishment; internal notes hang on the exchange alone.
_TABLES = ("exchange", "entry", "attachment", "reader", "draft")

EXCHANGES_CROSSINGS = [
    # Only of an establishment whose place the one in scope has taken; how many exchanges came.
    crossing(
        "exchanges_succeed(old bigint)",
        "bigint",
        f"""DECLARE came bigint; here bigint := current_setting('parvis.establishment')::bigint;
        BEGIN
          IF NOT EXISTS (SELECT 1 FROM establishments_succession s WHERE s.predecessor_id = old
              AND s.successor_id = here AND s.done_at IS NOT NULL) THEN
            RAISE EXCEPTION 'no such succession' USING ERRCODE = 'insufficient_privilege';
          END IF;
          SELECT count(*) INTO came FROM exchanges_exchange x WHERE x.establishment_id = old;
          {
            " ".join(
                f"UPDATE exchanges_{name} SET establishment_id = here WHERE establishment_id = old;" for name in _TABLES
            )
        }
          RETURN came;
        END""",
        roles="parvis_app",
        language="plpgsql",
    ),
]
