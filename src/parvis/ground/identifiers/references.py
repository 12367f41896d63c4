"""References of so many characters that people dictate, drawn at random; the last character checks the others.

The alphabet and the check are those of identifiers. The length, a first letter that never changes (`first`) and the
groups in which they are told keep one kind from being taken for another.
"""

import secrets

from parvis.ground.identifiers.account import ALPHABET, check_character


def draw(length: int, first: str = "") -> str:
    """A new one, at random."""
    return of_body("".join(secrets.choice(ALPHABET) for _ in range(length - len(first) - 1)), first)


def of_body(body: str, first: str = "") -> str:
    """The one that has these characters between its first letter and its check."""
    return first + body + check_character(first + body)


def parse(typed: str, length: int, first: str = "") -> str:
    """As stored, spaces, hyphens and case forgiven; "" for what is none or has a wrong character."""
    code = "".join(one for one in typed.upper()[:40] if one.isalnum())
    if len(code) != length or not code.startswith(first) or set(code) - set(ALPHABET):
        return ""
    return code if check_character(code[:-1]) == code[-1] else ""
