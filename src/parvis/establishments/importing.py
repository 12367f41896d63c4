"""Importing the directory of employers from a CSV file: everything is checked first, then written at once.

The file is read as a stream into a temporary table; one statement then creates and changes rows. Employers that the
file does not name are left as they are: their accounts and contracts hold on to them.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction
from stdnum.fr import siren as stdnum_siren

from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.identifiers.text import clean, sort_key

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
SHOWN_ERRORS = 50
LONGEST_LINE = 100_000
_SEPARATORS = {";": "des points-virgules", "\t": "des tabulations", "|": "des barres verticales"}
_FORMS = {
    "kind": (re.compile(r"[a-z][a-z_-]{1,19}", re.ASCII), "un mot en minuscules, par exemple commune ou epci"),
    "legal_category": (re.compile(r"(\d{4})?", re.ASCII), "4 chiffres, ou rien"),
    "insee_code": (re.compile(r"(\d[\dAB]\d{3})?", re.ASCII), "un code de commune à 5 caractères, ou rien"),
    "department": (re.compile(r"(\d{2,3}|2[AB])?", re.ASCII), "un numéro de département, ou rien"),
    "postcode": (re.compile(r"(\d{5})?", re.ASCII), "5 chiffres, ou rien"),
    "population": (re.compile(r"\d{0,9}", re.ASCII), "un nombre entier, ou rien"),
}


class Rejected(Exception):
    """The file cannot be imported and nothing was written. `errors`: French sentences; `more`: how many others."""

    def __init__(self, errors: list[str], more: int = 0) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors
        self.more = more


class _BadRow(ValueError):
    """What is wrong with one line."""


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


class _Errors:
    """The first errors in full; the others are counted."""

    def __init__(self) -> None:
        self.first: list[tuple[int, str]] = []
        self.count = 0

    def add(self, line: int, sentence: str) -> None:
        self.count += 1
        if len(self.first) < SHOWN_ERRORS:
            self.first.append((line, sentence))

    def refuse(self) -> None:
        if self.count:
            said = [f"ligne {line} : {sentence}" for line, sentence in sorted(self.first)]
            raise Rejected(said, self.count - len(said))


def import_employers(path: Path) -> Report:
    """Import the file: all of it or nothing. Raises Rejected with what to correct, OSError where it cannot be read."""
    with path.open("rb") as file, transaction.atomic(), connection.cursor() as cursor:
        lines = _lines(file)
        positions = _header(lines)
        errors = _Errors()
        cursor.execute("DROP TABLE IF EXISTS imported_employers")
        cursor.execute(
            "CREATE TEMPORARY TABLE imported_employers (line integer, siret text, siren text, name text, kind text, "
            "legal_category text, insee_code text, department text, postcode text, population integer, "
            "parent_siren text, sort_key text) ON COMMIT DROP"
        )
        read = 0
        with cursor.copy(f"COPY imported_employers (line, {', '.join(STORED)}) FROM STDIN") as copy:
            for line, row in _rows(lines, positions, errors):
                read += 1
                copy.write_row((line, *row))
        _same_siret_twice(cursor, errors)
        errors.refuse()
        if not read:
            raise Rejected(["Le fichier ne contient que sa ligne d’en-tête : il n’y a aucun employeur à importer."])
        created, changed = _write(cursor)
        cursor.execute("DROP TABLE imported_employers")
    return Report(read, created, changed)


def _lines(file: BinaryIO) -> Iterator[str]:
    """The file's lines as text. Raises Rejected for what is no text, before much of it is in memory."""
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            raise Rejected([f"La ligne {number} est démesurée : ce fichier n’est pas un CSV d’employeurs."])
        if b"\0" in raw:
            raise Rejected(["Ce fichier n’est pas du texte en UTF-8 : enregistrez-le en CSV, encodage UTF-8."])
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as fault:
            raise Rejected(
                [f"Ce fichier n’est pas en UTF-8 (ligne {number}) : enregistrez-le en CSV, encodage UTF-8."]
            ) from fault


def _header(lines: Iterator[str]) -> dict[str, int]:
    """Where each column stands. Raises Rejected for an empty file, another separator, a missing or repeated column."""
    first = next(lines, "")
    if not first.strip():
        raise Rejected(["Le fichier est vide : sa première ligne doit nommer les colonnes."])
    names = [clean(name).lower() for name in next(csv.reader([first]))]
    other = next((sign for sign in _SEPARATORS if first.count(sign) > first.count(",")), None)
    if other is not None:
        raise Rejected(
            [f"Les colonnes sont séparées par {_SEPARATORS[other]} : enregistrez le fichier avec des virgules."]
        )
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        many = len(missing) > 1
        raise Rejected(
            [f"Il manque {'les colonnes' if many else 'la colonne'} {', '.join(missing)} en première ligne."]
        )
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    if twice:
        raise Rejected([f"La première ligne nomme deux fois {', '.join(twice)} : gardez une seule colonne de ce nom."])
    return {name: position for position, name in enumerate(names)}


def _rows(
    lines: Iterator[str], positions: dict[str, int], errors: _Errors
) -> Iterator[tuple[int, tuple[str | int | None, ...]]]:
    """Each good line with its number in the file; the others go to `errors`."""
    reader = csv.reader(lines, strict=True)
    while True:
        number = reader.line_num + 2
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            errors.add(number, "un guillemet n’est pas refermé, ou est mal placé.")
            continue
        if not any(value.strip() for value in values):
            continue
        try:
            if len(values) != len(positions):
                raise _BadRow(f"{len(values)} colonne{'s' if len(values) > 1 else ''} au lieu de {len(positions)}.")
            yield number, _checked({name: _clean(values[position]) for name, position in positions.items()})
        except _BadRow as fault:
            errors.add(number, str(fault))


def _clean(value: str) -> str:
    # Most values are plain digits: the full cleaning, character by character, would be half of the import's time.
    return value.strip() if value.isascii() and value.isprintable() and "  " not in value else clean(value)


def _siren(column: str, typed: str) -> str:
    digits = typed.replace(" ", "")
    if not stdnum_siren.is_valid(digits) or len(digits) != 9:
        raise _BadRow(f"{column} « {typed} » n’est pas un SIREN (9 chiffres, clé de Luhn).")
    return digits


def _checked(row: dict[str, str]) -> tuple[str | int | None, ...]:
    """The values to store, in the order of `STORED`. Raises _BadRow with the first thing that is wrong."""
    siren = _siren("siren", row["siren"])
    try:
        siret = parse_siret(row["first_siret"])
    except ValueError as fault:
        raise _BadRow(f"first_siret « {row['first_siret']} » : {fault}") from fault
    if not siret.startswith(siren):
        raise _BadRow(f"first_siret « {row['first_siret']} » ne commence pas par le SIREN {siren}.")
    if not row["name"]:
        raise _BadRow("le nom manque.")
    if len(row["name"]) > 200:
        raise _BadRow(f"le nom compte {len(row['name'])} caractères : 200 au plus.")
    for column, (form, expected) in _FORMS.items():
        if not form.fullmatch(row[column]):
            raise _BadRow(f"{column} « {row[column]} » : {expected}.")
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


def _same_siret_twice(cursor, errors: _Errors) -> None:  # type: ignore[no-untyped-def]
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
