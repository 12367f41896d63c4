"""What a column of a table is, and its values made safe for a file: plain text, Paris time, no control characters."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from parvis.ground.clock import PARIS

Kind = Literal["text", "date", "datetime", "number", "code"]
Value = str | int | float | Decimal | datetime.date | datetime.datetime | None

LINE_BREAK = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# What XML forbids, and what hides in a cell: controls but tab and line feed, lone surrogates, non-characters.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, where its value is (an attribute's name or a function of the row), and its kind.

    `code` is what looks like a number and is none: SIRET, postcode, identifier, telephone. Its zeros count.
    """

    title: str
    value: str | Callable[[Any], Any]
    kind: Kind = "text"

    def of(self, row: Any) -> Value:
        """The row's value, typed after the column: a date, an instant in Paris, a number, or clean text; None if empty.

        Raises TypeError for a value that is not of the column's kind: an export never guesses.
        """
        value = getattr(row, self.value) if isinstance(self.value, str) else self.value(row)
        if value is None or value == "":
            return None
        if self.kind == "date":
            return _day(value, self.title)
        if self.kind == "datetime":
            return _instant(value, self.title)
        if self.kind == "number":
            return _number(value, self.title)
        if isinstance(value, bool):
            return "Oui" if value else "Non"
        return clean(str(value))


def clean(text: str) -> str:
    """The text with one kind of line break (LF) and without characters that a file cannot hold or that nobody sees."""
    return FORBIDDEN.sub("", LINE_BREAK.sub("\n", text))


def _day(value: Any, title: str) -> datetime.date:
    if isinstance(value, datetime.datetime):
        return (value.astimezone(PARIS) if value.tzinfo else value).date()
    if not isinstance(value, datetime.date):
        raise TypeError(f"Column {title!r} holds dates, not {value!r}.")
    return value


def _instant(value: Any, title: str) -> datetime.datetime:
    if not isinstance(value, datetime.datetime):
        raise TypeError(f"Column {title!r} holds instants, not {value!r}.")
    local = value.astimezone(PARIS) if value.tzinfo else value
    return local.replace(tzinfo=None, microsecond=0)


def _number(value: Any, title: str) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise TypeError(f"Column {title!r} holds numbers, not {value!r}.")
    if isinstance(value, (float, Decimal)) and not Decimal(value).is_finite():
        raise TypeError(f"Column {title!r} holds a number that no spreadsheet knows: {value!r}.")
    return value
