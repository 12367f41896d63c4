"""What the one search finds of a member's own: each package that holds something to be found registers a `Source`.

A source looks in the establishment in scope alone, and only at what the person may open today.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parvis.access.standing import Standing


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
    """Where to look. `label` is the heading of its hits; `find` gets the words as typed and how many are wanted."""

    name: str
    label: str
    find: Callable[[Standing, str, int], Sequence[Hit]]


SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """Declare a source, once (from an AppConfig)."""
    if source.name in SOURCES:
        raise ValueError(f"Source of findings registered twice: {source.name}")
    SOURCES[source.name] = source
