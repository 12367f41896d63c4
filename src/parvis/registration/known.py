"""The addresses known of an establishment: packages above say where they hold one (`register`).

An address counts as it is written there, to the letter but for case; one at a mailbox provider too, for it is the
establishment's own, and nobody else's, that is known.
"""

from collections.abc import Callable, Iterable

from parvis.establishments import domains

_SOURCES: list[Callable[[], Iterable[str]]] = []


def register(source: Callable[[], Iterable[str]]) -> None:
    """Declare where addresses of the establishment in scope are held (from an AppConfig)."""
    _SOURCES.append(source)


def belongs(email: str) -> bool:
    """Whether this is an address of the establishment in scope, or under a domain that an adviser verified as its own.

    A domain of a mailbox provider proves nothing, whoever verified it.
    """
    wanted = email.strip().lower()
    if any(wanted == held.strip().lower() for source in _SOURCES for held in source() if held.strip()):
        return True
    return domains.domain_of(wanted) not in domains.providers() and domains.is_own(wanted)
