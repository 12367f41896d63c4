"""The reference of an exchange: nine characters, easy to dictate, the last one checks the others; told in threes.

The alphabet and the check are those of identifiers; the length and the groups differ, so that nobody takes one for the
other.
"""

import secrets

from parvis.ground.identifiers.account import ALPHABET, check_character

LENGTH = 9


def draw() -> str:
    """A new reference, at random."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def grouped(reference: str) -> str:
    """« 7HK-4PX-92A »."""
    return "-".join(reference[start : start + 3] for start in range(0, len(reference), 3))


def parse(typed: str) -> str:
    """The reference as stored, spaces, hyphens and case forgiven; "" for what is none or has a wrong character."""
    code = "".join(one for one in typed.upper()[:40] if one.isalnum())
    if len(code) != LENGTH or set(code) - set(ALPHABET) or check_character(code[:-1]) != code[-1]:
        return ""
    return code
