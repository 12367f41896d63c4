"""« Qui peut faire quoi »: the people of the establishment, delegates included, and the level of each on each service.

The level is the one that `decide()` gives, today or, on standings that the journal gave, on a past day.
"""

import datetime
import uuid
from dataclasses import dataclass, replace
from typing import NamedTuple

from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.registry import Service, by_theme, catalogue
from parvis.access.standing import Standing, standings
from parvis.access.status import Status
from parvis.access.why.filters import DELEGATE, MatrixFilters
from parvis.access.why.past import first_day, past
from parvis.ground import tenancy
from parvis.ground.identifiers.text import search_key
from parvis.ground.pages.numbering import page_count

PER_PAGE = 50
PROFILES = {profile.value: profile.label for profile in Profile}


class Row(NamedTuple):
    """A person and their levels, in the order of the services. A tuple: there may be 500 of them on a page."""

    ref: uuid.UUID
    name: str
    function: str
    profile: str
    organisation: str
    status: Status
    enters: bool
    erased: bool
    levels: tuple[Level, ...]

    @property
    def said(self) -> str:
        """Profile, or from where somebody comes who works here by a delegation."""
        return f"par délégation : {self.organisation}" if self.organisation else self.profile

    @property
    def state(self) -> str:
        """Why somebody does not enter, empty for who does."""
        if self.enters:
            return ""
        return "Pas encore ouvert" if self.status is Status.ACTIVE else self.status.label


@dataclass(frozen=True, slots=True)
class Matrix:
    """The matrix after filters. `rows`: all of them, or those of the page; `hidden`: how many do not enter and are left
    out; `day`: the past day, None for now; `untold`: accounts that the journal cannot tell of on that day."""

    services: tuple[Service, ...]
    rows: tuple[Row, ...]
    total: int
    hidden: int
    filters: MatrixFilters
    day: datetime.date | None
    first: datetime.date | None
    mistake: str
    untold: tuple[str, ...] = ()

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The themes, with how many services each has."""
        return [(theme.name, len(services)) for theme, services in by_theme(self.services)]

    @property
    def pages(self) -> int:
        """How many pages of the whole."""
        return page_count(self.total, PER_PAGE)


def row_of(who: Standing, services: tuple[Service, ...], *, erased: bool = False) -> Row:
    """The row of somebody, each level decided."""
    return Row(
        who.ref,
        who.name,
        who.function,
        PROFILES.get(who.profile, ""),
        who.delegate.organisation if who.delegate else "",
        who.status,
        who.enters,
        erased,
        tuple(decide(who, service).level for service in services),
    )


def matrix(filters: MatrixFilters, *, funds: frozenset[str], everything: bool = False) -> Matrix:
    """The matrix of the establishment in scope; the number of statements does not depend on anybody's number.

    `funds`: those of today; on a past day the services are those that the contracts of that day offered.
    `everything`: without pages, for a file.
    """
    first = first_day()
    mistake = filters.mistake(first)
    day = None if mistake else filters.day
    erased: frozenset[uuid.UUID] = frozenset()
    untold: tuple[str, ...] = ()
    if day is None:
        everybody = standings(tenancy.current().establishment)
    else:
        found = past(day)
        everybody, erased, untold = list(found.standings), found.erased, found.untold
        funds = everybody[0].funds if everybody else funds
    services = tuple(catalogue(funds))
    seen = [who for who in everybody if filters.everybody or who.enters]
    kept = [who for who in seen if _wanted(who, filters)]
    if filters.service or filters.level:
        kept = [who for who in kept if _held(who, services, filters)]
    pages = page_count(len(kept), PER_PAGE)
    page = min(filters.page, pages)
    shown = kept if everything else kept[(page - 1) * PER_PAGE : page * PER_PAGE]
    # Levels are decided for the rows of the page alone, unless they are what is filtered.
    rows = tuple(row_of(who, services, erased=who.ref in erased) for who in shown)
    return Matrix(
        services,
        rows,
        len(kept),
        len(everybody) - len(seen),
        replace(filters, page=page),
        day,
        first,
        mistake,
        untold,
    )


def _wanted(who: Standing, filters: MatrixFilters) -> bool:
    if filters.profile and (DELEGATE if who.delegate else who.profile) != filters.profile:
        return False
    if not filters.q:
        return True
    text = search_key(f"{who.name} {who.function} {who.delegate.organisation if who.delegate else ''}")
    return all(word in text for word in search_key(filters.q).split()[:6])


def _held(who: Standing, services: tuple[Service, ...], filters: MatrixFilters) -> bool:
    levels = {decide(who, service).level for service in services if filters.service in ("", service.code)}
    if not filters.level:
        return any(level > Level.NONE for level in levels)
    wanted = Level.of(filters.level)
    if wanted is Level.NONE and not filters.service:
        return levels <= {Level.NONE}
    return wanted in levels
