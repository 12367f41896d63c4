"""Words found in spite of accents and of one wrong letter, in what is small enough to be looked through in memory."""

from collections.abc import Iterable

from parvis.ground.identifiers.text import one_letter_apart

LONG = 5


def near(stored: str, typed: str) -> bool:
    """Whether a word is the other, begins with it, or differs by one letter (wrong, missing, doubled or swapped)."""
    if stored.startswith(typed):
        return True
    return len(typed) >= LONG and len(stored) >= LONG and one_letter_apart(stored, typed)


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
