"""Where a delegation stands, from its dates and from what was done: derived, never stored.

**The rule.** A proposal waits for the other side's answer for `PARVIS_DELEGATION_ANSWER`, and never longer than what it
proposes: then it is « caduque ». Accepted, it holds from its first day to its last, both included, unless it was
replaced by another one or ended before.
"""

import datetime
import enum

from django.conf import settings
from django.db.models import Q, QuerySet

from parvis.access.models import Delegation
from parvis.ground import clock

Side = Delegation.Side


class State(enum.Enum):
    """The state, as pages say it, and the tone of its mark."""

    PROPOSED = "Proposée", "act"
    UPCOMING = "À venir", "act"
    IN_FORCE = "En cours", "well"
    REFUSED = "Refusée", "neutral"
    WITHDRAWN = "Retirée", "neutral"
    LAPSED = "Caduque", "neutral"
    REPLACED = "Remplacée", "neutral"
    ENDED = "Terminée", "neutral"

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> str:
        return self.value[1]


# What holds or will; what waits is shown with it.
OPEN_STATES = (State.PROPOSED, State.UPCOMING, State.IN_FORCE)


def other(side: str) -> Side:
    """The side in front."""
    return Side.ORGANISATION if side == Side.ESTABLISHMENT else Side.ESTABLISHMENT


def answer_by(delegation: Delegation) -> datetime.date:
    """The last day on which the proposal may be accepted."""
    asked = delegation.proposed_at.astimezone(clock.PARIS).date()
    return min(asked + settings.PARVIS_DELEGATION_ANSWER, delegation.ends_on)


def state_of(delegation: Delegation, today: datetime.date | None = None) -> State:
    """The state on a day, today where none is said."""
    day = today or clock.today()
    if delegation.refused_at:
        return State.REFUSED
    if delegation.withdrawn_at:
        return State.WITHDRAWN
    if delegation.lapsed_at:
        return State.LAPSED
    if delegation.accepted_at is None:
        return State.LAPSED if answer_by(delegation) < day else State.PROPOSED
    if delegation.ended_at:
        return State.ENDED
    if delegation.replaced_at:
        replaced_on = delegation.replaced_at.astimezone(clock.PARIS).date()
        return State.REPLACED if delegation.ends_on >= replaced_on else State.ENDED
    if delegation.ends_on < day:
        return State.ENDED
    return State.IN_FORCE if delegation.starts_on <= day else State.UPCOMING


def asked_since(today: datetime.date) -> datetime.datetime:
    """Proposals made before this instant wait for no answer any more."""
    return datetime.datetime.combine(today - settings.PARVIS_DELEGATION_ANSWER, datetime.time.min, clock.PARIS)


def unanswered() -> Q:
    """Proposals that nobody answered, whatever their age."""
    return Q(accepted_at=None, refused_at=None, withdrawn_at=None, lapsed_at=None)


def standing_ones() -> Q:
    """Delegations that were accepted and neither replaced nor ended by hand, whatever their dates."""
    return Q(accepted_at__isnull=False, replaced_at=None, ended_at=None)


def overdue(rows: "QuerySet[Delegation]") -> "QuerySet[Delegation]":
    """Of these, the proposals whose time is over, and that are not noted as lapsed yet."""
    today = clock.today()
    return rows.filter(unanswered()).filter(Q(proposed_at__lt=asked_since(today)) | Q(ends_on__lt=today))
