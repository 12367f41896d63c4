"""To whom the same delegation is proposed: lines of a file, or establishments ticked in the directory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.identifiers.text import clean, search_key
from parvis.ground.pages.filters import number
from parvis.ground.tables.reading import Unreadable, read_table

NO_SIRET = (
    "Aucune colonne de ce fichier ne contient des SIRET : nommez-la « SIRET » en première ligne, puis choisissez le "
    "fichier de nouveau."
)
ROUNDED = (
    "Le tableur a arrondi ce SIRET : mettez la colonne au format « Texte », saisissez-le de nouveau, puis enregistrez."
)
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Picked:
    """One line: its number in the file (0: ticked in the directory), what it says, the SIRET or what is wrong."""

    line: int
    typed: str
    siret: str = ""
    wrong: str = ""

    def as_json(self) -> dict[str, Any]:
        """As a batch keeps it."""
        return {"line": self.line, "typed": self.typed, "siret": self.siret, "wrong": self.wrong}


def picked_from_json(values: Iterable[dict[str, Any]]) -> list[Picked]:
    """The lines that a batch keeps."""
    return [Picked(**value) for value in values]


def _looks_like(cell: str) -> bool:
    digits = "".join(cell.split()).replace(".", "")
    return digits.isdecimal() and digits.isascii() and 13 <= len(digits) <= 14


def _known(row: Sequence[str]) -> int:
    # A title that holds another separator may be a whole line that was not cut: it counts for less.
    return sum(
        2 if _looks_like(cell) or (_is_title(cell) and not set(cell) & set(";,\t")) else _is_title(cell) for cell in row
    )


def _is_title(cell: str) -> bool:
    words = search_key(cell).replace("°", " ").replace("_", " ").split()
    return "siret" in words


def _column(rows: list[list[str]]) -> tuple[int, int]:
    """Which column holds the SIRET, and on which row the establishments begin. Raises Unreadable."""
    for index, row in enumerate(rows[:20]):
        for column, cell in enumerate(row):
            if _is_title(cell):
                return column, index + 1
    for row in rows[:20]:
        for column, cell in enumerate(row):
            if _looks_like(cell):
                return column, 0
    raise Unreadable(NO_SIRET)


def _picked(line: int, cell: str) -> Picked:
    typed = clean(cell)[:SHOWN]
    plain = "".join(cell.split()).strip("='\"")
    if "e+" in plain.lower():
        return Picked(line, typed, wrong=ROUNDED)
    if plain.isdecimal() and len(plain) == 13:
        # A spreadsheet took the zero at the beginning away.
        plain = f"0{plain}"
    try:
        return Picked(line, typed, siret=parse_siret(plain))
    except ValueError as fault:
        return Picked(line, typed, wrong=str(fault))


def read_picked(content: bytes) -> list[Picked]:
    """The lines of a file with one column of SIRET, whatever else it holds. Raises Unreadable with what to do."""
    limit = settings.PARVIS_BATCH_LINES
    rows = read_table(content, lines=limit + 20, unpacked=settings.PARVIS_IMPORT_UNPACKED, known=_known)
    column, first = _column(rows)
    held = [
        (index + 1, row[column])
        for index, row in enumerate(rows)
        if index >= first and column < len(row) and row[column].strip()
    ]
    if len(held) > limit:
        raise Unreadable(
            f"Ce fichier compte plus de {number(limit)} établissements : partagez-le en plusieurs fichiers."
        )
    if not held:
        raise Unreadable(NO_SIRET)
    return [_picked(line, cell) for line, cell in held]
