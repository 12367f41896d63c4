"""What is checked of a declaration's header and of an individual's number: the rules are `regulations`'."""

import datetime
from collections.abc import Callable

from parvis.dsn.shapes import Individual
from parvis.regulations.dsn import people
from parvis.regulations.identifiers.organisations import siret as right_siret

# Says a problem: rubric, code, sentence.
Say = Callable[[str, str, str], None]
NIR, NTT, BIRTH = "S21.G00.30.001", "S21.G00.30.020", "S21.G00.30.006"
MOST_FRACTIONS = 9


def fraction(written: int | None, say: Say) -> tuple[int | None, int | None]:
    """S20.G00.05.003: the fraction and how many there are, one digit each. Source: CT2025.1 (9 at most)."""
    if written is None:
        return None, None
    number, of_them = divmod(written, 10)
    if not 1 <= number <= of_them <= MOST_FRACTIONS:
        says = "Deux chiffres sont attendus : la fraction, puis le nombre de fractions (11 s’il n’y en a qu’une)."
        say("S20.G00.05.003", "DSN-FRACTION", says)
        return None, None
    return number, of_them


def check_month(day: datetime.date | None, say: Say) -> datetime.date | None:
    """S20.G00.05.005: the first day of the month, which is what is answered."""
    if day is None or day.day == 1:
        return day
    say("S20.G00.05.005", "DSN-MOIS", "Le mois déclaré s’écrit par son premier jour : 01MMAAAA.")
    return day.replace(day=1)


def check_employer(siren: str | None, nic: str | None, say: Say) -> None:
    """S21.G00.06.001 with S21.G00.11.001: a SIRET by its keys."""
    if siren is None or nic is None:
        return
    check = right_siret(siren + nic)
    if not check.valid:
        say("S21.G00.11.001", "DSN-SIRET", check.reason)


def check_numbers(one: Individual, siren: str | None, say: Say, known: set[str] | None, refused: bool) -> None:
    """An individual's NIR, or NTT: its shape, its birth year, and that it stands only once among `known` (None: no
    longer checked). `refused`: it was declared and is known to be wrong already."""
    nir, ntt = one.nir, one.ntt
    if nir is None and ntt is None:
        if not refused:
            say(NIR, "DSN-MANQUE", "Ni le NIR ni le numéro technique temporaire ne sont déclarés.")
        return
    if nir is not None:
        year = int(one.birth_date[4:]) if one.birth_date else None
        faults = people.nir(nir, birth_year=year).faults
        for fault in faults:
            say(NIR, "DSN-NIR", fault.says)
        if not faults and year is not None:
            for fault in people.birth_matches(nir, year).faults:
                say(BIRTH, "DSN-NIR", fault.says)
    elif siren is not None:
        for fault in people.ntt(ntt or "", siren).faults:
            say(NTT, "DSN-NIR", fault.says)
    if known is None:
        return
    key = nir or ntt or ""
    if key in known:
        says = "Ce numéro est déjà celui d’un autre individu de la déclaration."
        say(NIR if nir else NTT, "DSN-DOUBLE", says)
    known.add(key)
