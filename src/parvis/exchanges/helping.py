"""How the help centre calls its articles: whoever knows them says so here, for exchanges do not know them."""

from collections.abc import Callable
from dataclasses import dataclass

from parvis.ground.pages.addresses import address


@dataclass(frozen=True, slots=True)
class Linked:
    """An article: its title and its address."""

    title: str
    href: str


_titles: list[Callable[[], dict[str, str]]] = []


def register(titles: Callable[[], dict[str, str]]) -> None:
    """Declare the titles of all articles, by slug."""
    _titles[:] = [titles]


def titles() -> dict[str, str]:
    """Every article that there is."""
    return _titles[0]() if _titles else {}


def linked(slugs: list[str]) -> list[Linked]:
    """Those that there are."""
    known = titles()
    return [Linked(known[slug], address("information:article", slug)) for slug in slugs if slug in known]
