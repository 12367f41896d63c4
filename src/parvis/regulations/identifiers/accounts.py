"""IBAN, the French RIB key inside it, and BIC."""

import re

from stdnum import iban as stdnum_iban

from parvis.regulations.identifiers.checks import Check, normal

# The letters of an account number, as the RIB key reads them: A, J → 1; B, K, S → 2; … I, R, Z → 9.
RIB_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
# Countries whose accounts carry a RIB key: France with its overseas, and Monaco.
WITH_RIB = {"FR", "MC"}


def rib_key(bank: str, branch: str, account: str) -> str:
    """The key of a French account: 97 − (89 × bank + 15 × branch + 3 × account) mod 97, in two digits.

    Raises ValueError where a part has not its length (5, 5, 11). Source: CFONB.
    """
    parts = [normal(part) for part in (bank, branch, account)]
    if [len(part) for part in parts] != [5, 5, 11] or not all(re.fullmatch(r"[0-9A-Z]+", part) for part in parts):
        raise ValueError("a French account has 5 characters of bank, 5 of branch and 11 of account")
    of_bank, of_branch, of_account = (int(part.translate(RIB_DIGITS)) for part in parts)
    return f"{97 - (89 * of_bank + 15 * of_branch + 3 * of_account) % 97:02d}"


def iban(written: str) -> Check:
    """An IBAN: its country's length and form, the key (ISO 13616: mod 97 = 1), and the RIB key of a French account."""
    text = normal(written)
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}", text):
        return Check(False, text, "Un IBAN compte deux lettres de pays, deux chiffres et 30 caractères au plus.")
    if not stdnum_iban.is_valid(text, check_country=False):
        return Check(False, text, "Cet IBAN n’a pas la longueur de son pays, ou ne respecte pas sa clé de contrôle.")
    if text[:2] in WITH_RIB and rib_key(text[4:9], text[9:14], text[14:25]) != text[25:]:
        return Check(False, text, "La clé RIB du compte est fausse.")
    return Check(True, text)


def bic(written: str) -> Check:
    """A BIC: 4 letters, the country's 2, 2 characters of place, and none or 3 of branch (ISO 9362)."""
    text = normal(written)
    if not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", text):
        return Check(False, text, "Un BIC compte 8 ou 11 caractères.")
    return Check(True, text)
