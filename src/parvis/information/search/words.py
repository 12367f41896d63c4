"""Words that answer: the same as typed, a longer form of it, or one letter away; and marking them in a text.

`near` is the rule of `backoffice_near` (backoffice/search/words.py) for what is already in memory.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from parvis.ground.identifiers.text import one_letter_apart, search_key

_WORD = re.compile(r"\w+", re.UNICODE)
EXCERPT, BEFORE, WINDOW = 240, 60, 420
# Stand for the tags while a text is escaped, once and not piece by piece; no text that was typed keeps them.
_MARK, _MARKED = "\x02", "\x03"
_SIGNS = str.maketrans("", "", _MARK + _MARKED)
# A shorter beginning in common tells nothing: « agent » and « agence ».
_COMMON = 5


def near(stored: str, typed: str) -> bool:
    """Whether two words are the same, or one letter wrong, missing, doubled or swapped apart; from five letters on."""
    return stored == typed or (len(stored) >= 5 and one_letter_apart(stored, typed))


# Texts are made of the same few thousand words over and over.
key_of = lru_cache(maxsize=16_384)(search_key)


@lru_cache(maxsize=65_536)
def answers(held: str, typed: str) -> bool:
    """Whether a word of a text is what was typed: it begins so, is another form of it, or is one letter away."""
    if held.startswith(typed):
        return len(typed) >= 3 or held == typed
    common = next((i for i, (x, y) in enumerate(zip(held, typed, strict=False)) if x != y), min(len(held), len(typed)))
    return common >= max(_COMMON, len(typed) - 2) or near(held, typed)


def beginnings(words: Sequence[str]) -> str:
    """A pattern of PostgreSQL's: where a word of a key begins as one of these does, in any of its forms."""
    return r"\m(" + "|".join(word[: max(_COMMON, len(word) - 2)] for word in words) + ")"


@lru_cache(maxsize=65_536)
def _answers_one(held: str, words: tuple[str, ...]) -> bool:
    return any(answers(search_key(held), word) for word in words)


def _spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    wanted = tuple(words)
    return [found.span() for found in _WORD.finditer(text) if _answers_one(found.group(), wanted)]


def _unsigned(text: str) -> str:
    return text.translate(_SIGNS) if _MARK in text or _MARKED in text else text


def marked(text: str, words: Sequence[str]) -> Markup:
    """The text with the words that answer in <mark>; everything else escaped."""
    text = _unsigned(text)
    return _painted(text, _spans(text, words))


def _painted(text: str, spans: Iterable[tuple[int, int]], start: int = 0, stop: int | None = None) -> Markup:
    """The part of a text between two places, with what lies in the spans in <mark>."""
    stop = len(text) if stop is None else stop
    done, end = [], start
    for first, past in spans:
        if first >= start and past <= stop:
            done += [text[end:first], _MARK, text[first:past], _MARKED]
            end = past
    whole = str(escape("".join([*done, text[end:stop]]).strip()))
    return Markup(whole.replace(_MARK, "<mark>").replace(_MARKED, "</mark>"))  # noqa: S704  (escaped just above)


def excerpt(text: str, words: Sequence[str], *, before: bool = False, after: bool = False) -> Markup:
    """The part of a text that has most of the words, marked; from its beginning where it has none.

    `before`, `after`: whether the text itself is part of a longer one.
    """
    text = _unsigned(text)
    spans = _spans(text, words)
    start = 0
    if spans and len(text) > EXCERPT:
        best = max(range(len(spans)), key=lambda i: sum(1 for s, e in spans[i:] if e - spans[i][0] <= EXCERPT - BEFORE))
        start = max(0, spans[best][0] - BEFORE)
    stop = min(len(text), start + EXCERPT)
    if start or before:
        start = text.find(" ", start) + 1 or start
    if stop < len(text) or after:
        cut = text.rfind(" ", start, stop)
        stop = cut if cut > start else stop
    part = _painted(text, spans, start, stop)
    first, last = start > 0 or before, stop < len(text) or after
    return Markup("{}{}{}").format("…\u00a0" if first else "", part, "\u00a0…" if last else "")
