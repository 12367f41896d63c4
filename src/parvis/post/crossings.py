"""What must cross row-level security to count what telephone calls cost. Each has a test by a stranger.

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
