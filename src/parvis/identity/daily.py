"""What passes with time of a person's own rows. Run by `parvis daily`, as the owner; it can be run again at once."""

import datetime

from django.conf import settings
from django.db import connection, transaction

from parvis.ground import clock
from parvis.identity.models import Spent

RATES_KEPT = datetime.timedelta(days=1)


@transaction.atomic
def forget_old_coordinates() -> int:
    """Delete what is over since `PARVIS_COORDINATE_RETENTION`: changes of e-mail and telephone, addresses that nobody

    confirmed, codes for a call; and browsers not seen for `PARVIS_BROWSER_MEMORY`. Returns how many coordinates.
    """
    now = clock.now()
    limit = now - settings.PARVIS_COORDINATE_RETENTION
    old = "SELECT c.id FROM identity_coordinatechange c WHERE least(c.confirmed_at, c.cancelled_at, c.expires_at) < %s"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM identity_changetoken t WHERE t.change_id IN ({old})", [limit])
        cursor.execute(f"DELETE FROM identity_coordinatechange c WHERE c.id IN ({old})", [limit])
        count = int(cursor.rowcount)
        # An address that waits: its latest link still is, or was until not long ago.
        dead = (
            "SELECT e.id FROM identity_email e WHERE e.verified_at IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM identity_link l WHERE l.email_id = e.id AND l.expires_at >= %s)"
        )
        cursor.execute(
            f"DELETE FROM identity_linktoken t USING identity_link l WHERE t.link_id = l.id AND l.email_id IN ({dead})",
            [limit],
        )
        cursor.execute(f"DELETE FROM identity_link l WHERE l.email_id IN ({dead})", [limit])
        cursor.execute(
            "DELETE FROM identity_email e WHERE e.verified_at IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM identity_link l WHERE l.email_id = e.id) "
            "AND NOT EXISTS (SELECT 1 FROM identity_email r WHERE r.replaces_id = e.id)"
        )
        count += int(cursor.rowcount)
        cursor.execute("DELETE FROM identity_callcode c WHERE c.expires_at < %s", [limit])
        unseen = "SELECT b.id FROM identity_browser b WHERE b.last_seen_at < %s"
        forgotten = now - settings.PARVIS_BROWSER_MEMORY
        cursor.execute(
            f"DELETE FROM identity_counter WHERE key IN (SELECT 'b:' || u.id FROM ({unseen}) AS u)", [forgotten]
        )
        cursor.execute(f"DELETE FROM identity_browser WHERE id IN ({unseen})", [forgotten])
    return count


@transaction.atomic
def forget_spent() -> int:
    """Delete the hashes of values that could serve no more anyway (`Spent`); returns how many."""
    count, _ = Spent.objects.filter(until__lt=clock.now()).delete()
    return count


@transaction.atomic
def forget_failures() -> int:
    """Delete counters of failures without a change for `PARVIS_COUNTER_RETENTION`, and the rates of other days.

    Somebody who is blocked stays blocked, however long; a name that nobody bears is forgotten, blocked or not. Returns
    how many counters.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM identity_rate WHERE "window" < %s', [now - RATES_KEPT])
        cursor.execute(
            "DELETE FROM identity_counter WHERE changed_at < %s AND (NOT blocked OR key LIKE 'n:%%')",
            [now - settings.PARVIS_COUNTER_RETENTION],
        )
        return int(cursor.rowcount)
