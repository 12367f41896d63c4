"""A file as pieces of lines, of bounded size; and what can be said before reading it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from parvis.dsn.norm import VERSIONS

SIZE = 256 * 1024
# A line has 256 characters at most; without any end of line in this many bytes, it is no text at all.
LONGEST_WITHOUT_END = 64 * 1024
RECORD = re.compile(rb"(?m)^S[0-9]{2}\.G[0-9]{2}\.[0-9]{2}\.[0-9]{3},'")
NORM = re.compile(rb"(?m)^S10\.G00\.00\.006,'([^'\r\n]*)'")


class Hopeless(ValueError):
    """The file cannot be read at all: `code`, the line, the rubric and a French sentence."""

    def __init__(self, code: str, message: str, *, line: int = 1, rubric: str = "") -> None:
        """The line is 1 unless the fault is further."""
        super().__init__(message)
        self.code, self.message, self.line, self.rubric = code, message, line, rubric


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines, without their LF but with their CR; `before` lines precede them."""

    before: int
    lines: list[bytes]
    with_cr: bool = True

    def bare(self) -> list[bytes]:
        """The lines without CR."""
        return [line.removesuffix(b"\r") for line in self.lines] if self.with_cr else self.lines


def start(stream: BinaryIO) -> tuple[bytes, str]:
    """The first bytes of a file, and the version of its norm. Raises Hopeless.

    Where the version is not declared, the newest is taken: the reader then says that the rubric is missing.
    """
    first = _read(stream, SIZE)
    if not first.strip():
        raise Hopeless("DSN-FORMAT", "Le fichier est vide.")
    if first.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in first[:1000]:
        raise Hopeless("DSN-ENCODAGE", "Le fichier n’est pas du texte en ISO-8859-1 : une DSN est attendue ainsi.")
    if first.startswith(b"\xef\xbb\xbf"):
        raise Hopeless("DSN-ENCODAGE", "Le fichier est en UTF-8 : une DSN est attendue en ISO-8859-1.")
    if not RECORD.search(first):
        raise Hopeless("DSN-FORMAT", "Ce fichier n’est pas une DSN : aucune ligne n’a la forme S10.G00.00.001,'…'.")
    found = NORM.search(first)
    if found is None:
        return first, VERSIONS[-1]
    version = found[1].decode("iso-8859-1")
    if version not in VERSIONS:
        line = first.count(b"\n", 0, found.start()) + 1
        read = " et ".join(VERSIONS)
        raise Hopeless("DSN-NORME", f"Les normes lues ici sont {read}.", line=line, rubric="S10.G00.00.006")
    return first, version


def pieces(stream: BinaryIO, *, first: bytes = b"") -> Iterator[Piece]:
    """A stream by pieces. `first`: its beginning, which was read already. Raises Hopeless."""
    rest, before = b"", 0
    data = first or _read(stream, SIZE)
    while data:
        lines = (rest + data).split(b"\n") if rest else data.split(b"\n")
        rest = lines.pop()
        if len(rest) > LONGEST_WITHOUT_END:
            raise Hopeless(
                "DSN-FORMAT", "La ligne n’a pas de fin : ce n’est pas une DSN.", line=before + len(lines) + 1
            )
        if lines:
            yield Piece(before, lines, b"\r" in data or lines[0].endswith(b"\r"))
            before += len(lines)
        data = _read(stream, SIZE)
    if rest:
        yield Piece(before, [rest])


def _read(stream: BinaryIO, size: int) -> bytes:
    # A pipe or an upload may give less than was asked for, long before its end.
    parts: list[bytes] = []
    while size > 0 and (data := stream.read(size)):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)
