"""Who may ask for which level, and how a request is said in words.

**The rule.** A person asks with an account that is open here, for a level above the one that they have, on a service of
the establishment's catalogue, of somebody else who administers it. Who administers alone sets their own rights; who
works here by a delegation alone asks their own organisation.
"""

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parvis.access.levels import Level
from parvis.access.models import RightRequest
from parvis.access.registry import Service

if TYPE_CHECKING:
    from parvis.access.standing import Standing

Outcome = RightRequest.Outcome


@dataclass(frozen=True, slots=True)
class Asking:
    """What a page that refuses a service offers: to ask for it, to see what waits, or to set it oneself."""

    may: bool
    waiting_since: datetime.datetime | None = None
    alone: bool = False


def may_ask(who: "Standing", service: Service, *, others: int) -> bool:
    """Whether the person may ask for the service at all; `others`: how many others administer."""
    return (
        who.account_opens
        and not who.renewing
        and not who.terms.closed
        and service.offered_to(who.funds)
        and len(service.levels) > 1
        and others > 0
    )


def levels_above(service: Service, held: Level) -> list[Level]:
    """What can be asked for by who holds that level, lowest first."""
    return sorted(level for level in service.levels if level > held)


TONES = {
    Outcome.WAITING: "act",
    Outcome.ACCEPTED: "well",
    Outcome.REFUSED: "attention",
    Outcome.WITHDRAWN: "neutral",
    Outcome.LAPSED: "neutral",
}
