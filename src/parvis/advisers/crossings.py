"""What must cross the policies before an adviser has a scope."""

from parvis.ground.database.policies import crossing

ADVISERS_CROSSINGS = [
    crossing(
        "advisers_of_person(who bigint)",
        "TABLE (id bigint, ref uuid, first_name varchar, last_name varchar, operator varchar, role varchar, "
        "funds varchar)",
        """SELECT a.id, a.ref, a.first_name, a.last_name, a.operator, a.role, a.funds FROM advisers_adviser a
        WHERE a.person_id = who AND a.closed_at IS NULL""",
        roles="parvis_app, parvis_person",
    ),
    # The establishment of an address, for an adviser of those funds: 0 where it never had a contract with one of them.
    crossing(
        "advisers_enter(wanted_siret text, wanted_funds text[])",
        "bigint",
        """SELECT coalesce((SELECT e.id FROM establishments_establishment e WHERE e.siret = wanted_siret
          AND EXISTS (SELECT 1 FROM establishments_contract c
            WHERE c.establishment_id = e.id AND c.fund = ANY (wanted_funds))), 0)""",
        roles="parvis_app",
    ),
]

# Since migration 0005.
APART_CROSSINGS = [
    # Which of these e-mails are an adviser's own: an adviser never belongs to an establishment.
    crossing(
        "advisers_among(keys text[])",
        "SETOF text",
        """SELECT DISTINCT e.key FROM identity_email e JOIN advisers_adviser a ON a.person_id = e.person_id
        WHERE e.key = ANY (keys) AND a.closed_at IS NULL""",
        roles="parvis_app",
    ),
]

# « Voir comme » (migration 0006): whose eyes an adviser has at this moment, where it is neither over nor of a fund that
# is theirs no more.
SEEING_CROSSINGS = [
    crossing(
        "advisers_seeing(wanted uuid, who bigint, at timestamptz)",
        "TABLE (establishment_id bigint, siret varchar, person_id bigint, account uuid, name varchar, "
        "until timestamptz, adviser text)",
        """SELECT s.establishment_id, e.siret, s.person_id, s.account, s.name, s.until,
          a.first_name || ' ' || a.last_name
        FROM advisers_seeingas s JOIN advisers_adviser a ON a.id = s.adviser_id
        JOIN establishments_establishment e ON e.id = s.establishment_id
        WHERE s.id = wanted AND a.person_id = who AND a.closed_at IS NULL AND s.ended_at IS NULL AND s.until > at
          AND s.began_at <= at
          AND EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = s.establishment_id
            AND c.fund = ANY (string_to_array(a.funds, ',')))""",
        roles="parvis_app",
    ),
]
