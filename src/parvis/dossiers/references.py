"""The reference of a dossier: « D » and nine characters, the last one checks the others; told in groups.

Alphabet and check are those of identifiers; the first letter and the length tell it from an exchange's.
"""

import secrets

from parvis.ground.identifiers.account import ALPHABET, check_character

LENGTH = 10
FIRST = "D"


def draw() -> str:
    """A new reference, at random."""
    return of_body("".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 2)))


def of_body(body: str) -> str:
    """The reference that has these eight characters."""
    return FIRST + body + check_character(FIRST + body)


def grouped(reference: str) -> str:
    """« D7HK-4PX-92A »."""
    return f"{reference[:4]}-{reference[4:7]}-{reference[7:]}"


def parse(typed: str) -> str:
    """The reference as stored, spaces, hyphens and case forgiven; "" for what is none or has a wrong character."""
    code = "".join(one for one in typed.upper()[:40] if one.isalnum())
    if len(code) != LENGTH or code[0] != FIRST or set(code) - set(ALPHABET) or check_character(code[:-1]) != code[-1]:
        return ""
    return code
