"""How Parvis writes what Sirene has in capitals: names, communes, addresses; and which legal units are public."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from parvis.ground.identifiers.text import clean

DATA_FILE = Path(__file__).resolve().parents[1] / "data" / "sirene.toml"
# Sirene's own word for what a person asked it not to tell.
UNTOLD = "[ND]"
# Sirene leaves out apostrophes: « COMMUNE D ANNECY », or writes « COMMUNE DE ANNECY ».
_ELIDED = re.compile(r"\b([dl]) (?=\w)")
_TO_ELIDE = re.compile(r"^(Commune|Mairie|Ville) de (?=[AEIOUÉÈÊÎÔ])")


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(DATA_FILE.read_text("utf-8"))


@cache
def categories() -> dict[str, str]:
    """The public legal categories: code (Insee, level III) → the directory's kind."""
    return {code: kind for code, (kind, _) in _data()["categories"].items()}


@cache
def category_names() -> dict[str, str]:
    """The same codes → their names."""
    return {code: name for code, (_, name) in _data()["categories"].items()}


@cache
def kind_names() -> dict[str, str]:
    """The directory's kinds of employers → their names."""
    return {kind: str(name) for kind, name in _data()["kinds"].items()}


@cache
def _ways() -> dict[str, str]:
    return {short: str(whole) for short, whole in _data()["ways"].items()}


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    words = _data()["words"]
    return frozenset(words["capitals"]), frozenset(words["small"])


def told(value: str) -> str:
    """A value of the file: single spaces; empty where Sirene does not tell it."""
    if not value or value == UNTOLD:
        return ""
    return value if value.isascii() and value.isprintable() and "  " not in value else clean(value)


# Not all words for ever: numbers are words too, and forty million lines hold many.
@lru_cache(4096)
def _word(word: str) -> str:
    capitals, small = _words()
    if word in capitals:
        return word
    lower = word.lower()
    return lower if lower in small else lower[:1].upper() + lower[1:]


def presented(name: str) -> str:
    """« COMMUNE DE LA ROCHE-SUR-FORON » → « Commune de la Roche-sur-Foron »; what is no capitals stays as it is."""
    if not name.isupper():
        return name
    parts: list[str] = []
    word = ""
    for sign in name:
        if sign.isalnum():
            word += sign
        else:
            parts += [_word(word) if word else "", sign]
            word = ""
    said = "".join([*parts, _word(word) if word else ""])
    said = _TO_ELIDE.sub(r"\1 d’", _ELIDED.sub(r"\1’", said))
    return said[:1].upper() + said[1:]


def way(number: str, repetition: str, kind: str, name: str) -> str:
    """The line of the way: « 12 BIS AVENUE DE GENEVE »."""
    return " ".join(part for part in (number, repetition, _ways().get(kind, kind), name) if part)


def address(parts: Sequence[str]) -> list[str]:
    """The lines that have something, without what is longer than a line may be."""
    return [part[:120] for part in parts if part]


def department(insee_code: str) -> str:
    """The department of a commune: three characters overseas."""
    return insee_code[:3] if insee_code[:2] in ("97", "98") else insee_code[:2]
