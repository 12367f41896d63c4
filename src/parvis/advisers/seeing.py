"""« Voir comme »: whose eyes an adviser has in one establishment, for a few minutes, changing nothing.

The session says which; the database says, at each request, whether it still holds.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.db import connection
from django.http import HttpRequest

from parvis.ground import clock

KEY = "seeing_as"


@dataclass(frozen=True, slots=True)
class Seeing:
    """Who is seen as, where, until when, and by whom."""

    establishment_id: int
    siret: str
    person_id: int
    account: uuid.UUID
    name: str
    until: datetime.datetime
    adviser: str


def begun(request: HttpRequest) -> bool:
    """Whether this session began to see as somebody, still in time or not. Costs nothing."""
    return KEY in request.session


def seeing(request: HttpRequest) -> Seeing | None:
    """Whom this session sees as now; None once it is over. Asked of the database each time."""
    held = request.session.get(KEY)
    if held is None or not request.user.is_authenticated:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM advisers_seeing(%s, %s, %s)", [uuid.UUID(held), request.user.pk, clock.now()])
        row = cursor.fetchone()
    return Seeing(*row) if row else None
