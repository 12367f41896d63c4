"""Words found in spite of accents and of one wrong letter, in what is small enough to be looked through in memory."""

import re
from collections.abc import Iterable

from parvis.ground.identifiers.text import search_key

LONG = 5
_SMALL = {
    "le",
    "la",
    "les",
    "un",
    "une",
    "des",
    "de",
    "du",
    "et",
    "ou",
    "au",
    "aux",
    "en",
    "a",
    "pour",
    "d",
    "l",
    "mon",
}


def words_of(text: str) -> list[str]:
    """The words of a text that tell something, as they are compared; eight at most of what is typed is enough."""
    found = re.findall(r"[0-9a-z]+", search_key(text))
    return [word for word in found if word not in _SMALL]


def near(stored: str, typed: str) -> bool:
    """Whether a word is the other, begins with it, or differs by one letter (wrong, missing, doubled or swapped)."""
    if stored.startswith(typed):
        return True
    if len(typed) < LONG or len(stored) < LONG or abs(len(stored) - len(typed)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(stored, typed, strict=False)) if a != b), min(len(stored), len(typed)))
    if len(stored) > len(typed):
        return stored[at + 1 :] == typed[at:]
    if len(stored) < len(typed):
        return stored[at:] == typed[at + 1 :]
    swapped = stored[at : at + 2] == typed[at : at + 2][::-1] and stored[at + 2 :] == typed[at + 2 :]
    return stored[at + 1 :] == typed[at + 1 :] or swapped


def score(stored: Iterable[str], typed: Iterable[str]) -> float:
    """How well the typed words are answered, from 0 (one of them not at all) to 1 (each to the letter)."""
    held, total, count = list(stored), 0.0, 0
    for word in typed:
        count += 1
        if word in held:
            total += 1
        elif any(one.startswith(word) for one in held):
            total += 0.9
        elif any(near(one, word) for one in held):
            total += 0.7
        else:
            return 0.0
    return total / count if count else 0.0
