"""Values by their nature: amounts, rates, quantities (N), dates (D), text (X)."""

import calendar
import enum
import re

from parvis.regulations.dsn.verdict import ACCEPTED, Verdict, refused

# CT2025.1 §4.4.7: the longest individual amount, and the longest total.
LONGEST_AMOUNT, LONGEST_TOTAL = 12, 18


class Number(enum.Enum):
    """The kinds of numbers of the norm."""

    AMOUNT_NOT_ZERO = "montant_non_nul"
    AMOUNT = "montant_zero_admis"
    POSITIVE_AMOUNT = "montant_non_signe"
    RATE = "taux"
    WHOLE_QUANTITY = "quantite_entiere"
    QUANTITY = "quantite_deux_decimales"


SHAPES = {
    Number.AMOUNT_NOT_ZERO: re.compile(r"-?[0-9]+\.[0-9]{2}"),
    Number.AMOUNT: re.compile(r"-?[0-9]+\.[0-9]{2}"),
    Number.POSITIVE_AMOUNT: re.compile(r"[0-9]+\.[0-9]{2}"),
    Number.RATE: re.compile(r"[0-9]+\.[0-9]{2}"),
    Number.WHOLE_QUANTITY: re.compile(r"-?[0-9]+"),
    Number.QUANTITY: re.compile(r"-?[0-9]+\.[0-9]{2}"),
}
SAID = {
    Number.AMOUNT_NOT_ZERO: "Un montant s’écrit avec deux décimales après un point, sans espace ni signe plus.",
    Number.AMOUNT: "Un montant s’écrit avec deux décimales après un point, sans espace ni signe plus.",
    Number.POSITIVE_AMOUNT: "Ce montant s’écrit avec deux décimales après un point, sans signe.",
    Number.RATE: "Un taux s’écrit avec deux décimales après un point, sans signe.",
    Number.WHOLE_QUANTITY: "Une quantité entière s’écrit sans décimale.",
    Number.QUANTITY: "Une quantité s’écrit avec deux décimales après un point.",
}


def number(written: str, kind: Number, *, longest: int | None = None) -> Verdict:
    """A number of a kind: two decimals after a point where it has them, a minus sign where it may, leading zeros
    tolerated. `longest`: characters at most. Source: CT2025.1 §4.4.7."""
    if not SHAPES[kind].fullmatch(written):
        return refused("CSL 00", SAID[kind])
    if kind is Number.AMOUNT_NOT_ZERO and not written.strip("-0."):
        return refused("CSL 00", "Ce montant ne peut pas être nul.")
    if longest is not None and len(written) > longest:
        return refused("longueur", f"Ce nombre compte {longest} caractères au plus.")
    return ACCEPTED


def date(written: str, *, unknown_parts: bool = False) -> Verdict:
    """A date JJMMAAAA of the calendar. `unknown_parts`: 99 for a day or month not known (birth dates alone, whose
    century may be 18). Source: CT2025.1 §4.4.1, S21.G00.30.006."""
    if not re.fullmatch(r"[0-9]{8}", written):
        return refused("CSL 00", "Une date s’écrit JJMMAAAA.")
    day, month, year = int(written[:2]), int(written[2:4]), int(written[4:])
    if not (1800 if unknown_parts else 1900) <= year < 2100:
        return refused("CSL 00", "L’année de cette date n’est pas admise.")
    if month == 99 and unknown_parts:
        right = 1 <= day <= 31 or day == 99
    else:
        right = 1 <= month <= 12 and (1 <= day <= calendar.monthrange(year, month)[1] or (day == 99 and unknown_parts))
    return ACCEPTED if right else refused("CSL-11", "Cette date n’existe pas dans le calendrier.")


def text(written: str, *, shortest: int = 1, longest: int | None = None) -> Verdict:
    """A text (X): its length, the characters of ISO-8859-1, no blank before or after it. Source: CT2025.1 §4.4.1.

    The narrower table of §3.5 is not applied: it was not read.
    """
    if len(written) < shortest or (longest is not None and len(written) > longest):
        return refused("longueur", f"Cette valeur compte de {shortest} à {longest} caractères.")
    if written != written.strip(" \u00a0"):
        return refused("CSL", "Aucun espace ne précède ni ne suit une valeur.")
    try:
        written.encode("iso-8859-1")
    except UnicodeEncodeError:
        return refused("CSL", "Cette valeur contient un caractère qui n’existe pas dans l’alphabet ISO-8859-1.")
    return ACCEPTED
