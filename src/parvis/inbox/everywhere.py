"""« Vue d’ensemble »: what waits in all of somebody's establishments, the most urgent ones first, by pages.

Each establishment of a page is read in its own scope, by the same rule as its own home: nothing is decided twice.
"""

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from parvis.access.paging import Paging, paging
from parvis.access.standing import standing
from parvis.access.status import values
from parvis.access.tasks import tasks_of
from parvis.ground import tenancy
from parvis.ground.identifiers.text import clean, search_key
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural
from parvis.inbox.waiting import Waiting, shown
from parvis.notices.queries import count_unread

# Of one establishment; its own home has the others.
TASKS, ARRIVALS = 4, 9


@dataclass(frozen=True, slots=True)
class Place:
    """An establishment with what waits in it, strings ready to show. `more`: how many more tasks its home has."""

    siret: str
    name: str
    href: str
    on_behalf: str
    tasks: tuple[Waiting, ...]
    more: int
    arrivals: str
    arrivals_href: str


@dataclass(frozen=True, slots=True)
class Overview:
    """A page of the overview: `found` establishments answer the search `q`."""

    q: str
    found: int
    places: tuple[Place, ...]
    paging: Paging


def overview(person: int, q: str = "", page: str = "1") -> Overview:
    """What waits for the person in scope (`parvis_person`); its cost is that of the establishments of one page."""
    q, rule, size = clean(q)[:100], values(), settings.PARVIS_OVERVIEW_PAGE
    number = int(page) if page.isascii() and page.isdecimal() and len(page) <= 6 else 1
    number = max(1, number)
    rows = _rows(rule["today"], rule["months"], q, number, size)
    if not rows and number > 1:
        number = 1
        rows = _rows(rule["today"], rule["months"], q, number, size)
    found = rows[0][-1] if rows else 0
    places = (_place(person, number_of) for number_of, *_ in rows)
    return Overview(
        q,
        found,
        tuple(one for one in places if one is not None),
        paging(
            number,
            max(1, -(-found // size)),
            found,
            lambda n: "?" + urlencode({**({"q": q} if q else {}), "page": n}),
        ),
    )


def _rows(today: datetime.date, months: int, q: str, number: int, size: int) -> list[tuple[int, str, str, object, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM inbox_places(%s, %s, %s, %s, %s, %s, %s)",
            [
                *(today, months, search_key(q).split()[:6]),
                *(settings.PARVIS_OBLIGATION_SOON_DAYS, settings.PARVIS_OBLIGATION_LATE_DAYS),
                *(size, (number - 1) * size),
            ],
        )
        return list(cursor.fetchall())


def _place(person: int, number: int) -> Place | None:
    with tenancy.scope(person=person, establishment=number, read_only=True):
        who = standing(person, number)
        if who is None or not who.enters:
            return None
        tasks = tasks_of(who)
        count = count_unread(who, ARRIVALS + 1)
    several = f"plus de {ARRIVALS}" if count > ARRIVALS else str(count)
    return Place(
        siret=who.siret,
        name=who.establishment_name,
        href=address("inbox:home", who.siret),
        on_behalf=who.delegate.organisation if who.delegate else "",
        tasks=tuple(shown(tasks[:TASKS], who.today)),
        more=max(0, len(tasks) - TASKS),
        arrivals=f"{several} {'notification non lue' if count == 1 else 'notifications non lues'}" if count else "",
        arrivals_href=address("notices:index", who.siret) + "?lues=non",
    )


def said(found: int) -> str:
    """The heading: of how many establishments."""
    return f"Ce qui vous attend dans {plural(found, 'établissement', 'établissements')}"
