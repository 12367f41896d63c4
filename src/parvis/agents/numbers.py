"""Affiliation numbers. The schemes' own format is not published: this one is Parvis's, and begins with « PV ».

A letter for the scheme follows, eight digits that are never given twice, two that check them (ISO 7064, MOD 97-10).
"""

from stdnum.iso7064 import mod_97_10

from parvis.agents.models import Scheme
from parvis.ground.database.prepared import prepared

MARK = "PV"
_LETTERS = {Scheme.CNRACL: "C", Scheme.IRCANTEC: "I", Scheme.RAFP: "R"}


def of(scheme: str, rank: int) -> str:
    """The number of that rank: thirteen characters."""
    body = f"{MARK}{_LETTERS[Scheme(scheme)]}{rank:08d}"
    return body + str(mod_97_10.calc_check_digits(body))


def right(number: str) -> bool:
    """Whether the characters alone may be one of ours."""
    return len(number) == 13 and number.startswith(MARK) and bool(mod_97_10.is_valid(number))


def grouped(number: str) -> str:
    """« PVC 0000 4217 61 », as it is shown; no-break spaces."""
    return "\u00a0".join(part for part in (number[:3], number[3:7], number[7:11], number[11:]) if part)


def draw(schemes: list[str]) -> list[str]:
    """New numbers, one for each scheme of the list, in one statement."""
    if not schemes:
        return []
    with prepared() as cursor:
        cursor.execute(
            "SELECT nextval('agents_affiliation_number') FROM generate_series(1, %s)",
            [len(schemes)],
        )
        return [of(scheme, rank) for scheme, (rank,) in zip(schemes, cursor.fetchall(), strict=True)]
