"""A correction that was begun and forgotten: after two weeks, whoever may correct is told of it by e-mail, once.

Run by `parvis daily`, as the owner; one notice for an establishment, whatever the number of drafts.
"""

from django.conf import settings
from django.db import connection

from parvis.access.levels import Level
from parvis.ground import clock, tenancy
from parvis.notices.actions import notify_each
from parvis.services.declarations.service import CODE

_BATCH = 500
WAITING_SQL = """SELECT c.id, c.establishment_id FROM service_declarations_correction c
  WHERE c.state = 'draft' AND c.recalled_at IS NULL AND c.begun_at <= %s
  ORDER BY c.establishment_id, c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED"""


def recall_drafts() -> int:
    """How many drafts were told of."""
    count = 0
    while done := _some():
        count += done
    return count


def _some() -> int:
    now, delay = clock.now(), settings.PARVIS_CORRECTION_RECALL
    with tenancy.scope(role="parvis_owner"), connection.cursor() as cursor:
        cursor.execute(WAITING_SQL, [now - delay, _BATCH])
        rows = cursor.fetchall()
        if not rows:
            return 0
        cursor.execute(
            "UPDATE service_declarations_correction SET recalled_at = %s WHERE id = ANY(%s)",
            [now, [number for number, _ in rows]],
        )
        places: dict[int, list[int]] = {}
        for number, place in rows:
            places.setdefault(place, []).append(number)
        about = [
            (place, numbers[0], {"count": len(numbers), "days": delay.days})
            for place, numbers in sorted(places.items())
        ]
        notify_each("declaration_draft", about, service=CODE, level=Level.WRITE)
    return len(rows)
