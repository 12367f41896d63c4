"""Importing the directory of employers from a CSV file: everything is checked first, then written at once.

The file is read as a stream into a temporary table; one statement then creates and changes rows. Employers that the
file does not name are left as they are: their accounts and contracts hold on to them.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from stdnum.fr import siren as stdnum_siren

from parvis.establishments.lines import BadRow, Errors, Rejected, header, rows, text_lines
from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.identifiers.text import sort_key

__all__ = ["COLUMNS", "Rejected", "Report", "import_employers"]

COLUMNS = (
    "siren",
    "first_siret",
    "name",
    "kind",
    "legal_category",
    "insee_code",
    "department",
    "postcode",
    "population",
    "parent_siren",
)
STORED = ("siret", *(column for column in COLUMNS if column != "first_siret"), "sort_key")
_FORMS = {
    "kind": (re.compile(r"[a-z][a-z_-]{1,19}", re.ASCII), "un mot en minuscules, par exemple commune ou epci"),
    "legal_category": (re.compile(r"(\d{4})?", re.ASCII), "4 chiffres, ou rien"),
    "insee_code": (re.compile(r"(\d[\dAB]\d{3})?", re.ASCII), "un code de commune à 5 caractères, ou rien"),
    "department": (re.compile(r"(\d{2,3}|2[AB])?", re.ASCII), "un numéro de département, ou rien"),
    "postcode": (re.compile(r"(\d{5})?", re.ASCII), "5 chiffres, ou rien"),
    "population": (re.compile(r"\d{0,9}", re.ASCII), "un nombre entier, ou rien"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did."""

    read: int
    created: int
    changed: int

    def __str__(self) -> str:
        def said(count: int, word: str) -> str:
            number = f"{count:,}".replace(",", "\u202f")
            return f"{number} {word}{'s' if count >= 2 else ''}"

        return f"{said(self.read, 'lue')}, {said(self.created, 'créée')}, {said(self.changed, 'modifiée')}"


def import_employers(path: Path) -> Report:
    """Import the file: all of it or nothing. Raises Rejected with what to correct, OSError where it cannot be read."""
    with path.open("rb") as file, transaction.atomic(), connection.cursor() as cursor:
        lines = text_lines(file, "d’employeurs")
        positions = header(lines, COLUMNS)
        errors = Errors()
        cursor.execute("DROP TABLE IF EXISTS imported_employers")
        cursor.execute(
            "CREATE TEMPORARY TABLE imported_employers (line integer, siret text, siren text, name text, kind text, "
            "legal_category text, insee_code text, department text, postcode text, population integer, "
            "parent_siren text, sort_key text) ON COMMIT DROP"
        )
        read = 0
        with cursor.copy(f"COPY imported_employers (line, {', '.join(STORED)}) FROM STDIN") as copy:
            for line, row in rows(lines, positions, errors, _checked):
                read += 1
                copy.write_row((line, *row))
        _same_siret_twice(cursor, errors)
        errors.refuse()
        if not read:
            raise Rejected(["Le fichier ne contient que sa ligne d’en-tête : il n’y a aucun employeur à importer."])
        created, changed = _write(cursor)
        cursor.execute("DROP TABLE imported_employers")
    return Report(read, created, changed)


def _siren(column: str, typed: str) -> str:
    digits = typed.replace(" ", "")
    if not stdnum_siren.is_valid(digits) or len(digits) != 9:
        raise BadRow(f"{column} « {typed} » n’est pas un SIREN (9 chiffres, clé de Luhn).")
    return digits


def _checked(row: dict[str, str]) -> tuple[str | int | None, ...]:
    """The values to store, in the order of `STORED`. Raises BadRow with the first thing that is wrong."""
    siren = _siren("siren", row["siren"])
    try:
        siret = parse_siret(row["first_siret"])
    except ValueError as fault:
        raise BadRow(f"first_siret « {row['first_siret']} » : {fault}") from fault
    if not siret.startswith(siren):
        raise BadRow(f"first_siret « {row['first_siret']} » ne commence pas par le SIREN {siren}.")
    if not row["name"]:
        raise BadRow("le nom manque.")
    if len(row["name"]) > 200:
        raise BadRow(f"le nom compte {len(row['name'])} caractères : 200 au plus.")
    for column, (form, expected) in _FORMS.items():
        if not form.fullmatch(row[column]):
            raise BadRow(f"{column} « {row[column]} » : {expected}.")
    parent = _siren("parent_siren", row["parent_siren"]) if row["parent_siren"] else ""
    return (
        siret,
        siren,
        row["name"],
        row["kind"],
        row["legal_category"],
        row["insee_code"],
        row["department"],
        row["postcode"],
        int(row["population"]) if row["population"] else None,
        parent,
        sort_key(row["name"])[:200],
    )


def _same_siret_twice(cursor, errors: Errors) -> None:  # type: ignore[no-untyped-def]
    cursor.execute(
        "SELECT line, siret, earlier FROM (SELECT line, siret, min(line) OVER (PARTITION BY siret) AS earlier "
        "FROM imported_employers) AS seen WHERE line > earlier ORDER BY line"
    )
    for line, siret, earlier in cursor:
        errors.add(line, f"le SIRET {siret} est déjà à la ligne {earlier}.")


def _write(cursor) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """How many rows were created, and how many changed; a row that says the same is not touched."""
    columns = [column for column in STORED if column != "siret"]
    cursor.execute(
        f"""WITH written AS (
          INSERT INTO establishments_establishment AS e ({", ".join(STORED)})
          SELECT {", ".join(STORED)} FROM imported_employers ORDER BY line
          ON CONFLICT (siret) DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in columns)}
          WHERE ({", ".join(f"e.{column}" for column in columns)})
            IS DISTINCT FROM ({", ".join(f"excluded.{column}" for column in columns)})
          RETURNING xmax = 0 AS created)
        SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created) FROM written"""
    )
    created, changed = cursor.fetchone()
    return created, changed
