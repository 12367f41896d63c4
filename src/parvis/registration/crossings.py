"""What must cross the policies before anybody is known: what a SIRET answers, and where a reference belongs.

Neither tells a name, an address or an e-mail. Each has a test by a stranger.
"""

from parvis.access.status import active_administrator_sql
from parvis.ground.database.policies import crossing

_RULE = {"today": "today", "months": "months"}
_PENDING = """m.establishment_id = e.id AND m.profile = 'administrateur' AND m.confirmed_at IS NULL
      AND m.deactivated_at IS NULL"""

REGISTRATION_CROSSINGS = [
    # What is public of an establishment (Sirene), the funds it deals with, and whether somebody administers it.
    crossing(
        "registration_look(wanted_siret text, today date, months int, at timestamptz)",
        "TABLE (establishment_id bigint, siret varchar, name varchar, postcode varchar, commune varchar, "
        "legal_category varchar, closed_on date, funds varchar[], administered boolean, populated boolean, "
        "invited boolean, under_way boolean)",
        f"""SELECT e.id, e.siret, e.name, e.postcode, e.commune, e.legal_category,
          coalesce(e.closed_on, (e.access_closed_at AT TIME ZONE 'Europe/Paris')::date),
          ARRAY(SELECT c.fund FROM establishments_contract c WHERE c.establishment_id = e.id
            AND c.starts_on <= today AND (c.ends_on IS NULL OR c.ends_on >= today)),
          EXISTS (SELECT 1 FROM access_membership m WHERE m.establishment_id = e.id
            AND {active_administrator_sql("m", **_RULE)}),
          EXISTS (SELECT 1 FROM access_membership m WHERE m.establishment_id = e.id AND m.confirmed_at IS NOT NULL),
          EXISTS (SELECT 1 FROM access_membership m JOIN access_link l ON l.membership_id = m.id WHERE {_PENDING}
            AND l.used_at IS NULL AND l.superseded_at IS NULL AND l.killed_at IS NULL AND l.expires_at > at),
          EXISTS (SELECT 1 FROM registration_registration r WHERE r.establishment_id = e.id
            AND r.state IN ('posted', 'checking', 'stopped'))
        FROM establishments_establishment e WHERE e.siret = wanted_siret""",
        roles="parvis_app",
    ),
    crossing(
        "registration_by_reference(wanted text)",
        "TABLE (registration_id bigint, establishment_id bigint)",
        "SELECT r.id, r.establishment_id FROM registration_registration r WHERE r.reference = wanted",
        roles="parvis_app",
    ),
]
