"""Reading « Mon établissement »: the directory's data, what is in force of each block, and the history of a block."""

import datetime
import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Contract, Establishment
from parvis.ground import tenancy
from parvis.ground.pages.filters import datetime_long
from parvis.journal.queries import FORGOTTEN, names
from parvis.services.establishment.blocks import BLOCKS, Block, Values, shown
from parvis.services.establishment.legal_categories import in_words
from parvis.services.establishment.models import BlockCode, Coordinates, Declaration

HISTORY_LENGTH = 100
Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Declared:
    """A block as it stands: version 0 and no values where nobody declared it yet."""

    version: int = 0
    values: Values = field(default_factory=dict)
    at: datetime.datetime | None = None
    by: str = ""

    @property
    def said(self) -> str:
        """« Déclaré le 24 novembre 2026 à 9 h 05 par Camille Durand »."""
        return f"Déclaré le {datetime_long(self.at)} par {self.by}" if self.at else ""


UNDECLARED = Declared()


@dataclass(frozen=True, slots=True)
class Identity:
    """What the directory of employers says; not declared here."""

    siret: str
    siren: str
    name: str
    legal_category: str


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a block's history, strings ready to show; `text` has one line per field that changed."""

    date: str
    title: str
    lines: tuple[str, ...]
    actor: str


def _here() -> int:
    return tenancy.current().establishment


def identity() -> Identity:
    """The establishment in scope, from the directory."""
    siret, siren, name, category = Establishment.objects.values_list("siret", "siren", "name", "legal_category").get(
        pk=_here()
    )
    return Identity(siret, siren, name, in_words(category))


def funds_in(years: Iterable[int], today: datetime.date) -> dict[int, frozenset[str]]:
    """For each year, the funds with which a contract was in force in that year, today at the latest."""
    contracts = list(
        Contract.objects.filter(establishment_id=_here(), starts_on__lte=today).values_list(
            "fund", "starts_on", "ends_on"
        )
    )
    return {
        year: frozenset(
            fund
            for fund, starts_on, ends_on in contracts
            if starts_on.year <= year and (ends_on is None or ends_on.year >= year)
        )
        for year in years
    }


def _values(block: Block, declarations: list[int]) -> dict[int, dict[str, Any]]:
    """The values of each declaration, by field (by fund for a yearly block), in one statement."""
    found: dict[int, dict[str, Any]] = {number: {} for number in declarations}
    rows = block.table._default_manager.filter(establishment_id=_here(), declaration_id__in=declarations)
    if block.yearly:
        for number, fund, value in rows.values_list("declaration_id", "fund", block.column):
            found[number][fund] = value
    else:
        for number, *values in rows.values_list("declaration_id", *block.labels):
            found[number] = dict(zip(block.labels, values, strict=True))
    return found


def declared(*, block: Block | None = None, year: int | None = None) -> dict[Key, Declared]:
    """The version in force of every block declared so far, or of one alone, by (code, year)."""
    rows = Declaration.objects.filter(establishment_id=_here())
    if block is not None:
        rows = rows.filter(Q(block=block.code), Q(year=year) if year else Q(year__isnull=True))
    latest = list(rows.order_by("block", "year", "-version").distinct("block", "year"))
    called = names({row.declared_by for row in latest})
    values: dict[int, dict[str, Any]] = {}
    for code in {row.block for row in latest}:
        values |= _values(BLOCKS[code], [row.pk for row in latest if row.block == code])
    return {
        (row.block, row.year): Declared(
            row.version, values[row.pk], row.declared_at, called.get(row.declared_by, FORGOTTEN)
        )
        for row in latest
    }


def in_force(block: Block, year: int | None = None) -> Declared:
    """The version in force of one block."""
    return declared(block=block, year=year).get((block.code, year), UNDECLARED)


def changed(block: Block, before: Values, after: Values) -> list[str]:
    """The fields on which two versions differ, in the block's order; nothing and an empty text are the same."""

    def said(values: Values, name: str) -> Any:
        return None if values.get(name) == "" else values.get(name)

    order = FUNDS if block.yearly else block.labels
    return [name for name in order if said(before, name) != said(after, name)]


def _with_previous(block: Block, rows: list[Declaration]) -> dict[tuple[int | None, int], int]:
    """The declaration of each (year, version) among these and of those just before the oldest, to say what changed."""
    known = {(row.year, row.version): row.pk for row in rows}
    missing = [(row.year, row.version - 1) for row in rows if row.version > 1]
    wanted = [key for key in missing if key not in known]
    if wanted:
        older = Declaration.objects.filter(establishment_id=_here(), block=block.code).filter(
            functools.reduce(
                operator.or_,
                (Q(version=version) & (Q(year=year) if year else Q(year__isnull=True)) for year, version in wanted),
            )
        )
        known |= {(row.year, row.version): row.pk for row in older}
    return known


def history(block: Block) -> list[Change]:
    """The declarations of a block, latest first, at most `HISTORY_LENGTH`: who, when, what it was → what it is."""
    rows = list(Declaration.objects.filter(establishment_id=_here(), block=block.code).order_by("-pk")[:HISTORY_LENGTH])
    known = _with_previous(block, rows)
    values = _values(block, list(known.values()))
    called = names({row.declared_by for row in rows})
    return [
        Change(
            date=datetime_long(row.declared_at),
            title=f"{block.titled(row.year)} : {'première déclaration' if row.version == 1 else 'modification'}",
            lines=_lines(block, values.get(known.get((row.year, row.version - 1), 0)), values[row.pk]),
            actor=called.get(row.declared_by, FORGOTTEN),
        )
        for row in rows
    ]


def _lines(block: Block, before: Values | None, after: Values) -> tuple[str, ...]:
    """What was declared the first time; then « avant → après » for each field that changed."""
    if before is None:
        return tuple(f"{block.label(name)} : {shown(block, name, after[name])}" for name in changed(block, {}, after))
    return tuple(
        f"{block.label(name)} : {shown(block, name, before.get(name))} → {shown(block, name, after.get(name))}"
        for name in changed(block, before, after)
    )


def declared_addresses() -> list[str]:
    """The e-mail address that the establishment in scope declares as its own today; none where it declared nothing."""
    last = Declaration.objects.filter(block=BlockCode.COORDINATES).order_by("-version").first()
    return list(Coordinates.objects.filter(declaration=last).values_list("email", flat=True)) if last else []
