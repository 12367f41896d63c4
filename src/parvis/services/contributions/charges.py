"""Surcharges and penalties as they are shown: each with its computation, and what a waiver would need."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.ledger.models import Kind, Movement
from parvis.ledger.queries import Sums
from parvis.ledger.words import euros, month_in_words
from parvis.regulations.results import Result
from parvis.services.contributions.lateness import Shown, penalty, steps, surcharge
from parvis.services.contributions.waivers import Condition, Delay, waiver_conditions

CHARGES = (Kind.SURCHARGE, Kind.PENALTY)


@dataclass(frozen=True, slots=True)
class Charge:
    """A surcharge or a penalty; `taken_back`: by a counter-entry."""

    movement: Movement
    taken_back: bool

    @property
    def amount(self) -> int:
        """In cents."""
        return int(self.movement.detail.get("charged", 0))

    @property
    def said(self) -> str:
        return euros(self.amount)

    @property
    def month(self) -> str:
        return month_in_words(self.movement.month)

    @property
    def what(self) -> str:
        return str(Kind(self.movement.kind).label)

    @property
    def fund(self) -> str:
        return FUNDS[self.movement.fund].short

    @property
    def delay(self) -> Delay | None:
        """Of a surcharge."""
        if self.movement.kind != Kind.SURCHARGE or "paid_on" not in self.movement.detail:
            return None
        told = self.movement.detail
        return Delay(_day(told["due_on"]), _day(told["paid_on"]), self.movement.month)

    def computed(self) -> Result[Any] | None:
        """The computation, made again from what was noted; None where its rules are not known any more."""
        told, fund = self.movement.detail, self.movement.fund
        if self.movement.kind == Kind.PENALTY:
            return penalty(
                fund, int(told["agents"]), due_on=_day(told["due_on"]), received_on=_day(told["received_on"])
            )
        return surcharge(fund, int(told["amount"]), due_on=_day(told["due_on"]), paid_on=_day(told["paid_on"]))

    def steps(self) -> list[Shown]:
        """Ready to show."""
        result = self.computed()
        return steps(result) if result is not None else []


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def charges(establishment: int, funds: Sequence[str]) -> list[Charge]:
    """All of these funds, the latest first; two statements."""
    rows = list(
        Movement.objects.filter(
            establishment_id=establishment, fund__in=list(funds), kind__in=list(CHARGES), counters=None
        ).order_by("-on", "-id")
    )
    back = Movement.objects.filter(establishment_id=establishment, counters__in=[one.pk for one in rows])
    taken = set(back.values_list("counters_id", flat=True))
    return [Charge(one, one.pk in taken) for one in rows]


def charge(establishment: int, ref: uuid.UUID) -> Charge | None:
    """One of them."""
    one = Movement.objects.filter(
        establishment_id=establishment, ref=ref, kind__in=list(CHARGES), counters=None
    ).first()
    return Charge(one, Movement.objects.filter(counters=one).exists()) if one is not None else None


def conditions(one: Charge, all_of_fund: Sequence[Charge], term_sums: Sums) -> tuple[Condition, ...]:
    """What a waiver of this surcharge would need, and whether it holds; nothing for a penalty."""
    delay = one.delay
    if delay is None:
        return ()
    delays = [other.delay for other in all_of_fund if other.delay is not None and not other.taken_back]
    return waiver_conditions(delay, left=term_sums.balance, delays=delays)
