"""Importing the contracts of employers with the funds from a CSV: everything is checked first, then written at once.

A contract is known by its establishment, its fund and the day on which it starts; a file says what is, and leaves alone
the contracts that it does not name.
"""

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from parvis.establishments.funds import FUNDS
from parvis.establishments.lines import BadRow, Errors, Rejected, header, rows, text_lines
from parvis.ground.identifiers.numbers import parse_siret

COLUMNS = ("siret", "fund", "number", "starts_on", "ends_on")
_FRENCH = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)


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

        return f"{said(self.read, 'contrat lu')}, {said(self.created, 'créé')}, {said(self.changed, 'modifié')}"


def import_contracts(path: Path) -> Report:
    """Import the file: all of it or nothing. Raises Rejected with what to correct, OSError where it cannot be read."""
    with path.open("rb") as file, transaction.atomic(), connection.cursor() as cursor:
        lines = text_lines(file, "de contrats")
        positions = header(lines, COLUMNS)
        errors = Errors()
        cursor.execute("DROP TABLE IF EXISTS imported_contracts")
        cursor.execute(
            "CREATE TEMPORARY TABLE imported_contracts (line integer, siret text, fund text, number text, "
            "starts_on date, ends_on date) ON COMMIT DROP"
        )
        read = 0
        with cursor.copy(f"COPY imported_contracts (line, {', '.join(COLUMNS)}) FROM STDIN") as copy:
            for line, row in rows(lines, positions, errors, _checked):
                read += 1
                copy.write_row((line, *row))
        _against_each_other(cursor, errors)
        errors.refuse()
        if not read:
            raise Rejected(["Le fichier ne contient que sa ligne d’en-tête : il n’y a aucun contrat à importer."])
        created, changed = _write(cursor)
        cursor.execute("DROP TABLE imported_contracts")
    return Report(read, created, changed)


def _day(column: str, typed: str) -> datetime.date:
    """AAAA-MM-JJ or JJ/MM/AAAA. Raises BadRow."""
    french = _FRENCH.fullmatch(typed)
    try:
        day = datetime.date.fromisoformat("-".join(reversed(french.groups())) if french else typed)
    except ValueError:
        raise BadRow(f"{column} « {typed} » : une date est attendue, AAAA-MM-JJ ou JJ/MM/AAAA.") from None
    if not 1900 <= day.year <= 2200:
        raise BadRow(f"{column} « {typed} » : cette année n’est pas possible.")
    return day


def _checked(row: dict[str, str]) -> tuple[object, ...]:
    """The values to store. Raises BadRow with the first thing that is wrong."""
    try:
        siret = parse_siret(row["siret"])
    except ValueError as fault:
        raise BadRow(f"siret « {row['siret']} » : {fault}") from fault
    fund = row["fund"].lower()
    if fund not in FUNDS:
        raise BadRow(f"fund « {row['fund']} » : un de {', '.join(FUNDS)}.")
    if not row["number"] or len(row["number"]) > 30:
        raise BadRow(f"number « {row['number'][:40]} » : de 1 à 30 caractères.")
    starts_on = _day("starts_on", row["starts_on"])
    ends_on = _day("ends_on", row["ends_on"]) if row["ends_on"] else None
    if ends_on is not None and ends_on < starts_on:
        raise BadRow(f"le contrat finit le {row['ends_on']}, avant de commencer le {row['starts_on']}.")
    return siret, fund, row["number"], starts_on, ends_on


def _against_each_other(cursor, errors: Errors) -> None:  # type: ignore[no-untyped-def]
    cursor.execute(
        "SELECT line, siret, earlier FROM (SELECT line, siret, min(line) OVER (PARTITION BY siret, fund, starts_on) "
        "AS earlier FROM imported_contracts) AS seen WHERE line > earlier ORDER BY line"
    )
    for line, siret, earlier in cursor:
        errors.add(line, f"ce contrat de {siret} est déjà à la ligne {earlier}.")
    cursor.execute(
        "SELECT i.line, i.siret FROM imported_contracts i WHERE NOT EXISTS "
        "(SELECT 1 FROM establishments_establishment e WHERE e.siret = i.siret) ORDER BY i.line"
    )
    for line, siret in cursor:
        errors.add(line, f"le SIRET {siret} n’est pas dans le répertoire : importez-le d’abord.")


def _write(cursor) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """How many rows were created, and how many changed; a row that says the same is not touched."""
    cursor.execute(
        """WITH written AS (
          INSERT INTO establishments_contract AS c (establishment_id, fund, number, starts_on, ends_on)
          SELECT e.id, i.fund, i.number, i.starts_on, i.ends_on FROM imported_contracts i
            JOIN establishments_establishment e ON e.siret = i.siret ORDER BY i.line
          ON CONFLICT (establishment_id, fund, starts_on) DO UPDATE SET number = excluded.number,
            ends_on = excluded.ends_on
          WHERE (c.number, c.ends_on) IS DISTINCT FROM (excluded.number, excluded.ends_on)
          RETURNING xmax = 0 AS created)
        SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created) FROM written"""
    )
    created, changed = cursor.fetchone()
    return created, changed
