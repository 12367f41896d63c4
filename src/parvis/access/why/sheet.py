"""The matrix as a file: the columns of CSV and ODS, and the PDF."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from parvis.access.levels import Level
from parvis.access.registry import Service
from parvis.access.standing import Standing
from parvis.access.why.matrix import Matrix, Row
from parvis.ground import clock, pdf
from parvis.ground.pages.filters import date_full, datetime_long, plural
from parvis.ground.pages.filters import siret as siret_shown
from parvis.ground.tables import Column

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "access" / "sheets" / "matrix.typ"
# Services side by side on a sheet; what is more goes into a further table.
ACROSS = 8
# Beyond so many cells a grid takes a minute to lay out, and fills a hundred pages: then each person's services are
# listed by level instead.
GRID_LIMIT = 3_000


def columns(services: tuple[Service, ...]) -> list[Column]:
    """One column per service, after who somebody is."""

    def level(number: int) -> Callable[[Any], str]:
        return lambda row: row.levels[number].label

    return [
        Column("Nom", lambda row: row.name),
        Column("Fonction", lambda row: row.function),
        Column("Profil", lambda row: row.said),
        Column("Accès", lambda row: row.state or "Ouvert"),
        *(Column(service.name, level(number)) for number, service in enumerate(services)),
    ]


def matrix_sheet(found: Matrix, who: Standing) -> bytes:
    """A tagged PDF of the whole matrix, theme by theme."""
    grid = len(found.rows) * len(found.services) <= GRID_LIMIT
    return pdf.compile(
        TEMPLATE,
        {
            "establishment": who.establishment_name,
            "siret": siret_shown(who.siret),
            "day": f"Au {date_full(found.day)}" if found.day else f"Le {datetime_long(clock.now())}",
            "people": plural(found.total, "personne", "personnes"),
            "filter": found.filters.said(),
            "untold": list(found.untold),
            "tables": _grids(found) if grid else [_lists(found)],
        },
    )


def _grids(found: Matrix) -> list[dict[str, Any]]:
    tables, start = [], 0
    for theme, count in found.groups:
        for first in range(start, start + count, ACROSS):
            last = min(first + ACROSS, start + count)
            tables.append(_table(theme if first == start else f"{theme} (suite)", found, first, last))
        start += count
    return tables


def _lists(found: Matrix) -> dict[str, Any]:
    """One table: of each person, the services by level."""
    levels = (Level.WRITE, Level.READ)

    def held(row: Row, level: Level) -> str:
        named = zip(found.services, row.levels, strict=True)
        return ", ".join(service.name for service, given in named if given is level)

    rows = [{**_line(row, 0, 0), "levels": [held(row, level) for level in levels]} for row in found.rows]
    return {"title": "Par personne", "services": [level.label for level in levels], "rows": rows}


def _table(title: str, found: Matrix, first: int, last: int) -> dict[str, Any]:
    return {
        "title": title,
        "services": [service.name for service in found.services[first:last]],
        "rows": [_line(row, first, last) for row in found.rows],
    }


def _line(row: Row, first: int, last: int) -> dict[str, Any]:
    under = " · ".join(part for part in (row.function, row.said, row.state) if part)
    levels = ["" if level is Level.NONE else level.label for level in row.levels[first:last]]
    return {"name": row.name, "under": under, "levels": levels}
