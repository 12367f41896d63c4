"""The identifier of an account: eight characters, easy to dictate, the last one checks the others.

Alphabet: 23 characters, none of which looks like another (0 O Q, 1 I L and N U W are out; of 8 B, 6 G, 5 S and 2 Z the
digit stays). As 23 is prime and the weights differ, the check character finds every single wrong character and every
exchange of two. The seven others are drawn at random: none follows from another. A code once reserved is never given
again (`identity_identifier` keeps it for ever). Ours to design: the format of PEP's identifiers is not established.
"""

import secrets

ALPHABET = "23456789ACDEFHJKMPRTVXY"
LENGTH = 8
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


class WrongIdentifier(ValueError):
    """The characters alone show that this is no identifier; the message says what to look at."""


def check_character(body: str) -> str:
    """The eighth character for the first seven: minus the sum of weight × value, modulo 23, weights 2 to 8.

    The check character itself weighs 1: all eight weights differ.
    """
    total = sum(weight * _VALUE[character] for weight, character in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def draw() -> str:
    """A new identifier at random, not yet reserved."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def parse(typed: str) -> str:
    """The identifier as stored, from what was typed (spaces, hyphens and case forgiven).

    Raises WrongIdentifier with a French sentence, from the characters alone: no account is looked up.
    """
    code = "".join(character for character in typed.upper() if not character.isspace() and character not in "-–—.·_")
    foreign = sorted({character for character in code if character not in _VALUE})
    if foreign and len(code) <= 2 * LENGTH:
        shown = ", ".join(f"« {character} »" for character in foreign[:3])
        raise WrongIdentifier(f"Un identifiant ne contient jamais {shown} : vérifiez ce que vous avez saisi.")
    if len(code) != LENGTH or foreign:
        raise WrongIdentifier(
            f"Un identifiant compte {LENGTH} caractères : vous en avez saisi {len(code)}. Vérifiez-le sur votre fiche."
        )
    if check_character(code[:-1]) != code[-1]:
        raise WrongIdentifier(
            "Cet identifiant contient une faute de frappe : vérifiez chaque caractère sur votre fiche."
        )
    return code


def grouped(code: str) -> str:
    """As shown and dictated: two groups of four."""
    return f"{code[:4]}-{code[4:]}"
