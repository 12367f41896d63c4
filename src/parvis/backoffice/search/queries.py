"""Establishments and people that a search finds, of the adviser's funds: a statement each, whatever is found.

What was typed cannot always be both: then only one is asked.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from parvis.access.models import Profile
from parvis.access.status import Status, values
from parvis.backoffice.search.typed import Typed
from parvis.ground.database.prepared import prepared
from parvis.ground.identifiers.account import grouped
from parvis.ground.pages.numbering import page_count

PER_PAGE = 20
# Past it the search says to type more: nobody reads so many.
MOST = 100

R = TypeVar("R")


class Place(NamedTuple):
    """An establishment found. `known`: somebody has, or had, an account there."""

    siret: str
    name: str
    kind: str
    postcode: str
    department: str
    administrators: int
    known: bool

    @property
    def said(self) -> str:
        """How it stands, in a few words."""
        if not self.known:
            return "Non inscrit"
        if self.administrators == 0:
            return "Sans administrateur"
        return "1 administrateur" if self.administrators == 1 else f"{self.administrators} administrateurs"

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return (
            "neutral"
            if not self.known
            else ("wrong", "attention")[self.administrators]
            if (self.administrators < 2)
            else "well"
        )


class Somebody(NamedTuple):
    """An account found."""

    ref: uuid.UUID
    first_name: str
    last_name: str
    function: str
    profile: str
    identifier: str
    siret: str
    place: str
    status: Status

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def code(self) -> str:
        return grouped(self.identifier)


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """A page of what was found. `more`: there is more than `MOST`, which is all that can be turned over."""

    rows: list[R]
    total: int
    page: int

    @property
    def more(self) -> bool:
        return self.total > MOST

    @property
    def shown(self) -> int:
        """How many can be turned over."""
        return min(self.total, MOST)

    @property
    def pages(self) -> int:
        return page_count(self.shown, PER_PAGE)

    @property
    def said(self) -> str:
        """The number, for a tab."""
        return f"plus de {MOST}" if self.more else str(self.total)


_ASKED = "%(day)s, %(months)s, %(most)s, %(per)s, %(skipped)s"
PLACES_SQL = f"SELECT * FROM backoffice_find_places(%(phrase)s, %(words)s, %(siret)s, %(siren)s, %(number)s, {_ASKED})"
PEOPLE_SQL = (
    f"SELECT * FROM backoffice_find_people(%(phrase)s, %(words)s, %(identifier)s, %(phone)s, %(email)s, {_ASKED})"
)


def places(typed: Typed, *, page: int = 1) -> Found[Place]:
    """Establishments, the nearest to what was typed first."""
    rows = _asked(PLACES_SQL, typed, page) if typed.of_places else []
    if not rows and page > 1:
        return places(typed)
    return Found([Place._make(row[:-1]) for row in rows], rows[0][-1] if rows else 0, page)


def people(typed: Typed, *, page: int = 1) -> Found[Somebody]:
    """Accounts, the nearest to what was typed first."""
    rows = _asked(PEOPLE_SQL, typed, page) if typed.of_people else []
    if not rows and page > 1:
        return people(typed)
    found = [Somebody._make((*row[:4], Profile(row[4]).label, *row[5:8], Status.of(row[8]))) for row in rows]
    return Found(found, rows[0][-1] if rows else 0, page)


def _asked(sql: str, typed: Typed, page: int) -> list[tuple[Any, ...]]:
    rule = values()
    with prepared() as cursor:
        cursor.execute(
            sql,
            {
                "phrase": typed.phrase,
                "words": list(typed.words),
                "siret": typed.siret,
                "siren": typed.siren,
                "number": typed.number,
                "identifier": typed.identifier,
                "phone": typed.phone,
                "email": typed.email,
                "day": rule["today"],
                "months": rule["months"],
                "most": MOST,
                "per": PER_PAGE,
                "skipped": min((page - 1) * PER_PAGE, MOST),
            },
        )
        return list(cursor.fetchall())
