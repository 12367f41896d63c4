"""The telephone that answers when nothing else does: that of the CNRACL's advisers, said in refusals and e-mails.

The fallback of the contacts kept as data (`information.ContactPoint`, which an adviser edits and « Nous contacter »
shows): an e-mail or a refusal reads no table, and must say whom to call even where that table says nothing.
Templates know it as `adviser_line`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """The number in words and as an address, the days and the times in words (no-break spaces included)."""

    phone: str
    href: str
    days: str
    times: str


ADVISER_LINE = Line(
    phone="09\u00a070\u00a080\u00a093\u00a029",
    href="tel:+33970809329",
    days="du lundi au vendredi",
    times="de 9\u00a0h à 17\u00a0h",
)
