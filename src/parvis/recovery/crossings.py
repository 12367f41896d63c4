"""What must cross the policies before anybody is known. Neither tells a name or an address of a person."""

from parvis.ground.database.policies import crossing

RECOVERY_CROSSINGS = [
    # Where a SIRET leads: whether it is closed, whether anybody has an account there, whose advisers see its requests.
    crossing(
        "recovery_look(wanted_siret text, today date)",
        "TABLE (establishment_id bigint, closed boolean, populated boolean, fund varchar)",
        """SELECT e.id, e.access_closed_at IS NOT NULL,
          EXISTS (SELECT 1 FROM access_membership m WHERE m.establishment_id = e.id),
          coalesce((SELECT c.fund FROM establishments_contract c WHERE c.establishment_id = e.id
            ORDER BY (c.starts_on <= today AND (c.ends_on IS NULL OR c.ends_on >= today)) DESC,
              array_position(ARRAY['cnracl', 'ircantec', 'rafp'], c.fund::text), c.fund LIMIT 1), '')
        FROM establishments_establishment e WHERE e.siret = wanted_siret""",
        roles="parvis_app",
    ),
    crossing(
        "recovery_by_reference(wanted text)",
        "bigint",
        "SELECT c.establishment_id FROM recovery_case c WHERE c.reference = wanted",
        roles="parvis_app",
    ),
]
