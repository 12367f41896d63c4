"""A letter about money that nobody opened: its readers are recalled after ten days, who administers after twenty.

One notice for an establishment and a service, whatever the number of letters: a month in which 64,000 came must not
shout. Run by `parvis daily`, as the owner.
"""

import datetime
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.letters.reading import service_of
from parvis.notices.actions import notify_each

_BATCH = 500  # letters told of in one transaction

WAITING_SQL = """SELECT l.id, l.establishment_id, t.service,
    (SELECT string_agg(c.fund, ',') FROM establishments_contract c WHERE c.establishment_id = l.establishment_id
      AND c.starts_on <= %(today)s AND (c.ends_on IS NULL OR c.ends_on >= %(today)s))
  FROM letters_fundletter l JOIN letters_lettertype t ON t.id = l.type_id
  WHERE t.about_money AND l.first_opened_at IS NULL AND l.withdrawn_at IS NULL AND l.archived_at IS NULL
    AND l.deposited_at <= %(before)s AND l.deposited_at > %(oldest)s AND l.{column} IS NULL
  ORDER BY l.establishment_id, l.id LIMIT %(batch)s FOR UPDATE OF l SKIP LOCKED"""


def recall_letters() -> int:
    """Recall what waits, to its readers, then to who administers; returns how many letters it was about."""
    return _all("recalled_at", "PARVIS_LETTER_RECALL") + _all("escalated_at", "PARVIS_LETTER_RECALL_ADMINISTRATORS")


def _all(column: str, term: str) -> int:
    count = 0
    while done := _some(column, getattr(settings, term)):
        count += done
    return count


def _some(column: str, delay: datetime.timedelta) -> int:
    now = clock.now()
    with tenancy.scope(role="parvis_owner"), connection.cursor() as cursor:
        cursor.execute(
            WAITING_SQL.format(column=column),
            {
                "today": clock.today(),
                "before": now - delay,
                "oldest": now - settings.PARVIS_LETTER_RECALL_LIMIT,
                "batch": _BATCH,
            },
        )
        rows = cursor.fetchall()
        if rows:
            cursor.execute(
                f"UPDATE letters_fundletter SET {column} = %s WHERE id = ANY(%s)", [now, [row[0] for row in rows]]
            )
            _tell(rows, administrators=column == "escalated_at", days=delay.days)
    return len(rows)


def _tell(rows: list[tuple[Any, ...]], *, administrators: bool, days: int) -> None:
    # The oldest of each group stands for it; by the service whose holders read it.
    groups: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, place, type_service, funds in rows:
        service = "" if administrators else service_of(type_service, frozenset((funds or "").split(",")) - {""}).code
        groups[service][place].append(number)
    for service, places in groups.items():
        about = [
            (place, numbers[0], {"count": len(numbers), "days": days}) for place, numbers in sorted(places.items())
        ]
        kind = "letter_money_administrators" if administrators else "letter_money"
        notify_each(kind, about, service=service, administrators=administrators)
