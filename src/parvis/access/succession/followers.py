"""What online services keep and that goes with the accounts to the establishment that takes another's place.

A service registers one `Follower`; the succession knows no service.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from parvis.ground import tenancy


@dataclass(frozen=True, slots=True)
class Follower:
    """`code` counts them in `Succession.moved`; `one` and `many` say them in French.

    `listed`: in the predecessor's scope, how each is called, for the preview. `taken`: in the predecessor's scope, the
    rows, which are no longer there afterwards. `given`: in the successor's scope, with the predecessor's name and the
    actor; how many are there now that were not.
    """

    code: str
    one: str
    many: str
    listed: Callable[[], Sequence[str]]
    taken: Callable[[], Sequence[Any]]
    given: Callable[[Sequence[Any], str, Any], int]


FOLLOWERS: dict[str, Follower] = {}


def named(fund: str, name: str, otherwise: str) -> str:
    """How what a fund and the establishment write to each other is called in `listed`: an adviser of other funds (those
    in scope) is told `otherwise`, in the plural and without its name."""
    funds = tenancy.current().funds
    return name if not funds or fund in funds.split(",") else otherwise


def register(follower: Follower) -> None:
    """Once per code; a second one is a mistake."""
    if follower.code in FOLLOWERS:
        raise ValueError(f"{follower.code} follows already")
    FOLLOWERS[follower.code] = follower
