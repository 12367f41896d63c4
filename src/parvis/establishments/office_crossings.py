"""What an adviser changes of an establishment that nobody of it may change: only where it is of the adviser's funds."""

from parvis.ground.database.policies import crossing

_MINE = """EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = e.id
    AND c.fund = ANY (string_to_array(current_setting('parvis.funds'), ',')))"""

OFFICE_CROSSINGS = [
    # « Peut agir pour d’autres »: whether anything changed.
    crossing(
        "establishments_mark(wanted bigint, acts boolean)",
        "boolean",
        f"""WITH changed AS (UPDATE establishments_establishment e SET acts_for_others = acts
          WHERE e.id = wanted AND e.acts_for_others <> acts AND {_MINE} RETURNING e.id)
        SELECT EXISTS (SELECT 1 FROM changed)""",
        roles="parvis_adviser",
    ),
    # Nobody enters from `at` on; NULL: they do again. Whether anything changed.
    crossing(
        "establishments_close(wanted bigint, at timestamptz)",
        "boolean",
        f"""WITH changed AS (UPDATE establishments_establishment e SET access_closed_at = at
          WHERE e.id = wanted AND (e.access_closed_at IS NULL) <> (at IS NULL) AND {_MINE} RETURNING e.id)
        SELECT EXISTS (SELECT 1 FROM changed)""",
        roles="parvis_adviser",
    ),
]
