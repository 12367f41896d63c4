"""What must cross row-level security: for whom something waits for the digest; ids of persons, nothing else."""

from parvis.ground.database.policies import crossing

NOTICE_CROSSINGS = [
    crossing(
        "notices_waiting_for_digest(cut timestamptz, most int)",
        "SETOF bigint",
        """SELECT DISTINCT r.person_id FROM notices_reader r
        WHERE r.delivery = 'daily' AND r.digest IS NULL AND r.at < cut ORDER BY 1 LIMIT most""",
        roles="parvis_app",
    ),
]
