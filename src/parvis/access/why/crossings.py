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
    # What the journals of the organisations that the establishment in scope ever gave a delegation say of who worked
    # for it until an instant: assignments, its portfolios and their teams, and whether those accounts were open. Of
    # each event only what concerns this establishment; nothing of other clients.
    crossing(
        "access_delegates_past(until timestamptz)",
        "TABLE (at timestamptz, id bigint, kind text, organisation_id bigint, object uuid, level int, portfolio uuid, "
        "portfolio_name text, ends_on text, starts_on text, by text, name text)",
        """WITH here AS (SELECT e.id, e.siret FROM establishments_establishment e
          WHERE e.id = current_setting('parvis.establishment')::bigint),
        given AS (SELECT DISTINCT d.organisation_id FROM access_delegation d JOIN here ON here.id = d.establishment_id
          WHERE d.accepted_at IS NOT NULL),
        told AS (SELECT v.* FROM journal_event v JOIN given g ON g.organisation_id = v.establishment_id
          WHERE v.at < until AND (v.kind LIKE 'assignment.%' OR v.kind LIKE 'portfolio.%')),
        held AS (SELECT DISTINCT t.object AS ref FROM told t, here
          WHERE t.kind = 'portfolio.clients_added' AND jsonb_exists(t.after -> 'clients', here.siret)),
        mine AS (SELECT t.*, CASE WHEN t.kind LIKE 'portfolio.member%'
            THEN coalesce(t.after ->> 'portfolio', t.before ->> 'portfolio')::uuid
            WHEN t.kind LIKE 'portfolio.%' THEN t.object END AS folder
          FROM told t, here WHERE CASE
            WHEN t.kind = 'assignment.given' THEN jsonb_exists(t.after -> 'clients', here.siret)
            WHEN t.kind = 'assignment.withdrawn' THEN jsonb_exists(t.before -> 'levels', here.siret)
            WHEN t.kind = 'portfolio.clients_added' THEN jsonb_exists(t.after -> 'clients', here.siret)
            WHEN t.kind = 'portfolio.clients_removed' THEN jsonb_exists(t.before -> 'clients', here.siret)
            WHEN t.kind IN ('portfolio.deleted', 'portfolio.renamed') THEN t.object IN (SELECT ref FROM held)
            WHEN t.kind LIKE 'portfolio.member%'
              THEN coalesce(t.after ->> 'portfolio', t.before ->> 'portfolio')::uuid IN (SELECT ref FROM held)
            ELSE false END),
        people AS (SELECT DISTINCT establishment_id, object FROM mine
          WHERE kind LIKE 'assignment.%' OR kind LIKE 'portfolio.member%'),
        lives AS (SELECT v.*, NULL::uuid AS folder FROM journal_event v
          JOIN people p ON p.establishment_id = v.establishment_id AND p.object = v.object
          WHERE v.at < until AND v.kind LIKE 'account.%')
        SELECT x.at, x.id, x.kind::text, x.establishment_id, x.object, (x.after ->> 'level')::int, x.folder,
          coalesce(x.after ->> 'name', x.before ->> 'name', ''), x.after ->> 'ends_on', x.after ->> 'starts_on',
          coalesce((SELECT n.name FROM journal_name n WHERE n.establishment_id = x.establishment_id
            AND n.ref = x.actor AND x.kind NOT LIKE 'account.%' ORDER BY n.id DESC LIMIT 1), ''),
          coalesce((SELECT n.name FROM journal_name n WHERE n.establishment_id = x.establishment_id
            AND n.ref = x.object AND x.folder IS DISTINCT FROM x.object ORDER BY n.id DESC LIMIT 1), '')
        FROM (SELECT * FROM mine UNION ALL SELECT * FROM lives) x ORDER BY x.at, x.id""",
        roles="parvis_app",
    ),
]
