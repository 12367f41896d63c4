"""What stands at the address of an establishment that another one has taken the place of."""

import datetime
from dataclasses import dataclass

from django.db import connection

from parvis.establishments.models import Succession
from parvis.ground import tenancy


@dataclass(frozen=True, slots=True)
class Became:
    """What became of it, for somebody who may enter what took its place."""

    name: str
    siret: str
    cause: str
    since: datetime.date
    successor: str
    successor_siret: str


def became(person_id: int, siret: str) -> Became | None:
    """None for an establishment that is itself, for one that does not exist, and for whoever belongs to neither."""
    with tenancy.scope(person=person_id, read_only=True), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_became(%s, %s)", [person_id, siret])
        row = cursor.fetchone()
    if row is None:
        return None
    name, old, cause, since, successor, new = row
    return Became(name, old, Succession.Cause(cause).label, since, successor, new)
