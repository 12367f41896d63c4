"""The types of events. Each package registers its own; a code is a promise and is never reused for another meaning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Describe = Callable[[Mapping[str, Any], Mapping[str, Any]], str]


def nothing_more(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """For a type whose label says everything."""
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of event: its code, what a French reader sees, how long it is kept."""

    code: str
    label: str
    describe: Describe = nothing_more
    kept_years: int = 10


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Declare types of events, once each."""
    for kind in kinds:
        if kind.code in KINDS:
            raise ValueError(f"Journal event type registered twice: {kind.code}")
        KINDS[kind.code] = kind
