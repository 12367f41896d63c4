"""Surcharges for paying late, fund by fund, as the regulations compute them; the steps as a page shows them."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from parvis.ground.pages.filters import date_long
from parvis.ledger.words import euros
from parvis.regulations.due_dates import late
from parvis.regulations.due_dates.calendar import LIKE_CNRACL, Fund
from parvis.regulations.due_dates.late import Surcharge
from parvis.regulations.due_dates.penalties import ircantec_penalty
from parvis.regulations.parameters import NotKnown
from parvis.regulations.results import Result, Step
from parvis.services.contributions.corrected import Later

# The funds whose surcharges are known; the others tell of theirs themselves.
CHARGED = frozenset({*(fund.value for fund in LIKE_CNRACL), Fund.IRCANTEC.value, Fund.RAFP.value})


@dataclass(frozen=True, slots=True)
class Share:
    """A payment that pays something of a period: its movement, its day, how much of it, in cents."""

    movement: int
    on: datetime.date
    amount: int


@dataclass(frozen=True, slots=True)
class Late:
    """What of a payment came after the last day, in cents."""

    movement: int
    paid_on: datetime.date
    due_on: datetime.date
    amount: int


def late_shares(
    due: int, due_on: datetime.date | None, shares: Iterable[Share], moved: int = 0, *, later: Sequence[Later] = ()
) -> list[Late]:
    """What was paid after the last day of what was due; what is paid beyond it is a credit, and never late.

    `moved`: what went out again by a refund or to another fund, the latest payment first; below zero: what came in from
    another fund, and pays first. `later`: what of it is due on later days, by day; what is due first is paid first.
    """
    gone = max(0, moved)
    kept: list[Share] = []
    found: list[Late] = []
    for one in sorted(shares, key=lambda share: (share.on, share.movement), reverse=True):
        out = min(gone, one.amount)
        gone -= out
        kept.append(replace(one, amount=one.amount - out))
    parts = _parts(max(0, due + min(0, moved)), due_on, later)
    for one in reversed(kept):
        unused = one.amount
        for at, (last, left) in enumerate(parts):
            applied = min(left, unused)
            unused -= applied
            parts[at] = (last, left - applied)
            if last is not None and applied > 0 and one.on > last:
                found.append(Late(one.movement, one.on, last, applied))
    return found


def _parts(whole: int, due_on: datetime.date | None, later: Sequence[Later]) -> list[tuple[datetime.date | None, int]]:
    """What is due by day, the first day first: all of `whole` together."""
    left, parts = whole, []
    for one in reversed(later):
        amount = min(left, one.amount)
        left -= amount
        parts.append((one.on, amount))
    return [(due_on, left), *reversed(parts)]


def surcharge(fund: str, amount: int, *, due_on: datetime.date, paid_on: datetime.date) -> Result[Surcharge] | None:
    """What paying an amount (cents) late costs; None where the rules of that fund, or of that time, are not known."""
    if fund not in CHARGED:
        return None
    compute = {Fund.IRCANTEC.value: late.ircantec, Fund.RAFP.value: late.rafp}.get(fund, late.cnracl)
    try:
        return compute(Decimal(amount) / 100, due_on=due_on, paid_on=paid_on)
    except NotKnown:
        return None


def penalty(fund: str, agents: int, *, due_on: datetime.date, received_on: datetime.date) -> Result[Decimal] | None:
    """What declaring late costs: the Ircantec alone has such a penalty; None where nothing is due."""
    if fund != Fund.IRCANTEC.value or received_on <= due_on or agents < 1:
        return None
    try:
        return ircantec_penalty(agents, on=due_on, months=late.months_late(due_on, received_on))
    except NotKnown:
        return None


def in_cents(amount: Decimal) -> int:
    """Euros of the regulations, which are rounded to the cent."""
    return int((amount * 100).to_integral_value())


@dataclass(frozen=True, slots=True)
class Shown:
    """A step of a computation, ready to show: the rule, the figures by name, what came out, its source."""

    rule: str
    figures: tuple[tuple[str, str], ...]
    result: str
    source: str


_NAMES = {
    "montant": "Montant payé en retard",
    "mois": "Mois de retard, le mois commencé compté entier",
    "trimestres": "Trimestres de retard",
    "echeance": "Échéance",
    "agents": "Agents",
}
_PARAMETERS = {
    "late_initial_rate": "Taux de la majoration initiale",
    "late_month_rate": "Taux par mois de retard",
    "late_month_rate_after_notice": "Taux par mois après mise en demeure",
    "late_quarter_rate": "Taux par trimestre de retard",
    "late_after_months": "Mois sans majoration complémentaire",
    "late_quarters_after_months": "Mois avant le premier trimestre",
    "penalty_per_agent": "Pénalité par agent",
    "penalty_ceiling": "Plafond d’une déclaration",
}


def steps(result: Result[Any]) -> list[Shown]:
    """The steps of a result."""
    return [_shown(one) for one in result.steps]


def _shown(step: Step) -> Shown:
    figures = tuple((_named(name), _said(name, value)) for name, value in step.figures.items() if value is not None)
    outcome = step.result.total if isinstance(step.result, Surcharge) else step.result
    return Shown(step.rule, figures, _said("montant", outcome), step.source)


def _named(name: str) -> str:
    return _NAMES.get(name) or _PARAMETERS.get(name.rpartition(".")[2]) or name.replace("_", " ")


def _said(name: str, value: Any) -> str:
    if isinstance(value, datetime.date):
        return date_long(value)
    if not isinstance(value, Decimal):
        return str(value)
    if name.endswith(("_rate", "_rate_after_notice")):
        return f"{value.normalize():f}".replace(".", ",") + "\u00a0%"
    if name.rpartition(".")[2].endswith("_months"):
        return f"{value.normalize():f}"
    return euros(in_cents(value))
