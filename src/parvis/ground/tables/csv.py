"""CSV as French spreadsheets open it: semicolons, UTF-8 with its mark, CRLF, dates JJ/MM/AAAA, decimal commas."""

import csv
import datetime
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from parvis.ground.tables.columns import Column, Value, clean

CSV_TYPE = "text/csv; charset=utf-8"
# What makes a spreadsheet read a cell as a formula, in both widths, once blanks and invisible signs are skipped.
FORMULA = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\n]")
# What a spreadsheet would turn into a number (« 23E45678 », « 01290 », « 215 900 015 00017 ») or a day (« 12-05 »).
NUMBER_LIKE = re.compile(r"[+-]?[\d.,\s]*\d[.,\s]*(e[+-]?\d+)?|\d{1,4}([-/.])\d{1,2}(\2\d{1,4})?", re.IGNORECASE)


def csv_file(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """The rows as a CSV file.

    A text that a spreadsheet would run as a formula, and a code that it would turn into a number or a day, get a
    leading apostrophe: the sign by which spreadsheets say « text ».
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_text(clean(column.title), "text") for column in columns])
    for row in rows:
        writer.writerow([_text(column.of(row), column.kind) for column in columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _text(value: Value, kind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return f"{value:%d/%m/}{value.year:04d}{value: %H:%M}"
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/}{value.year:04d}"
    if isinstance(value, (int, float, Decimal)):
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value).replace(".", ",")
    return defused(value, kind)


def defused(value: str, kind: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run, or turn into something else.

    A text that begins with apostrophes before such a thing gets one more: `reading.undefused` gives back what it was.
    """
    inside = value.lstrip("'")
    if FORMULA.match(inside) or (NUMBER_LIKE.fullmatch(inside) and (kind == "code" or inside != value)):
        return f"'{value}"
    return value
