"""SIREN, SIRET and FINESS numbers."""

import re

from stdnum import luhn
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from parvis.regulations.identifiers.checks import Check, digits, normal

# The numbers of Corsican establishments carry the letter of their department; read as 1 and 2 they satisfy the key.
FINESS_LETTERS = {"2A": "21", "2B": "22"}


def siren(written: str) -> Check:
    """A SIREN: 9 digits, Luhn key (Insee)."""
    text = normal(written)
    if not digits(text, 9):
        return Check(False, text, "Un SIREN compte 9 chiffres.")
    if not stdnum_siren.is_valid(text):
        return Check(False, text, "Ce SIREN ne respecte pas sa clé de contrôle.")
    return Check(True, text)


def is_public_body(written: str) -> bool:
    """Whether a SIREN or SIRET is that of a public body: it starts with 1 (State) or 2 (local). Source: CT2025.1."""
    return normal(written)[:1] in {"1", "2"}


def siret(written: str) -> Check:
    """A SIRET: its SIREN and 5 digits, Luhn key; La Poste's establishments (356 000 000) have digits that add up to a
    multiple of 5 instead, but for its head office, which satisfies Luhn (Insee)."""
    text = normal(written)
    if not digits(text, 14):
        return Check(False, text, "Un SIRET compte 14 chiffres.")
    if not stdnum_siren.is_valid(text[:9]):
        return Check(False, text, "Les 9 premiers chiffres ne sont pas un SIREN : leur clé de contrôle est fausse.")
    if not stdnum_siret.is_valid(text):
        return Check(False, text, "Ce SIRET ne respecte pas sa clé de contrôle.")
    return Check(True, text)


def finess(written: str) -> Check:
    """A FINESS number: 9 characters, Luhn key. The DSN checks the length alone; the key is general knowledge."""
    text = normal(written)
    if not re.fullmatch(r"[0-9]{9}|2[AB][0-9]{7}", text):
        return Check(False, text, "Un numéro FINESS compte 9 chiffres (2A ou 2B en tête pour la Corse).")
    plain = FINESS_LETTERS.get(text[:2], text[:2]) + text[2:]
    if not luhn.is_valid(plain):
        return Check(False, text, "Ce numéro FINESS ne respecte pas sa clé de contrôle.", uncertain=True)
    return Check(True, text, uncertain=True)
