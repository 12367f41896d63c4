"""Which establishments the one in scope has taken the place of: what they did is read with its own."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from parvis.establishments.models import Succession
from parvis.ground import tenancy

# The crossing that reads it (`crossings.py`).
INHERITED = "establishments_inherited"


def inherited() -> str:
    """The name of the function that reads the predecessors' events; empty where there is no predecessor."""
    here = tenancy.current().establishment
    return INHERITED if Succession.objects.filter(successor_id=here, done_at__isnull=False).exists() else ""


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An establishment whose place the one in scope has taken, or whose place one of those had. `on`: since when."""

    id: int
    siret: str
    name: str
    on: datetime.date


def predecessors() -> list[Predecessor]:
    """Those of the establishment in scope, the latest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT id, siret, name, "on" FROM establishments_predecessors()')
        return [Predecessor(*row) for row in cursor]


def predecessor(siret: str) -> Predecessor | None:
    """The predecessor of that SIRET of the establishment in scope; None for any other establishment."""
    return next((one for one in predecessors() if one.siret == siret), None)


@contextmanager
def within(one: Predecessor) -> Iterator[None]:
    """Read what is the predecessor's own, and write nothing: only `predecessors` of the one in scope are made."""
    with tenancy.scope(person=tenancy.current().person, establishment=one.id, read_only=True):
        yield
