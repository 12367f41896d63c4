"""The NIR (number of the national register of people) and its key."""

import re

from stdnum.fr import nir as stdnum_nir

from parvis.regulations.identifiers.checks import Check, normal

# Sex (3, 4: pending registration; 7, 8: provisional), year, month (20, 30-42, 50-99: not known), place, order.
SHAPE = re.compile(
    r"[1-478][0-9]{2}(0[1-9]|1[0-2]|20|3[0-9]|4[0-2]|[5-9][0-9])"
    r"(2[AB]|0[1-9]|[1-9][0-9])(?!000)[0-9]{3}(?!000)[0-9]{3}"
)
# Thirteen characters or fifteen that may be a NIR, in any grouping.
_LIKE_ONE = re.compile(r"[1-478](?:[\s.\-]?[0-9AB]){12}(?:[\s.\-]?[0-9]{2})?", re.IGNORECASE)
# Its first ten, of which the rest can nearly be told, or more of them; also among other words.
_SAYS_ONE = re.compile(r"(?<![0-9])[1-478](?:[\W_]{0,2}[0-9]){4}(?:[\W_]{0,2}[0-9AB]){5}", re.IGNORECASE)

# Sex and year of birth stay: enough to tell two agents apart, not to be used.
SHOWN = 3


def looks_like_a_nir(typed: str) -> bool:
    """Whether what was typed has the shape of a NIR, whatever its key."""
    return _LIKE_ONE.fullmatch(typed.strip()) is not None


def tells_a_nir(typed: str) -> bool:
    """Whether what was typed holds a NIR, or enough of one: it stands in no address, whatever else it is."""
    return _SAYS_ONE.search(typed) is not None


def nir_grouped(nir: str) -> str:
    """« 2 85 04 74 010 123 45 », of 13 characters or 15, as it is printed on a card; no-break spaces."""
    cuts = ((0, 1), (1, 3), (3, 5), (5, 7), (7, 10), (10, 13), (13, 15))
    return "\u00a0".join(part for start, end in cuts if (part := nir[start:end]))


def nir_masked(nir: str) -> str:
    """« 2 85 •• •• ••• ••• •• »; "" for none."""
    return nir_grouped(nir[:SHOWN] + "•" * (len(nir) - SHOWN)) if nir else ""


def nir_key(written: str) -> str:
    """The key of the 13 characters of a NIR: 97 − (number mod 97), 2A read as 19 and 2B as 18, in two digits.

    Raises ValueError for what has not the shape of a NIR. Source: Insee, arrêté on the NIR's key.
    """
    text = normal(written)
    if not SHAPE.fullmatch(text):
        raise ValueError(f"{written!r} has not the shape of a NIR")
    return str(stdnum_nir.calc_check_digits(text))


def nir(written: str) -> Check:
    """A NIR of 13 characters, or of 15 with its key."""
    text = normal(written)
    if len(text) not in {13, 15}:
        return Check(False, text, "Un NIR compte 13 caractères, ou 15 avec sa clé.")
    if not SHAPE.fullmatch(text[:13]):
        return Check(False, text, "Ce numéro n’a pas la forme d’un NIR.")
    if len(text) == 15 and text[13:] != nir_key(text[:13]):
        return Check(False, text, "La clé du NIR est fausse.")
    return Check(True, text)
