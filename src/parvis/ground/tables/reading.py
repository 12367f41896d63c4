"""Tables that people send: what spreadsheets write, whatever the programme, the separator and the encoding.

CSV with `;`, `,` or tab, in UTF-8 with or without its mark, UTF-16 or Windows-1252; XLSX and ODS. What the file is
follows from its content: its name is not looked at. Faults are French sentences that say what to do.
"""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from parvis.ground.tables.csv import defused

COLUMNS, CELL = 200, 2_000
TIME = 40  # seconds that a workbook may take
ENTRIES = 2_000  # files in a workbook
WORKBOOK = Path(__file__).with_name("workbook.py")
SEPARATORS = (";", ",", "\t")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

UNREADABLE = (
    "Ce fichier ne se lit pas : enregistrez-le de nouveau depuis votre tableur, au format « Classeur Excel (.xlsx) », "
    "« Classeur ODF (.ods) » ou CSV, puis choisissez-le de nouveau."
)
OLD_EXCEL = (
    "Ce fichier est un ancien classeur Excel (.xls), ou il est protégé par un mot de passe : enregistrez-le au format "
    "« Classeur Excel (.xlsx) », sans mot de passe, puis choisissez-le de nouveau."
)
EMPTY = "Ce fichier est vide : choisissez celui que vous avez modifié."
TOO_LARGE = "Ce classeur est trop volumineux une fois ouvert : gardez-y la seule feuille des comptes, sans image."


class Unreadable(ValueError):
    """The file is no table that can be read; the message says what to do."""


def read_table(content: bytes, *, lines: int, unpacked: int, known: Callable[[Sequence[str]], int]) -> list[list[str]]:
    """The rows of the file as the spreadsheet shows them, each cell as text, `lines` + 1 of them at most.

    `known` says how many titles of a header it recognises: the separator that gives most is the file's. `unpacked`: the
    bytes that a workbook may hold. Raises Unreadable.
    """
    if not content.strip():
        raise Unreadable(EMPTY)
    if content.startswith(_OLE):
        raise Unreadable(OLD_EXCEL)
    rows = _workbook(content, lines, unpacked) if content.startswith(_ZIP) else _text(_decoded(content), lines, known)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise Unreadable(EMPTY)
    return [[undefused(cell) for cell in row] for row in rows]


def undefused(cell: str) -> str:
    """The text whose formula, or number, the file's apostrophe hid (`csv.py`): without it."""
    return cell[1:] if cell.startswith("'") and defused(cell[1:], "code") != cell[1:] else cell


# --- Text ------------------------------------------------------------------------------------------------------------
def _decoded(content: bytes) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _as(content, name)
    sample = content[:4_000]
    if b"\0" in sample:
        # UTF-16 without its mark: the zeros of Latin letters are all in odd places, or all in even ones.
        return _as(content, "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # What Excel writes in France when it is asked for CSV.
        return _as(content, "windows-1252")


def _as(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeError as fault:
        raise Unreadable(UNREADABLE) from fault
    if "\0" in text:
        raise Unreadable(UNREADABLE)
    return text


def _text(text: str, lines: int, known: Callable[[Sequence[str]], int]) -> list[list[str]]:
    first, _, rest = text.partition("\n")
    if len(separator := first.strip().strip('"').removeprefix("sep=")) == 1 and first.strip('" \r').startswith("sep="):
        # Excel's own first line, which its spreadsheet does not show.
        return _rows(rest, separator, lines)
    return _rows(text, max(SEPARATORS, key=lambda one: known(_header(text, one))), lines)


def _header(text: str, separator: str) -> list[str]:
    return next((row for row in _rows(text, separator, 20) if any(cell.strip() for cell in row)), [])


def _rows(text: str, separator: str, lines: int) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append([cell[:CELL] for cell in row[:COLUMNS]])
            if len(rows) > lines:
                break
    except csv.Error as fault:
        raise Unreadable(UNREADABLE) from fault
    return rows


# --- Workbooks -------------------------------------------------------------------------------------------------------
def _workbook(content: bytes, lines: int, unpacked: int) -> list[list[str]]:
    try:
        done = subprocess.run(  # noqa: S603  (our own programme, our own numbers)
            [sys.executable, "-I", str(WORKBOOK), str(lines + 1), str(COLUMNS)],
            input=_repacked(content, unpacked),
            capture_output=True,
            timeout=TIME,
            check=True,
        )
        return [[str(cell) for cell in row] for row in json.loads(done.stdout)]
    except (subprocess.SubprocessError, ValueError, OSError) as fault:
        if isinstance(fault, Unreadable):
            raise
        raise Unreadable(UNREADABLE) from fault


def _repacked(content: bytes, unpacked: int) -> bytes:
    """The workbook's XML alone, packed anew from what was unpacked: its own table of contents may lie."""
    out, held = io.BytesIO(), 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
            entries = source.infolist()
            if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > unpacked:
                raise Unreadable(TOO_LARGE)
            for entry in entries:
                if entry.flag_bits & 1:
                    raise Unreadable(OLD_EXCEL)
                if entry.filename.endswith((".xml", ".rels")) or entry.filename == "mimetype":
                    part = source.read(entry)
                    held += len(part)
                    if held > unpacked:
                        raise Unreadable(TOO_LARGE)
                    target.writestr(entry.filename, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as fault:
        if isinstance(fault, Unreadable):
            raise
        raise Unreadable(UNREADABLE) from fault
    return out.getvalue()
