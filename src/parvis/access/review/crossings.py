"""What a review reads past the establishment's own rows: the names of the organisations that it gave delegations to."""

from parvis.ground.database.policies import crossing

REVIEW_CROSSINGS = [
    # In the establishment in scope: the delegations that hold or will, by the name of who received them.
    crossing(
        "access_review_delegations(today date)",
        "TABLE (ref uuid, organisation text)",
        """SELECT d.ref, o.name FROM access_delegation d
        JOIN establishments_establishment o ON o.id = d.organisation_id
        WHERE d.establishment_id = current_setting('parvis.establishment')::bigint
          AND d.accepted_at IS NOT NULL AND d.replaced_at IS NULL AND d.ended_at IS NULL AND d.ends_on >= today
        ORDER BY o.sort_key, d.id""",
        roles="parvis_app",
    ),
]
