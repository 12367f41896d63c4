"""The writer of files: rubric by rubric, in ISO-8859-1, with the totals of S90."""

import datetime
from collections.abc import Mapping
from typing import BinaryIO

from parvis.regulations.dsn.lines import ENCODING, LONGEST

# What a value is written from: text as it is, a date JJMMAAAA, cents or hundredths as Cents, a whole number.
Writable = str | int | datetime.date


class Cents(int):
    """Hundredths, written with two decimals."""


class Writer:
    """One file being written; what it says of the number of rubrics and declarations is always true.

    Nothing is checked against the norm: whoever writes also writes what is wrong on purpose. Raises ValueError for what
    no line can hold (characters out of ISO-8859-1, more than 256 characters, an empty value).
    """

    def __init__(self, out: BinaryIO, *, crlf: bool = False) -> None:
        """`out` is written to line by line; `crlf`: lines end as in Windows."""
        self._out, self._end = out, b"\r\n" if crlf else b"\n"
        self.rubrics = self.declarations = 0

    def put(self, rubric: str, value: Writable | None) -> None:
        """One line; None writes nothing."""
        if value is None:
            return
        text = written(value)
        if not text.strip():
            raise ValueError(f"{rubric} is empty")
        line = f"{rubric},'{text}'".encode(ENCODING)
        if len(line) > LONGEST:
            raise ValueError(f"{rubric} is too long")
        self._out.write(line + self._end)
        self.rubrics += 1
        self.declarations += rubric == "S20.G00.05.001"

    def block(self, block: str, rubrics: Mapping[str, Writable | None]) -> None:
        """The rubrics of a block, by their last three figures, in their order."""
        for short, value in sorted(rubrics.items()):
            self.put(f"{block}.{short}", value)

    def finish(self, *, rubrics_off_by: int = 0) -> None:
        """S90, and with it the end. `rubrics_off_by`: a total that is wrong on purpose."""
        total = self.rubrics + 2 + rubrics_off_by
        self.block("S90.G00.90", {"001": total, "002": self.declarations})


def written(value: Writable) -> str:
    """A value as a line holds it."""
    if isinstance(value, Cents):
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 100}.{abs(value) % 100:02d}"
    if isinstance(value, datetime.date):
        return f"{value:%d%m%Y}"
    return str(value)
