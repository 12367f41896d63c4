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
