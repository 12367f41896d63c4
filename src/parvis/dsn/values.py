"""What a rubric holds, read from its bytes: one function per rubric, compiled once from the norm.

A compiled function answers the value, or None where it is refused; `why` then says the reason, at leisure. They follow
`parvis.regulations.dsn.values`, to which the tests hold them equal.
"""

import calendar
import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Value = str | int | datetime.date
Reader = Callable[[bytes], Value | None]

# Printable ISO-8859-1, no blank (20, A0) before or after.
TEXT = re.compile(rb"[\x21-\x7e\xa1-\xff](?:[\x20-\x7e\xa0-\xff]*[\x21-\x7e\xa1-\xff])?")
CONTROL = re.compile(rb"[\x00-\x1f\x7f-\x9f]")
WHOLE = re.compile(rb"-?[0-9]+")
UNSIGNED_WHOLE = re.compile(rb"[0-9]+")
HUNDREDTHS = re.compile(rb"-?[0-9]+\.[0-9]{2}")
UNSIGNED_HUNDREDTHS = re.compile(rb"[0-9]+\.[0-9]{2}")
EIGHT = re.compile(rb"[0-9]{8}")
UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


@dataclass(frozen=True, slots=True)
class Spec:
    """What the norm and the rules say of a rubric."""

    name: str
    kind: str
    longest: int
    label: str
    codes: Mapping[str, str]
    whole: bool = False
    either: bool = False
    unsigned: bool = False
    birth: bool = False
    shortest: int = 1
    bounds: tuple[int, int] | None = None


def compiled(spec: Spec) -> Reader:
    """The function that reads this rubric's value."""
    if spec.codes:
        return {code.encode("iso-8859-1"): code for code in spec.codes}.get
    if spec.kind == "D":
        return date
    if spec.kind == "N":
        return _number(spec)
    return birth if spec.birth else _text(spec.shortest, spec.longest)


def date(written: bytes) -> datetime.date | None:
    """JJMMAAAA of the calendar, 1900 to 2099."""
    if not EIGHT.fullmatch(written):
        return None
    year = int(written[4:])
    if not 1900 <= year < 2100:
        return None
    try:
        return datetime.date(year, int(written[2:4]), int(written[:2]))
    except ValueError:
        return None


def birth(written: bytes) -> str | None:
    """JJMMAAAA where a day or a month may be 99, and the century 18."""
    if not EIGHT.fullmatch(written):
        return None
    day, month, year = int(written[:2]), int(written[2:4]), int(written[4:])
    if not 1800 <= year < 2100:
        return None
    if month == 99:
        right = 1 <= day <= 31 or day == 99
    else:
        right = 1 <= month <= 12 and (1 <= day <= calendar.monthrange(year, month)[1] or day == 99)
    return written.decode("ascii") if right else None


def _text(shortest: int, longest: int) -> Reader:
    whole = TEXT.fullmatch

    def read(written: bytes) -> str | None:
        if not shortest <= len(written) <= longest or not whole(written):
            return None
        if written.isascii():
            return written.decode("ascii")
        return None if UTF_8.search(written) else written.decode("iso-8859-1")

    return read


def _number(spec: Spec) -> Reader:
    longest = spec.longest
    low, high = spec.bounds or (None, None)
    whole = (UNSIGNED_WHOLE if spec.unsigned else WHOLE).fullmatch
    parts = (UNSIGNED_HUNDREDTHS if spec.unsigned else HUNDREDTHS).fullmatch

    def units(written: bytes) -> int | None:
        return int(written) if len(written) <= longest and whole(written) else None

    def hundredths(written: bytes) -> int | None:
        # Most are plain figures, a point, two figures; the pattern is for what is left.
        figures = written[:-3] + written[-2:]
        if len(written) <= longest and (
            (written[-3:-2] == b"." and len(figures) > 2 and figures.isdigit()) or parts(written)
        ):
            return int(figures)
        return None

    def either(written: bytes) -> int | None:
        found = units(written)
        return hundredths(written) if found is None else found * 100

    read = either if spec.either else units if spec.whole else hundredths
    if low is None or high is None:
        return read

    def bounded(written: bytes) -> int | None:
        found = read(written)
        return found if found is not None and low <= found <= high else None

    return bounded


def why(written: bytes, spec: Spec) -> tuple[str, str]:
    """Why a value was refused: the code of the problem, and a French sentence that does not repeat it."""
    if not written.strip(b" \xa0"):
        return "DSN-VIDE", "Cette rubrique est vide : une rubrique sans valeur ne se déclare pas."
    if UTF_8.search(written):
        return "DSN-ENCODAGE", "Les accents sont écrits en UTF-8 : le fichier est attendu en ISO-8859-1."
    if CONTROL.search(written):
        return "DSN-CARACTERE", "La valeur contient un caractère de contrôle."
    if spec.codes:
        return "DSN-CODE", "Ce code n’est pas dans la liste de la norme pour cette rubrique."
    if not spec.shortest <= len(written) <= spec.longest:
        return "DSN-LONGUEUR", _lengths(spec)
    if spec.kind == "D":
        return "DSN-DATE", "Une date s’écrit JJMMAAAA et existe dans le calendrier."
    if spec.birth:
        return "DSN-DATE", "Une date de naissance s’écrit JJMMAAAA, avec 99 pour un jour ou un mois inconnu."
    if spec.kind == "N":
        return _why_number(written, spec)
    return "DSN-CARACTERE", "Aucun espace ne précède ni ne suit une valeur."


def _lengths(spec: Spec) -> str:
    if spec.shortest == 1:
        return f"La valeur est trop longue : {spec.longest} caractères au plus."
    if spec.shortest == spec.longest:
        return f"La valeur compte {spec.longest} caractères exactement."
    return f"La valeur compte de {spec.shortest} à {spec.longest} caractères."


def _why_number(written: bytes, spec: Spec) -> tuple[str, str]:
    if spec.unsigned and written.startswith(b"-"):
        return "DSN-NOMBRE", "Ce nombre s’écrit sans signe."
    if spec.whole and not WHOLE.fullmatch(written):
        return "DSN-NOMBRE", "Ce nombre s’écrit sans décimale, sans espace ni signe plus."
    if not spec.whole and not spec.either and not HUNDREDTHS.fullmatch(written):
        return "DSN-NOMBRE", "Ce nombre s’écrit avec deux décimales après un point, sans espace ni signe plus."
    if spec.bounds:
        low, high = (bound if spec.whole else f"{bound / 100:g}".replace(".", ",") for bound in spec.bounds)
        return "DSN-BORNES", f"La valeur est hors des bornes de la norme : de {low} à {high}."
    return "DSN-NOMBRE", "Ce n’est pas un nombre tel que la norme l’écrit."
