"""What an organisation that acts for others must see beyond its rows: facts of the public directory, and a count."""

from parvis.access.delegation.crossings import IN_FORCE_SQL
from parvis.ground.database.policies import crossing

_ACTS = """EXISTS (SELECT 1 FROM establishments_establishment o
  WHERE o.id = current_setting('parvis.establishment')::bigint AND o.acts_for_others)"""

ORGANISATION_CROSSINGS = [
    # To whom delegations may be proposed: the directory by words, kind and department, a page at a time with the whole
    # number. Facts of the public directory, for who acts for others alone, and never whether anybody has an account.
    crossing(
        "access_directory_page(words text[], wanted_kind text, wanted_department text, skip int, most int)",
        "TABLE (id bigint, siret text, name text, kind text, department text, postcode text, total bigint)",
        f"""SELECT e.id, e.siret, e.name, e.kind, e.department, e.postcode, count(*) OVER ()
        FROM establishments_establishment e
        WHERE {_ACTS} AND e.id <> current_setting('parvis.establishment')::bigint
          AND (wanted_kind = '' OR e.kind = wanted_kind)
          AND (wanted_department = '' OR e.department = wanted_department)
          AND NOT EXISTS (SELECT 1 FROM unnest(words) w WHERE strpos(e.sort_key, w) = 0 AND strpos(e.siret, w) <> 1)
        ORDER BY e.sort_key, e.id OFFSET skip LIMIT most""",
        roles="parvis_app, parvis_portfolio",
    ),
    # The same facts of those whose SIRET are known already: the lines of a file.
    crossing(
        "access_directory_lines(sirets text[])",
        "TABLE (id bigint, siret text, name text, kind text, department text, postcode text)",
        f"""SELECT e.id, e.siret, e.name, e.kind, e.department, e.postcode FROM establishments_establishment e
        WHERE {_ACTS} AND e.siret = ANY(sirets)""",
        roles="parvis_app, parvis_portfolio",
    ),
    # How many clients of the organisation in scope have nobody to work for them: what « À faire » tells.
    crossing(
        "access_unattended(today date)",
        "bigint",
        f"""SELECT count(*) FROM access_delegation d
        WHERE d.organisation_id = current_setting('parvis.establishment')::bigint AND {IN_FORCE_SQL}
          AND NOT EXISTS (SELECT 1 FROM access_assignment a WHERE a.establishment_id = d.organisation_id
            AND a.client_id = d.establishment_id)
          AND NOT EXISTS (SELECT 1 FROM access_portfolioclient pc JOIN access_portfoliomember pm
            ON pm.portfolio_id = pc.portfolio_id
            WHERE pc.establishment_id = d.organisation_id AND pc.client_id = d.establishment_id)""",
        roles="parvis_app",
    ),
]
