"""What an establishment's SMS and calls cost in a day, and the cap that no number of parallel calls passes."""

from django.conf import settings
from django.db import connection

from parvis.ground import clock
from parvis.ground.tenancy import action
from parvis.post.telephone.calls import Channel

NOBODY = 0


@action
def spend(*, establishment: int, channel: Channel) -> bool:
    """Add one SMS or call to what the establishment spends today (in Paris); False, and nothing added, past the cap.

    Called in the transaction that queues it: what is rolled back costs nothing. `NOBODY` (0) pays from a pot common to
    those whom no establishment pays for, under the same cap.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT post_spend(%s, %s, %s, %s)",
            [
                establishment,
                clock.today(),
                settings.PARVIS_TELEPHONE_COST[channel],
                settings.PARVIS_TELEPHONE_DAILY_CAP,
            ],
        )
        return bool(cursor.fetchone()[0])
