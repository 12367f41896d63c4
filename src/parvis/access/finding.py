"""What the one search finds of a member's own: each package that holds something to be found registers a `Source`.

A source looks in the establishment in scope alone, and only at what the person may open today. What it keeps to be
found is a column of plain words (`ground.identifiers.text.search_key`); `words_of` reads what was typed the same way,
`form_sql` says which rows have a word as French inflects it, `answers_sql` which have one with a letter wrong.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from parvis.access.standing import Standing
from parvis.ground.database.together import Question
from parvis.ground.identifiers.text import clean, search_key

LONGEST = 100
MOST_WORDS = 6
# They stand in nearly every text, and tell nothing apart.
_USUAL = """
    a ai au aux avec c ce ces cette comment d dans de des du elle en est et il j je l la le les leur m ma mes mon n
    ne nos notre on ou par pas pour puis qu que quel quelle quels quelles qui quoi s sa se ses si son sont sur un une
    vos votre vous y
"""
_EMPTY = frozenset(_USUAL.split())
_WORD = re.compile(r"[0-9a-z]+")


def words_of(text: str) -> list[str]:
    """What was typed in words as they are kept: no accents, no capitals, nothing but letters and digits; at most
    `MOST_WORDS`, without those that every text has, unless there are no others."""
    plain = _WORD.findall(search_key(clean(text)[:LONGEST]))
    return list(dict.fromkeys(telling(plain) or plain))[:MOST_WORDS]


def telling(words: Iterable[str]) -> list[str]:
    """Those of the words that not every text has."""
    return [word for word in words if word not in _EMPTY]


def held_words(text: str) -> list[str]:
    """The words of a text to be looked through in memory, read as `words_of` reads what is typed; all of them."""
    return telling(_WORD.findall(search_key(text)))


def form_sql(key: str, vector: str, word: str = "%s") -> str:
    """SQL condition: the row has the word as a French one in any of its forms (`vector`), or as part of one (`key`)."""
    return f"({vector} @@ plainto_tsquery('french', {word}) OR strpos({key}, {word}) > 0)"


def answers_sql(key: str, words: str = "%(words)s") -> str:
    """SQL condition: each of the words (a list) begins a word of the column `key`, or is one letter away from one.

    It reads each row: for the rows of one establishment, after every condition that an index answers. Words that are
    one letter apart begin or end alike, which is cheaper to see than that they are; and the column has the first half
    of what was typed, or the other half but for the letter between them, which is cheaper than to take it apart.
    """
    held = f"string_to_table(translate({key}, '-''.,;:()/', '         '), ' ')"
    return f"""NOT EXISTS (SELECT FROM unnest({words}::text[]) AS typed WHERE NOT (
    (strpos({key}, left(typed, length(typed) / 2)) > 0
      OR strpos({key}, right(typed, (length(typed) - 1) / 2)) > 0)
    AND EXISTS (SELECT FROM {held} AS held
    WHERE starts_with(held, typed) OR length(typed) >= 5 AND abs(length(held) - length(typed)) <= 1
      AND (left(held, 1) = left(typed, 1) OR right(held, 1) = right(typed, 1)) AND backoffice_near(held, typed))))"""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: strings ready to show. `text` is plain, the words that answer are marked by who shows it.

    `rank`: how well it answers, between 0 and 1; `day`: of what it shows, where it has one.
    """

    title: str
    href: str
    text: str
    rank: float
    day: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where to look. `label` is the heading of its hits; `question` gets the words as typed and how many are wanted.

    The questions of all sources are asked in one statement. None: there is nothing to look for, or no right to."""

    name: str
    label: str
    question: Callable[[Standing, str, int], Question[Sequence[Hit]] | None]

    def find(self, who: Standing, typed: str, most: int) -> Sequence[Hit]:
        """What this source alone finds."""
        asked = self.question(who, typed, most)
        return asked.ask() if asked is not None else []


SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """Declare a source, once (from an AppConfig)."""
    if source.name in SOURCES:
        raise ValueError(f"Source of findings registered twice: {source.name}")
    SOURCES[source.name] = source


# Of the establishments that somebody enters, by number: those that may hold something that answers (a query for
# `to_tsquery`, the words as typed, codes of services that answer; how many, after how many), and how many there are.
Holding = Callable[[str, Sequence[str], Sequence[str], int, int], tuple[list[int], int]]
_holding: list[Holding] = []


def register_holding(holding: Holding) -> None:
    """Declare how establishments that may hold something are found (from an AppConfig): the rooms that hold it do not
    know each other. It is called under the person's role, and only proposes: what may be read, `find` says."""
    _holding[:] = [holding]


def holding(
    query: str, words: Sequence[str], services: Sequence[str], most: int, skipped: int
) -> tuple[list[int], int]:
    """The establishments of the person in scope that may hold something that answers; none where nobody says."""
    return _holding[0](query, words, services, most, skipped) if _holding else ([], 0)
