"""The pages of a list, as the pagination component draws them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paging:
    """Number of this page, of all pages and of all objects; links: (label, address, current), without address a gap."""

    number: int
    count: int
    total: int
    previous_href: str
    next_href: str
    links: list[tuple[str, str, bool]]


def paging(number: int, count: int, total: int, address: Callable[[int], str]) -> Paging:
    """The first, the last, and two pages on each side of this one."""
    wanted = sorted({1, count, *(n for n in range(number - 2, number + 3) if 1 <= n <= count)})
    links: list[tuple[str, str, bool]] = []
    for before, n in zip([0, *wanted], wanted, strict=False):
        if n - before > 1:
            links.append(("", "", False))
        links.append((str(n), address(n), n == number))
    return Paging(
        number=number,
        count=count,
        total=total,
        previous_href=address(number - 1) if number > 1 else "",
        next_href=address(number + 1) if number < count else "",
        links=links,
    )
