"""The kinds of notices: each package that has something to tell registers its own, and `notify` tells it."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Delivery(enum.StrEnum):
    """How the person is told by e-mail. On the site the notice stands in any case."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as it is read: what happened, in a sentence, and the one action. No content of what it is about.

    `outside`: its title in an e-mail, where that says less than on the site.
    """

    title: str
    sentence: str
    href: str
    action: str
    outside: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice. `label`: as « Notifications » names it, after « Me prévenir quand… ».

    `show` gets the SIRET, the number of the object and the notice's `detail`: it asks the database for nothing.
    `follows`: what it is about goes to the establishment that takes this one's place, and the notice with it.
    `of_administrators`: told to who administers alone. `obligatory`: told by e-mail whatever the person chose, at once
    or in the digest; `default`: without a choice.
    """

    code: str
    label: str
    show: Callable[[str, int, dict[str, Any]], Shown]
    default: Delivery = Delivery.AT_ONCE
    obligatory: bool = False
    of_administrators: bool = False
    follows: bool = False


KINDS: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Declare kinds, once each (from an AppConfig)."""
    for kind in kinds:
        if kind.code in KINDS:
            raise ValueError(f"Kind of notices declared twice: {kind.code}")
        KINDS[kind.code] = kind
