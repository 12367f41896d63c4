"""What must cross the policies about establishments: what Sirene says, taken over; what predecessors went through.

Each has a test by a stranger. A change here comes with a migration that runs the changed ones again.
"""

from parvis.establishments.office_crossings import OFFICE_CROSSINGS
from parvis.ground.database.policies import crossing

__all__ = ["OFFICE_CROSSINGS", "PREDECESSORS_CROSSINGS", "SIRENE_CROSSINGS", "SUCCESSION_CROSSINGS"]

# The establishments whose place the one in scope has taken, and whose place those had taken before, and so on.
LINEAGE_CTE = """lineage(id, name, "on") AS (
  SELECT s.predecessor_id, p.name, s."on" FROM establishments_succession s
    JOIN establishments_establishment p ON p.id = s.predecessor_id
    WHERE s.successor_id = current_setting('parvis.establishment')::bigint AND s.done_at IS NOT NULL
  UNION SELECT s.predecessor_id, p.name, s."on" FROM establishments_succession s
    JOIN lineage l ON l.id = s.successor_id JOIN establishments_establishment p ON p.id = s.predecessor_id
    WHERE s.done_at IS NOT NULL)"""

_NAME = """(SELECT n.name FROM journal_name n WHERE n.establishment_id = v.establishment_id AND n.ref = v.{0}
  ORDER BY n.id DESC LIMIT 1)"""

SIRENE_CROSSINGS = [
    # An adviser takes over the name or the address that waits, as Sirene says it last; nothing else can be written, and
    # in no establishment but one that has or had a contract with a fund of the adviser's. The answer: its id.
    crossing(
        "establishments_take_over(wanted uuid, new_sort_key text)",
        "bigint",
        """UPDATE establishments_establishment e SET
          name = CASE WHEN c.kind = 'name' THEN left(e.sirene[1], 200) ELSE e.name END,
          sort_key = CASE WHEN c.kind = 'name' THEN left(new_sort_key, 200) ELSE e.sort_key END,
          address = CASE WHEN c.kind = 'address' THEN string_to_array(e.sirene[2], E'\\n') ELSE e.address END,
          commune = CASE WHEN c.kind = 'address' THEN e.sirene[3] ELSE e.commune END,
          postcode = CASE WHEN c.kind = 'address' THEN e.sirene[4] ELSE e.postcode END
        FROM establishments_sirenechange c
        WHERE c.ref = wanted AND c.state = 'waiting' AND c.kind IN ('name', 'address') AND e.id = c.establishment_id
          AND EXISTS (SELECT 1 FROM establishments_contract k WHERE k.establishment_id = e.id
            AND k.fund = ANY (string_to_array(current_setting('parvis.funds'), ',')))
        RETURNING e.id""",
        roles="parvis_adviser",
    ),
]

SUCCESSION_CROSSINGS = [
    # The events of the predecessors of the establishment in scope, with the names known there; nothing of any other.
    crossing(
        "establishments_inherited(only_kind text, since timestamptz, until timestamptz, only_object uuid)",
        "TABLE (id bigint, at timestamptz, kind text, establishment_id bigint, actor uuid, object uuid, before jsonb, "
        "after jsonb, origin text, actor_name text, object_name text, place text)",
        f"""WITH RECURSIVE {LINEAGE_CTE}
        SELECT v.id, v.at, v.kind, v.establishment_id, v.actor, v.object, v.before, v.after, v.origin,
          {_NAME.format("actor")}, {_NAME.format("object")}, l.name
        FROM lineage l JOIN journal_event v ON v.establishment_id = l.id
        WHERE coalesce(v.kind = only_kind, true) AND coalesce(v.at >= since, true) AND coalesce(v.at < until, true)
          AND coalesce(v.object = only_object, true)""",
        roles="parvis_app, parvis_adviser",
    ),
]

PREDECESSORS_CROSSINGS = [
    # Whose place the one in scope has taken, and whose place those had taken before: their names, and since when.
    crossing(
        "establishments_predecessors()",
        'TABLE (id bigint, siret varchar, name varchar, "on" date)',
        f"""WITH RECURSIVE {LINEAGE_CTE}
        SELECT l.id, p.siret, l.name, l."on" FROM lineage l JOIN establishments_establishment p ON p.id = l.id
        ORDER BY l."on" DESC, l.name""",
        roles="parvis_app, parvis_adviser",
    ),
]
