"""What else than signing in somebody goes to a provider for: packages above take its answer under a name of theirs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from parvis.identity.providers.identify import Identified
    from parvis.identity.providers.states import Started

Taker = Callable[[HttpRequest, "Identified", "Started"], HttpResponse]
_TAKERS: dict[str, Taker] = {}


def register(purpose: str, taker: Taker) -> None:
    """Declare who takes the answers of that purpose, once (from an AppConfig)."""
    if purpose in _TAKERS:
        raise ValueError(f"Purpose of a provider registered twice: {purpose}")
    _TAKERS[purpose] = taker


def taker(purpose: str) -> Taker:
    """Who takes them. Raises KeyError."""
    return _TAKERS[purpose]
