"""What must cross row-level security: what calls cost, a letter that is reported. Each has a test by a stranger.

A change here comes with a migration that runs the changed one again.
"""

from parvis.ground.database.policies import crossing

CROSSINGS = [
    # A code at sign-in is paid by an establishment that the person has not entered yet. It only adds, and reads nothing
    # out but yes or no; the row is locked until the caller's transaction ends, so parallel calls add one by one.
    crossing(
        "post_spend(payer bigint, on_day date, amount integer, ceiling integer)",
        "boolean",
        """WITH spent AS (
            INSERT INTO post_expense AS e (establishment_id, day, cents)
            SELECT payer, on_day, amount WHERE amount BETWEEN 0 AND ceiling
            ON CONFLICT (establishment_id, day) DO UPDATE SET cents = e.cents + excluded.cents
                WHERE e.cents + excluded.cents <= ceiling
            RETURNING 1)
        SELECT EXISTS (SELECT FROM spent)""",
    ),
]

# Whoever reports a letter has its reference alone, and no scope yet (migration 0004).
POSTAL_CROSSINGS = [
    crossing(
        "post_letter_by_reference(wanted text)",
        "TABLE (letter_id bigint, establishment_id bigint)",
        "SELECT l.id, l.establishment_id FROM post_postalletter l WHERE l.reference = wanted",
        roles="parvis_app",
    ),
]
