"""What else than signing in somebody goes to a provider for: packages above take its answer under a name of theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from parvis.identity.providers.identify import Identified
    from parvis.identity.providers.states import Started

Taker = Callable[[HttpRequest, "Identified", "Started"], HttpResponse]


@dataclass(frozen=True, slots=True)
class Purpose:
    """Who takes the answer; and where there is none: what is said, the name of the address that tries again."""

    taker: Taker
    instead: str
    again: str


_PURPOSES: dict[str, Purpose] = {}


def register(purpose: str, taker: Taker, *, instead: str, again: str) -> None:
    """Declare who takes the answers of that purpose, once (from an AppConfig)."""
    if purpose in _PURPOSES:
        raise ValueError(f"Purpose of a provider registered twice: {purpose}")
    _PURPOSES[purpose] = Purpose(taker, instead, again)


def purpose(name: str) -> Purpose:
    """What was declared. Raises KeyError."""
    return _PURPOSES[name]
