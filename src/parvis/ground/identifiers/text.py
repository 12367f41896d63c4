"""Text made comparable: without accents, case, ligatures or apostrophes' shapes.

The embedded PostgreSQL has neither ICU nor `unaccent`: search and French order go through columns that hold these keys.
"""

import unicodedata

_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "ʼ": "'", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " "}
)


def search_key(text: str) -> str:
    """Lower case, no accents, single spaces: « Éléonore  D’Œuvre » → « eleonore d'oeuvre »."""
    if text.isascii():
        # Nothing to take off, and most names are: in a tenth of the time.
        return " ".join(text.lower().replace("\0", "").split())
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c) and c != "\0").split())


def sort_key(text: str) -> str:
    """French order of names: as `search_key`, with hyphens and apostrophes ignored (« d'Aubigné » among the « da »)."""
    return search_key(text).replace("-", " ").replace("'", "")


def clean(text: str) -> str:
    """A line as stored: NFC, no control characters, single spaces. Direction marks are dropped: they hide text."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(kept.split())


def showable(text: str) -> str:
    """What was typed as it is shown again, without what no page may hold (NUL, other controls, lone surrogates)."""
    return "".join(c for c in text if c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cn"))


def one_letter_apart(stored: str, typed: str) -> bool:
    """Whether two different words differ by one letter: wrong, missing, doubled or swapped with its neighbour."""
    longer = len(stored) - len(typed)
    at = next((n for n, (a, b) in enumerate(zip(stored, typed, strict=False)) if a != b), min(len(stored), len(typed)))
    if abs(longer) > 1:
        return False
    if longer > 0:
        return stored[at + 1 :] == typed[at:]
    if longer < 0:
        return stored[at:] == typed[at + 1 :]
    swapped = stored[at : at + 2] == typed[at : at + 2][::-1] and stored[at + 2 :] == typed[at + 2 :]
    return stored[at + 1 :] == typed[at + 1 :] or swapped
