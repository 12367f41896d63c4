"""What absences, hand-overs and deputyships are worth today: derived from their dates, never stored."""

import datetime
import enum

from parvis.access.models import Absence, Deputyship, Handover, Membership
from parvis.access.queries.account import status_of
from parvis.access.status import OPEN, Status
from parvis.ground import clock


class AbsenceState(enum.Enum):
    """Label and tone as shown."""

    PLANNED = ("À venir", "act")
    UNDER_WAY = ("En cours", "well")
    OVER = ("Terminée", "neutral")
    CANCELLED = ("Annulée", "neutral")

    def __init__(self, label: str, tone: str) -> None:
        self.label = label
        self.tone = tone


def absence_state(absence: Absence, today: datetime.date) -> AbsenceState:
    """Cancelled: somebody ended it before it began."""
    if absence.ended_at is not None:
        day = absence.ended_at.astimezone(clock.PARIS).date()
        return AbsenceState.CANCELLED if absence.ended_by and day < absence.starts_on else AbsenceState.OVER
    if absence.ends_on < today:
        return AbsenceState.OVER
    return AbsenceState.PLANNED if today < absence.starts_on else AbsenceState.UNDER_WAY


class HandoverState(enum.Enum):
    """Label and tone as shown."""

    PLANNED = ("Prévue", "act")
    DONE = ("Faite", "well")
    CANCELLED = ("Annulée", "neutral")
    FAILED = ("Sans effet", "wrong")

    def __init__(self, label: str, tone: str) -> None:
        self.label = label
        self.tone = tone


def handover_state(handover: Handover) -> HandoverState:
    """Planned until it is done, cancelled or found impossible."""
    if handover.done_at is not None:
        return HandoverState.DONE
    if handover.cancelled_at is not None:
        return HandoverState.CANCELLED
    return HandoverState.FAILED if handover.failed_at is not None else HandoverState.PLANNED


class DeputyState(enum.Enum):
    """Label and tone as shown."""

    NAMED = ("Attend sa réponse", "attention")
    READY = ("Acceptée", "well")
    SERVING = ("Administre en ce moment", "attention")
    CLOSED = ("Terminée", "neutral")

    def __init__(self, label: str, tone: str) -> None:
        self.label = label
        self.tone = tone


def deputy_state(deputyship: Deputyship) -> DeputyState:
    """Named, accepted, serving, closed."""
    if deputyship.closed_at is not None:
        return DeputyState.CLOSED
    if deputyship.serving_since is not None:
        return DeputyState.SERVING
    return DeputyState.READY if deputyship.accepted_at is not None else DeputyState.NAMED


def may_receive(account: Membership) -> bool:
    """Whether rights given to the account can serve: it is open, or waits for its password."""
    return status_of(account) in (*OPEN, Status.PENDING)


def last_sign(account: Membership) -> datetime.date:
    """The last day on which somebody is known to have been there: a visit, a renewal, the first sign-in."""
    signs = (account.created_at, account.confirmed_at, account.last_visit_at, account.renewed_at)
    return max(sign for sign in signs if sign is not None).astimezone(clock.PARIS).date()
