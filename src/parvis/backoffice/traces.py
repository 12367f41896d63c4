"""Opening the page of an establishment or a person leaves an event: once per adviser, object and hour.

Written after the page's own transaction, which is READ ONLY: `note` is what a view calls.
"""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from parvis.advisers.standing import AdviserStanding
from parvis.ground import clock, tenancy
from parvis.ground.rules import after
from parvis.journal.actions import record, remember_name

# Establishments have no reference of their own: a number of the same form stands for each.
_PLACES = uuid.UUID("6d2e9a51-4a0f-4f0e-9c55-0f7b1c6f3a10")
OPENED_PLACE, OPENED_PERSON = "adviser.opened_establishment", "adviser.opened_person"

SEEN_SQL = """
INSERT INTO backoffice_opening AS o (adviser_id, object, at) VALUES (%(adviser)s, %(object)s, %(now)s)
ON CONFLICT (adviser_id, object) DO UPDATE SET at = excluded.at WHERE o.at <= %(before)s OR o.at > %(now)s
RETURNING 1
"""


def note_place(request: object, who: AdviserStanding, establishment: int) -> None:
    """The page of that establishment was opened."""
    _later(request, who, uuid.uuid5(_PLACES, str(establishment)), [(establishment, None)])


def note_person(request: object, who: AdviserStanding, accounts: Sequence[tuple[int, uuid.UUID]]) -> None:
    """The page of a person was opened: each establishment whose account was shown has it in its journal."""
    _later(request, who, accounts[0][1], list(accounts))


def _later(request: object, who: AdviserStanding, object: uuid.UUID, shown: list[tuple[int, uuid.UUID | None]]) -> None:
    after(request, lambda: _trace(who, object, shown))  # type: ignore[arg-type]


def _trace(who: AdviserStanding, object: uuid.UUID, shown: list[tuple[int, uuid.UUID | None]]) -> None:
    with tenancy.scope(person=who.person_id, role=tenancy.ADVISER, funds=who.funds):
        with connection.cursor() as cursor:
            cursor.execute(
                SEEN_SQL,
                {
                    "adviser": who.adviser_id,
                    "object": object,
                    "now": clock.now(),
                    "before": clock.now() - settings.PARVIS_ADVISER_TRACE,
                },
            )
            if cursor.fetchone() is None:
                return
        for establishment, account in shown:
            with tenancy.scope(establishment=establishment):
                remember_name(who.ref, who.signature)
                record(OPENED_PERSON if account else OPENED_PLACE, actor=who.actor, object=account)
