"""How people are identified: NIR, NTT, and the birth date beside them."""

import re
from collections import Counter
from collections.abc import Iterable

from parvis.regulations.dsn.verdict import ACCEPTED, Fault, Verdict, refused

NIR, NTT = "S21.G00.30.001", "S21.G00.30.020"
# CSL 00 of S21.G00.30.001, as CT2025.1 prints it.
NIR_SHAPE = re.compile(
    r"[1-2][0-9]{2}(0[1-9]|1[0-2]|20|3[0-9]|4[0-2]|[5-9][0-9])(0[1-9]|[1-9][0-9]|2A|2B)"
    r"(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})|[1-2]9{12}"
)
CORSICA_SPLIT, ALGERIA_CLOSED = 1976, 1968


def nir(written: str, *, birth_year: int | None = None) -> Verdict:
    """A NIR or NIA as declared: 13 characters without its key, never a provisional number (7, 8).

    `birth_year`: that of the birth-date rubric: 2A and 2B are forbidden before 1976, 20 from 1976 on, 96 from 1968 on.
    Not more than five 9 at the end, nor 1 or 2 with twelve 9. Source: CT2025.1, S21.G00.30.001.
    """
    if len(written) != 13:
        return refused("longueur", "Le NIR se déclare sur 13 caractères, sans sa clé.", NIR)
    if not NIR_SHAPE.fullmatch(written):
        return refused("CSL 00", "Ce numéro n’a pas la forme d’un NIR.", NIR)
    if written[1:] == "9" * 12:
        return refused("CCH-13", "Un sexe suivi de douze 9 n’est pas admis.", NIR)
    if written.endswith("9" * 6):
        return refused("CCH-16", "Un NIR ne se termine pas par plus de cinq 9.", NIR)
    if birth_year is not None:
        department = written[5:7]
        if department in {"2A", "2B"} and birth_year < CORSICA_SPLIT:
            return refused("CCH-11", "2A et 2B n’existent pas pour une naissance avant 1976.", NIR)
        if department == "20" and birth_year >= CORSICA_SPLIT:
            return refused("CCH-11", "Le département 20 n’existe plus pour une naissance depuis 1976.", NIR)
        if department == "96" and birth_year >= ALGERIA_CLOSED:
            return refused("CCH-11", "Le département 96 n’existe plus pour une naissance depuis 1968.", NIR)
    return ACCEPTED


def birth_matches(written: str, birth_year: int) -> Verdict:
    """Whether the year of a NIR is that of the birth date. Source: CT2025.1, S21.G00.30.006, CCH-11."""
    if written[1:3] == f"{birth_year % 100:02d}":
        return ACCEPTED
    return refused("CCH-11", "L’année du NIR n’est pas celle de la date de naissance.", "S21.G00.30.006")


def ntt(written: str, employer_siren: str) -> Verdict:
    """A temporary number: 11 to 40 characters, 1 or 2, the employer's SIREN, an own identifier, no blank.

    `employer_siren`: S21.G00.06.001. Source: CT2025.1, S21.G00.30.020.
    """
    if not 11 <= len(written) <= 40:
        return refused("longueur", "Un numéro technique temporaire compte de 11 à 40 caractères.", NTT)
    if written[0] not in "12":
        return refused("CSL-11", "Un numéro technique temporaire commence par 1 ou 2.", NTT)
    if " " in written or "\u00a0" in written:
        return refused("CSL-12", "Un numéro technique temporaire ne contient pas d’espace.", NTT)
    if written[1:10] != employer_siren:
        return refused("CCH-13", "Le SIREN de l’entreprise suit le premier caractère.", NTT)
    return ACCEPTED


def unique(numbers: Iterable[str], *, rubric: str = NIR) -> Verdict:
    """Whether each number stands only once in a declaration. Source: CT2025.1, 30.001 CCH-14, 30.020 CCH-14."""
    twice = [number for number, times in Counter(numbers).items() if times > 1]
    return Verdict(
        tuple(Fault(rubric, "CCH-14", f"Le numéro {number} est déclaré plusieurs fois.") for number in twice)
    )
