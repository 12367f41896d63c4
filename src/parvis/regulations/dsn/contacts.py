"""E-mail addresses and telephone numbers as the norm wants them."""

import re

from parvis.regulations.dsn.verdict import ACCEPTED, Verdict, refused

# In these rubrics no two of « . », « - », « _ » follow each other; elsewhere, no two « . » (CT2025.1 §4.4.10).
CONTACTS = frozenset({"S10.G00.02.004", "S20.G00.07.003"})
CONTROL = "CSL §4.4.10"
# Mainland and overseas numbers written from France, or with the country's own code.
PHONE = re.compile(r"0[1-9][0-9]{8}|(?:\+|00)(?:33|262|508|590|594|596|687|689)[0-9]{6,12}")


def email(written: str, *, rubric: str = "") -> Verdict:
    """An address of the norm: A-Z a-z 0-9 . - _ and one @, a point after it, no _ there, no . - _ at either end of
    either part. Lengths 6 to 100. Source: CT2025.1 §4.4.10."""
    if not 6 <= len(written) <= 100:
        return refused("longueur", "Une adresse mél compte de 6 à 100 caractères.", rubric)
    if not re.fullmatch(r"[A-Za-z0-9._@-]+", written):
        return refused(CONTROL, "Cette adresse contient un caractère qui n’est pas admis.", rubric)
    if written.count("@") != 1:
        return refused(CONTROL, "Une adresse contient une arobase et une seule.", rubric)
    local, domain = written.split("@")
    if not local or not domain:
        return refused(CONTROL, "L’arobase n’est ni au début ni à la fin.", rubric)
    if any(part[0] in ".-_" or part[-1] in ".-_" for part in (local, domain)):
        return refused(CONTROL, "Ni point, ni tiret au début ou à la fin, ni à côté de l’arobase.", rubric)
    if "_" in domain:
        return refused(CONTROL, "Le tiret bas est interdit après l’arobase.", rubric)
    if not re.search(r"[A-Za-z0-9]\.[A-Za-z0-9]", domain):
        return refused(CONTROL, "Un point entre deux lettres ou chiffres suit l’arobase.", rubric)
    if re.search(r"[._-]{2}" if rubric in CONTACTS else r"\.\.", written):
        return refused(CONTROL, "Deux séparateurs ne se suivent pas.", rubric)
    return ACCEPTED


def phone(written: str, *, rubric: str = "") -> Verdict:
    """A telephone number: 10 to 20 characters, 0 and nine digits, or the code of France or of its overseas.

    The forms are general knowledge, the length the norm's. Blanks and points between groups are not admitted.
    """
    if not 10 <= len(written) <= 20:
        return refused("longueur", "Un numéro de téléphone compte de 10 à 20 caractères.", rubric)
    if not PHONE.fullmatch(written):
        return refused("CSL", "Ce numéro de téléphone n’a pas une forme française.", rubric)
    return ACCEPTED
