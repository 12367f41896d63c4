"""What the headers of a file's declarations say, by a look at its raw lines: whose it is before it is read."""

import datetime
import hashlib
import re
from dataclasses import dataclass, field
from typing import BinaryIO

CHUNK = 1 << 20


@dataclass(slots=True)
class Head:
    """What the header of a declaration says, by a look at the raw lines; nothing is believed before it is read."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    test: bool = False

    @property
    def siret(self) -> str:
        return self.values.get("S21.G00.06.001", "") + self.values.get("S21.G00.11.001", "")

    @property
    def month(self) -> datetime.date | None:
        written = self.values.get("S20.G00.05.005", "")
        try:
            return datetime.date(int(written[4:8]), int(written[2:4]), 1)
        except ValueError:
            return None

    @property
    def order(self) -> int:
        """0 where none can be read."""
        written = self.values.get("S20.G00.05.004", "")
        return int(written) if _ORDER.fullmatch(written) else 0


_ORDER = re.compile(r"[0-9]{1,15}")
_BEGINS, _SENDING = b"S20.G00.05.001,", b"S10.G00.00.005,'01'"
# The header of a declaration, contacts and all, is far shorter.
_LONGEST_HEAD = 16_384
_HEAD = re.compile(rb"^(S20\.G00\.05\.00[1-5]|S21\.G00\.06\.001|S21\.G00\.11\.001),'([^'\r\n]*)'", re.MULTILINE)


def entered(stream: BinaryIO) -> tuple[str, list[Head]]:
    """The file's SHA-256, and the heads of its declarations."""
    digest, rest = hashlib.sha256(), b""
    heads: list[Head] = []
    test: bool | None = None
    while True:
        chunk = stream.read(CHUNK)
        digest.update(chunk)
        text, start = rest + chunk, 0
        test = _SENDING in text[:_LONGEST_HEAD] if test is None else test
        rest = text[-len(_BEGINS) :]
        while (place := text.find(_BEGINS, start)) >= 0:
            start = place + len(_BEGINS)
            if chunk and place + _LONGEST_HEAD > len(text):
                rest = text[place:]
                break
            heads.append(_head(text[place : place + _LONGEST_HEAD], len(heads) + 1, test=test))
            rest = text[max(start, len(text) - len(_BEGINS)) :]
        if not chunk:
            return digest.hexdigest(), heads


def _head(text: bytes, number: int, *, test: bool) -> Head:
    head = Head(number, test=test)
    for found in _HEAD.finditer(text):
        head.values.setdefault(found[1].decode("ascii"), found[2].decode("iso-8859-1"))
        if found[1] == b"S21.G00.11.001":
            break
    return head
