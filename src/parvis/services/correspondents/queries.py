"""Reading the correspondents: by function, then by fund; which pairs have nobody; the former ones."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from parvis.establishments.funds import FUNDS, Fund, ordered
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long, datetime_long
from parvis.journal.queries import FORGOTTEN, names
from parvis.services.correspondents.models import Correspondent, Function


@dataclass(frozen=True, slots=True)
class Card:
    """A correspondent, strings ready to show."""

    id: int
    name: str
    function: str
    phone: str
    email: str
    functions: str
    funds: str
    dates: str
    said: str


@dataclass(frozen=True, slots=True)
class FunctionGroup:
    """A function: whom each fund reaches, and the funds that reach nobody."""

    code: str
    label: str
    cards: tuple[tuple[Card, str], ...]
    nobody: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """The page: by function; to come; former ones."""

    groups: tuple[FunctionGroup, ...]
    future: tuple[Card, ...]
    former: tuple[Card, ...]
    missing: int


def _dates(starts_on: datetime.date | None, ends_on: datetime.date | None) -> str:
    parts = [f"à partir du {date_long(starts_on)}"] if starts_on else []
    parts += [f"jusqu’au {date_long(ends_on)}"] if ends_on else []
    return " ".join(parts).capitalize()


def _said(row: Correspondent, called: dict[object, str]) -> str:
    return f"Déclaré le {datetime_long(row.changed_at)} par {called.get(row.changed_by, FORGOTTEN)}"


def said(row: Correspondent) -> str:
    """When and by whom it was last declared."""
    return _said(row, names([row.changed_by]))


def _card(row: Correspondent, called: dict[object, str]) -> Card:
    return Card(
        id=row.pk,
        name=row.name,
        function=row.function,
        phone=row.phone,
        email=row.email,
        functions=", ".join(str(Function(code).label) for code in row.functions),
        funds=", ".join(FUNDS[code].short for code in row.funds),
        dates=_dates(row.starts_on, row.ends_on),
        said=_said(row, called),
    )


def _group(code: str, rows: Iterable[tuple[Correspondent, Card]], held: list[Fund]) -> FunctionGroup:
    """`cards` with the funds held for which each is reached; a fund no longer held is not counted."""
    cards = []
    reached: set[str] = set()
    for row, card in rows:
        funds = [fund for fund in held if fund.code in row.funds]
        if code in row.functions and funds:
            cards.append((card, ", ".join(fund.short for fund in funds)))
            reached |= {fund.code for fund in funds}
    return FunctionGroup(
        code=code,
        label=str(Function(code).label),
        cards=tuple(cards),
        nobody=tuple(fund.short for fund in held if fund.code not in reached),
    )


def directory(held: frozenset[str]) -> Directory:
    """The correspondents of the establishment in scope, for the funds held today; two statements."""
    today = clock.today()
    rows = list(
        Correspondent.objects.filter(establishment_id=tenancy.current().establishment).order_by("sort_key", "pk")
    )
    called = names({row.changed_by for row in rows})
    pairs = [(row, _card(row, called)) for row in rows]
    former = [(row, card) for row, card in pairs if row.ends_on is not None and row.ends_on < today]
    future = [(row, card) for row, card in pairs if row.starts_on is not None and row.starts_on > today]
    aside = {card.id for _, card in former + future}
    # Only of funds that are no longer held: reached by nobody, so shown with those of the past.
    former += [(row, card) for row, card in pairs if card.id not in aside and not held & set(row.funds)]
    aside |= {card.id for _, card in former}
    current = [(row, card) for row, card in pairs if card.id not in aside]
    groups = tuple(_group(code, current, ordered(held)) for code in Function.values)
    return Directory(
        groups=groups,
        future=tuple(card for _, card in future),
        former=tuple(card for _, card in former),
        missing=sum(len(group.nobody) for group in groups),
    )


def found(correspondent_id: int) -> Correspondent | None:
    """A correspondent of the establishment in scope, or None."""
    return Correspondent.objects.filter(establishment_id=tenancy.current().establishment, pk=correspondent_id).first()
