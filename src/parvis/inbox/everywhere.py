"""« Vue d’ensemble »: what waits in all of somebody's establishments, the most urgent ones first, by pages.

Each establishment of a page is read in its own scope, by the same rule as its own home: nothing is decided twice (why
not all of them in one statement: docs/decisions/0013). What is asked of all of them at once only says which to read.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from parvis.access.asking.openings import recent
from parvis.access.decision import services_of
from parvis.access.paging import Paging, paging
from parvis.access.registry import by_theme
from parvis.access.standing import Standing, standing
from parvis.access.status import values
from parvis.access.tasks import Task, tasks_asked
from parvis.access.terms.state import applied
from parvis.establishments.funds import FUNDS
from parvis.ground import tenancy
from parvis.ground.database.together import together
from parvis.ground.identifiers.text import clean, search_key
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long, plural
from parvis.inbox.waiting import Waiting, shown
from parvis.notices.queries import Line, notices_asked

# Of one establishment; its own home has the others.
TASKS, NOTICES, COUNTED = 4, 2, 9
TO_DO, UNREAD = "a-faire", "non-lues"
WAITS = {TO_DO: "À faire", UNREAD: "Notifications"}
_SAID = {TO_DO: "À faire", UNREAD: "Notifications non lues"}
# Of how many pages of establishments, at most, what waits is looked for: rights are known of each one alone.
WALKED = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is narrowed to. `waits`: one of `WAITS`; `after`: how many establishments were looked at before."""

    q: str = ""
    fund: str = ""
    waits: str = ""
    page: int = 1
    after: int = 0

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Asked":
        """Those of an address; what makes no sense is not asked."""
        fund, waits = given.get("fonds", ""), given.get("attente", "")
        return cls(
            clean(given.get("q", ""))[:100],
            fund if fund in FUNDS else "",
            waits if waits in WAITS else "",
            max(1, _number(given.get("page", "1"))),
            _number(given.get("apres", "0")),
        )

    @property
    def active(self) -> bool:
        """Whether the page is narrowed at all."""
        return bool(self.q or self.fund or self.waits)

    def query(self, **more: int) -> str:
        """The address's query, with a page."""
        held = {"q": self.q, "fonds": self.fund, "attente": self.waits, **more}
        return "?" + urlencode({name: value for name, value in held.items() if value})


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 6 else 0


@dataclass(frozen=True, slots=True)
class Place:
    """An establishment with what waits in it, strings ready to show. `more`: how many more tasks its home has.

    `closed`: since when its services are, for who cannot accept the terms. `services`: by theme, names and addresses.
    `unread`: « 3 notifications non lues ».
    """

    siret: str
    name: str
    href: str
    on_behalf: str
    closed: str
    tasks: tuple[Waiting, ...]
    more: int
    notices: tuple[Line, ...]
    unread: str
    notices_href: str
    services: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    held: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A page of the overview. `found`: how many establishments answer, as far as is known (`exact`).

    `next_href`, `first_href`: where what waits is looked for further on, and from the beginning. `standings`: of those
    that were read, by number.
    """

    asked: Asked
    found: int
    exact: bool
    places: tuple[Place, ...]
    paging: Paging | None
    next_href: str
    first_href: str
    standings: dict[int, Standing]


def overview(person: int, asked: Asked | None = None) -> Overview:
    """What waits for the person in scope (`parvis_person`); its cost is that of the establishments of one page, of
    three at most where only what waits is wanted."""
    asked = asked or Asked()
    return _walked(person, asked) if asked.waits else _paged(person, asked)


def _paged(person: int, asked: Asked) -> Overview:
    size = settings.PARVIS_OVERVIEW_PAGE
    rows = _rows(asked, size, (asked.page - 1) * size)
    if not rows and asked.page > 1:
        asked = replace(asked, page=1)
        rows = _rows(asked, size, 0)
    found = rows[0][-1] if rows else 0
    read = [(number, one) for number, *_ in rows if (one := _read(person, number)) is not None]
    pages = paging(asked.page, max(1, -(-found // size)), found, lambda n: asked.query(page=n))
    return Overview(
        asked, found, True, tuple(place for _, (_, place) in read), pages, "", "", {n: who for n, (who, _) in read}
    )


def _walked(person: int, asked: Asked) -> Overview:
    """Those where something waits for this person, from so many on: what might wait is known of all, rights of each."""
    size = settings.PARVIS_OVERVIEW_PAGE
    rows = _rows(asked, size * WALKED, asked.after)
    places: list[Place] = []
    standings, looked = {}, asked.after
    for number, *_ in rows:
        looked += 1
        if (one := _read(person, number, COUNTED if asked.waits == UNREAD else 0)) is None:
            continue
        who, place = one
        if place.tasks if asked.waits == TO_DO else place.notices:
            standings[number] = who
            places.append(place if asked.waits == TO_DO else replace(place, tasks=(), more=0))
            if len(places) == size:
                break
    further = bool(rows) and looked < rows[0][-1]
    return Overview(
        asked,
        len(places),
        not further and not asked.after,
        tuple(places),
        None,
        asked.query(apres=looked) if further else "",
        asked.query() if asked.after else "",
        standings,
    )


def _rows(asked: Asked, most: int, skipped: int) -> list[tuple[int, str, str, object, int]]:
    rule = values()
    # A service put online concerns every establishment, whenever its contracts began.
    opened = datetime.date.min if recent() else rule["today"] - settings.PARVIS_OPENING_WINDOW
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM inbox_places(%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)",
            [
                *(rule["today"], rule["months"], search_key(asked.q).split()[:6], asked.fund, asked.waits),
                *(settings.PARVIS_OBLIGATION_SOON_DAYS, settings.PARVIS_OBLIGATION_LATE_DAYS),
                *(opened, applied(rule["today"]), settings.PARVIS_TERMS_GRACE.days, most, skipped),
            ],
        )
        return list(cursor.fetchall())


def _read(person: int, number: int, notices: int = NOTICES) -> tuple[Standing, Place] | None:
    with tenancy.scope(person=person, establishment=number, read_only=True):
        who = standing(person, number)
        if who is None or not who.enters:
            return None
        return who, _place(who, notices)


def _place(who: Standing, notices: int) -> Place:
    """Of the establishment in scope; one statement."""
    tasks, unread = together(tasks_asked(who), notices_asked(who, COUNTED + 1, unread_only=True))
    lines = [*_terms(who), *shown(tasks, who.today)]
    # One line more is no shorter to announce than to show.
    most = TASKS + 1 if len(lines) == TASKS + 1 else TASKS
    held = [service for service, _ in services_of(who)]
    count = f"plus de {COUNTED}" if len(unread) > COUNTED else str(len(unread))
    return Place(
        siret=who.siret,
        name=who.establishment_name,
        href=address("inbox:home", who.siret),
        on_behalf=who.delegate.organisation if who.delegate else "",
        closed=_closed(who),
        tasks=tuple(lines[:most]),
        more=max(0, len(lines) - most),
        notices=tuple(unread[:notices]),
        unread=f"{count} {'notification non lue' if len(unread) == 1 else 'notifications non lues'}" if unread else "",
        notices_href=address("notices:index", who.siret) + "?lues=non",
        services=tuple(
            (theme.name, tuple((one.name, one.address(who.siret)) for one in services))
            for theme, services in by_theme(held)
        ),
        held=len(held),
    )


def _terms(who: Standing) -> list[Waiting]:
    """The terms to accept, for who may: the home has a banner in their place."""
    terms = who.terms
    if terms.asked is None or not who.administers:
        return []
    task = Task(
        "Accepter les conditions générales",
        "Tous les services se rouvrent aussitôt." if terms.closed else "Sans acceptation, les services se ferment.",
        address("access:terms", who.siret),
        None if terms.closed else terms.last_day,
    )
    (line,) = shown([task], who.today)
    return [replace(line, label="Services fermés", tone="wrong") if terms.closed else line]


def _closed(who: Standing) -> str:
    if who.administers or not who.terms.closed or who.terms.closes_on is None:
        return ""
    since = f"Services fermés depuis le {date_long(who.terms.closes_on)}, faute d’acceptation des conditions générales"
    return f"{since} : une personne qui administre peut les accepter."


def said(found: Overview) -> str:
    """The heading: of how many establishments."""
    if not found.asked.waits:
        return f"Ce qui vous attend dans {plural(found.found, 'établissement', 'établissements')}"
    where = plural(found.found, "établissement", "établissements") if found.exact else "vos établissements"
    return f"{_SAID[found.asked.waits]} dans {where}"
