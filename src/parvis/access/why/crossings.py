"""What must cross from an establishment to the organisations that act for it, to say who can do what in it.

Each has a test by a stranger.
"""

from parvis.access.delegation.crossings import IN_FORCE_SQL, MANDATE_COLUMNS, MANDATE_FROM, MANDATE_SELECT, OPEN_SQL
from parvis.ground.database.policies import crossing

WHY_CROSSINGS = [
    # In the establishment in scope: everybody's paths by delegation today, as `access_mandates` gives one person's,
    # with whose they are. What `standings()` adds to the accounts.
    crossing(
        "access_everybodys_mandates(today date, months int)",
        f"TABLE ({MANDATE_COLUMNS}, who bigint, sort_key text)",
        f"""SELECT {MANDATE_SELECT}, m.person_id, m.sort_key FROM {MANDATE_FROM}
        WHERE d.establishment_id = current_setting('parvis.establishment')::bigint AND m.person_id IS NOT NULL
          AND {IN_FORCE_SQL} AND {OPEN_SQL}
        ORDER BY s.service, w.portfolio, d.id""",
        roles="parvis_app",
    ),
]
