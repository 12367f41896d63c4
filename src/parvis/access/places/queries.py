"""« Mes établissements »: where a person has an account, and whom they work for by a delegation; searched, by pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from parvis.access.levels import Level
from parvis.access.paging import Paging, paging
from parvis.access.queries.mine import Mine, memberships
from parvis.access.rights_form import TONES
from parvis.access.status import values
from parvis.ground.identifiers.text import clean, search_key
from parvis.ground.pages.numbering import page_asked, page_count


@dataclass(frozen=True, slots=True)
class Client:
    """An establishment that the person works for by a delegation to one of their own: the highest level, on how many
    services, and the day on which the first of the delegations ends."""

    siret: str
    name: str
    organisation: str
    organisation_siret: str
    level: str
    tone: str
    services: int
    ends_on: date


CLIENTS_SQL = """
SELECT siret, name, organisation, organisation_siret, level, services, ends_on
FROM access_person_clients(%(today)s, %(months)s)
"""


def clients() -> list[Client]:
    """Whom the person in scope (`parvis_person`) works for today, by name; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(CLIENTS_SQL, values())
        return [
            Client(siret, name, organisation, own, Level(level).label, TONES[Level(level)], services, ends_on)
            for siret, name, organisation, own, level, services, ends_on in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class Places:
    """A page of « Mes établissements ». `total`: all of them; `found`: those that answer the search."""

    q: str
    total: int
    found: int
    memberships: Sequence[Mine]
    clients: Sequence[Client]
    paging: Paging

    @property
    def searchable(self) -> bool:
        """Whether there are enough of them to be searched."""
        return self.total >= settings.PARVIS_PLACES_SEARCH


def _answers(words: Sequence[str], *texts: str) -> bool:
    key = search_key(" ".join(texts))
    return all(word in key for word in words)


def places(q: str = "", page: str = "1") -> Places:
    """Where the person in scope may go: their own accounts first, then whom they work for; two statements.

    `q` looks in names, SIRET and organisations; what is not understood is ignored, never an error.
    """
    q, mine, theirs = clean(q)[:100], memberships(), clients()
    words = search_key(q).split()[:6]
    own = [one for one in mine if _answers(words, one.establishment, one.siret)]
    followed = [one for one in theirs if _answers(words, one.name, one.siret, one.organisation)]
    size, found = settings.PARVIS_PLACES_PAGE, len(own) + len(followed)
    count = page_count(found, size)
    number = min(page_asked(page), count)
    first, last = (number - 1) * size, number * size
    return Places(
        q=q,
        total=len(mine) + len(theirs),
        found=found,
        memberships=own[first:last],
        clients=followed[max(0, first - len(own)) : max(0, last - len(own))],
        paging=paging(number, count, found, lambda n: "?" + urlencode({**({"q": q} if q else {}), "page": n})),
    )
