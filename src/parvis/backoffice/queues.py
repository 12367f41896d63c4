"""What waits for advisers, on the home page: how much, since when, and what is past the time meant for an answer.

One statement for all queues. A package that has one adds its line to `_QUEUES`; row-level security leaves the rows of
the adviser's funds.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from parvis.ground import clock, working_days
from parvis.ground.pages.addresses import address

# Name of the address, what one of them is called and several, table, since when it waits, what waits; then the setting
# that says in how many working days it should be answered, "" for none, or the column (after « @ ») that holds the day.
_QUEUES = [
    (
        "backoffice:registrations", ("inscription à vérifier", "inscriptions à vérifier"),
        "registration_registration", "submitted_at", "state IN ('checking', 'stopped')",
        "PARVIS_REGISTRATION_TARGET_DAYS",
    ),
    (
        "backoffice:recoveries", ("demande d’accès à retrouver", "demandes d’accès à retrouver"),
        "recovery_case", "opened_at", "state = 'open'", "PARVIS_RECOVERY_TARGET_DAYS",
    ),
    (
        "backoffice:acts", ("acte à décider à quatre yeux", "actes à décider à quatre yeux"),
        "advisers_sensitiveact", "opened_at", "state = 'waiting'", "PARVIS_ACT_TARGET_DAYS",
    ),
    (
        "backoffice:letters", ("courrier à imprimer", "courriers à imprimer"),
        "post_postalletter", "created_at", "state = 'to_print'", "",
    ),
    (
        "backoffice:exchanges", ("échange à traiter", "échanges à traiter"),
        "exchanges_exchange", "sent_at", "state IN ('sent', 'taken', 'reopened')", "@target_on",
    ),
    (
        "backoffice:dossiers", ("demande à instruire", "demandes à instruire"),
        "dossiers_dossier", "sent_at", "state IN ('sent', 'examined')", "@target_on",
    ),
    (
        "backoffice:payments", ("virement à rattacher", "virements à rattacher"),
        "ledger_bankpayment", "received_at", "state = 'waiting'", "PARVIS_PAYMENT_TARGET_DAYS",
    ),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue with something in it, or empty. `late`: how many are past the day meant for an answer."""

    label: str
    href: str
    count: int
    oldest: datetime.date | None
    due: datetime.date | None
    late: int


def queues() -> list[Queue]:
    """Each queue of the adviser's funds, whether something waits or not."""
    today = clock.today()
    parts, values = [], []
    for _, _, table, since, waits, term in _QUEUES:
        own = term.removeprefix("@") if term.startswith("@") else ""
        parts.append(
            f"SELECT count(*), min({since}), count(*) FILTER (WHERE {own or since} < %s), "
            f"{f'min({own})' if own else 'NULL::date'} FROM {table} WHERE {waits}"
        )
        values.append(today if own else _limit(today, getattr(settings, term)) if term else clock.now())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({part})" for part in parts), values)
        rows = cursor.fetchall()
    found = []
    for (name, (one, many), _, _, _, term), (count, oldest, late, own) in zip(_QUEUES, rows, strict=True):
        day = oldest.astimezone(clock.PARIS).date() if oldest else None
        due = own or (working_days.after(day, getattr(settings, term)) if day and term else None)
        label = one if count < 2 else many
        found.append(Queue(label, address(name), count, day, due, late if term else 0))
    return found


def _limit(today: datetime.date, days: int) -> datetime.datetime:
    """What began before this instant should have been answered by yesterday."""
    day = today
    while working_days.after(day, days) >= today:
        day -= datetime.timedelta(days=1)
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min, clock.PARIS)
