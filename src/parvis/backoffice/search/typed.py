"""What an adviser typed in the one box of the search: a number, an identifier, an e-mail or words."""

import re
from dataclasses import dataclass

from parvis.ground.identifiers import account
from parvis.ground.identifiers.numbers import parse_phone, parse_siret
from parvis.ground.identifiers.text import clean, sort_key

LONGEST = 100
MOST_WORDS = 6
# Said of nearly every employer, or of none: they tell nothing apart.
_EMPTY = {"mairie", "commune", "ville", "de", "du", "des", "la", "le", "les", "et", "a", "au", "en"}
# Said of many: they tell less than any other word. What they begin or resemble is looked for after the others.
_USUAL_WORDS = """
    etablissement etablissements public publique publics saint sainte saints centre communal communale communaux
    communes communaute agglomeration urbaine metropole intercommunal intercommunale intercommunaux intercommunalite
    mixte action sociale social caisse ecoles ecole departement departemental departementale region regional
    regionale service services office habitat hopital hospitalier hospitaliere maison retraite residence ehpad foyer
    gestion eaux college lycee association pays vallee sur sous vocation unique multiple syndicat
"""


def _less(word: str) -> set[str]:
    """The word, and what is left of it without one of its letters: what two words share that are a mistake apart."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)) if len(word) >= 5)}


_USUAL = frozenset(_USUAL_WORDS.split())
_NEARLY_USUAL = frozenset(less for word in _USUAL for less in _less(word))
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "cte": "communaute"}


@dataclass(frozen=True, slots=True)
class Typed:
    """Each reading of what was typed; "" where it cannot be that. `words`: those that tell most first, as looked up.

    `remark`: a French sentence where it looks like a number that a digit is wrong in.
    """

    text: str
    phrase: str = ""
    words: tuple[str, ...] = ()
    siret: str = ""
    siren: str = ""
    number: str = ""
    identifier: str = ""
    phone: str = ""
    email: str = ""
    remark: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.of_places or self.of_people)

    @property
    def of_places(self) -> bool:
        """Whether it can be something that establishments are found by: an e-mail address is not."""
        return bool(self.phrase or self.siret or self.siren or self.number)

    @property
    def of_people(self) -> bool:
        """Whether it can be something that people are found by: a SIRET is not."""
        return bool(self.phrase or self.identifier or self.phone or self.email)


def read(text: str) -> Typed:
    """What may be looked for. Never refuses: what is not understood finds nothing."""
    text = clean(text)[:LONGEST]
    if "@" in text:
        return Typed(text, email="".join(text.split()).lower())
    digits = re.sub(r"[\s.\-]", "", text)
    bare = re.sub(r"[^0-9a-z]", "", text.lower()) if any(c.isdigit() for c in text) else ""
    siret, remark = _siret(digits)
    return Typed(
        text,
        *_words(text, bare),
        siret=siret,
        siren=digits if re.fullmatch(r"[0-9]{9}", digits) else "",
        number=bare,
        identifier=_identifier(text),
        phone=_phone(digits),
        remark=remark,
    )


def _words(text: str, bare: str) -> tuple[str, tuple[str, ...]]:
    if bare and re.fullmatch(r"[\d\s.+\-]+", text):
        return "", ()
    plain = re.sub(r"[^0-9a-z ]", " ", sort_key(text.replace(".", " ")))
    words = [_SHORT.get(word, word) for word in plain.split()]
    telling = [word for word in words if word not in _EMPTY] or words
    return " ".join(words), tuple(sorted(dict.fromkeys(telling), key=_telling)[:MOST_WORDS])


def _telling(word: str) -> tuple[bool, int]:
    """The longest of the words that are not usual, even with a letter wrong; then the shortest of the others."""
    usual = word in _USUAL or not _NEARLY_USUAL.isdisjoint(_less(word))
    return (True, len(word)) if usual else (False, -len(word))


def _siret(digits: str) -> tuple[str, str]:
    if not re.fullmatch(r"[0-9]{13,15}", digits):
        return "", ""
    try:
        return parse_siret(digits), ""
    except ValueError as wrong:
        # Looked for all the same: an old number may stand in the directory as it was given.
        return (digits if len(digits) == 14 else ""), str(wrong)


def _identifier(text: str) -> str:
    try:
        return account.parse(text)
    except account.WrongIdentifier:
        return ""


def _phone(digits: str) -> str:
    if not re.fullmatch(r"\+?[0-9]{6,15}", digits):
        return ""
    try:
        return parse_phone(digits)
    except ValueError:
        return ""
