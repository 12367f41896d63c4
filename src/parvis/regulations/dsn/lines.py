"""One line of a file: `S21.G00.30.002,'D'ARTAGNAN'`."""

import re
from dataclasses import dataclass

# Between the first and the last apostrophe: those inside a value are not escaped (CT2025.1 §3.4).
LINE = re.compile(r"(S[0-9]{2}\.G[0-9]{2}\.[0-9]{2}\.[0-9]{3}),'(.*)'", re.DOTALL)
LONGEST, ENCODING = 256, "iso-8859-1"


class UnreadableLine(ValueError):
    """The line is refused; the message is a French sentence that says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A rubric and its value, as written."""

    rubric: str
    value: str

    @property
    def block(self) -> str:
        """`S21.G00.30` of `S21.G00.30.002`."""
        return self.rubric.rpartition(".")[0]


def read(written: str) -> Line:
    """A line, with or without its end (LF or CRLF). Raises UnreadableLine.

    At most 256 characters of ISO-8859-1, no empty or blank value. Source: CT2025.1 §3.4, §4.4.
    """
    text = written.removesuffix("\n").removesuffix("\r")
    if len(text) > LONGEST:
        raise UnreadableLine(f"Une ligne compte {LONGEST} caractères au plus.")
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError as fault:
        raise UnreadableLine(
            f"Le caractère « {text[fault.start]} » n’existe pas dans l’alphabet ISO-8859-1."
        ) from fault
    if any(ord(one) < 32 or 127 <= ord(one) < 160 for one in text):
        raise UnreadableLine("La ligne contient un caractère de contrôle.")
    found = LINE.fullmatch(text)
    if found is None:
        raise UnreadableLine("La ligne n’a pas la forme : rubrique, virgule, valeur entre apostrophes.")
    if not found[2].strip(" \u00a0"):
        raise UnreadableLine("Une rubrique vide ou à blanc n’est pas autorisée.")
    return Line(found[1], found[2])
