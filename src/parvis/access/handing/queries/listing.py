"""« Absences et passations »: what is under way, planned or lately over, in the establishment in scope."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Q

from parvis.access import registry
from parvis.access.handing.state import (
    AbsenceState,
    DeputyState,
    HandoverState,
    absence_state,
    deputy_state,
    handover_state,
)
from parvis.access.levels import Level
from parvis.access.models import Absence, Deputyship, Handover
from parvis.ground import clock
from parvis.journal.queries import names

# What is over and still shown; « Historique » holds the rest.
SHOWN = 30
SOMEBODY = "une personne qui administrait l’établissement"


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """An absence, with strings ready to show."""

    ref: uuid.UUID
    absent: str
    absent_id: int | None
    receiver: str
    receiver_id: int
    state: AbsenceState
    starts_on: datetime.date
    ends_on: datetime.date
    rights: tuple[tuple[str, str], ...]
    by: str
    since: datetime.datetime
    ended_at: datetime.datetime | None
    ended_by: str

    @property
    def open(self) -> bool:
        """Whether it can still be ended."""
        return self.state in (AbsenceState.PLANNED, AbsenceState.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """A hand-over, with strings ready to show."""

    ref: uuid.UUID
    leaver: str
    leaver_id: int | None
    receiver: str
    receiver_id: int | None
    state: HandoverState
    on: datetime.date
    profile: bool
    by: str
    since: datetime.datetime
    settled_at: datetime.datetime | None
    cancelled_by: str
    fault: str
    left: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether it is still to come."""
        return self.state is HandoverState.PLANNED


@dataclass(frozen=True, slots=True)
class DeputyLine:
    """The deputyship that is open, with strings ready to show."""

    deputy: str
    deputy_id: int | None
    state: DeputyState
    by: str
    named_at: datetime.datetime
    accepted_at: datetime.datetime | None
    serving_since: datetime.datetime | None
    serving_for: str


def _service(code: str) -> str:
    service = registry.get(code)
    return service.name if service else code


def _absences(where: Q, limit: int | None = None) -> list[AbsenceLine]:
    """In four statements, however many there are."""
    found = list(
        Absence.objects.filter(where)
        .select_related("receiver")
        .prefetch_related("rights")
        .order_by("starts_on", "id")[:limit]
    )
    known = names(ref for one in found for ref in (one.created_by, one.ended_by))
    today = clock.today()
    return [
        AbsenceLine(
            ref=one.ref,
            absent=one.absent_name,
            absent_id=one.absent_id,
            receiver=one.receiver.name,
            receiver_id=one.receiver_id,
            state=absence_state(one, today),
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            rights=tuple((_service(right.service), Level(right.level).label) for right in one.rights.all()),
            by=known.get(one.created_by, SOMEBODY),
            since=one.created_at,
            ended_at=one.ended_at,
            ended_by=known.get(one.ended_by, SOMEBODY) if one.ended_by else "",
        )
        for one in found
    ]


def _handovers(where: Q, limit: int | None = None) -> list[HandoverLine]:
    """In two statements, however many there are."""
    found = list(Handover.objects.filter(where).order_by("on", "id")[:limit])
    known = names(ref for one in found for ref in (one.created_by, one.cancelled_by))
    return [
        HandoverLine(
            ref=one.ref,
            leaver=one.leaver_name,
            leaver_id=one.leaver_id,
            receiver=one.receiver_name,
            receiver_id=one.receiver_id,
            state=handover_state(one),
            on=one.on,
            profile=one.profile,
            by=known.get(one.created_by, SOMEBODY),
            since=one.created_at,
            settled_at=one.done_at or one.cancelled_at or one.failed_at,
            cancelled_by=known.get(one.cancelled_by, SOMEBODY) if one.cancelled_by else "",
            fault=Handover.Fault(one.fault).label if one.fault else "",
            left=tuple(_service(code) for code in one.left),
        )
        for one in found
    ]


def _open_absences() -> Q:
    return Q(ended_at=None, ends_on__gte=clock.today())


_PLANNED = Q(done_at=None, cancelled_at=None, failed_at=None)


def open_absences() -> list[AbsenceLine]:
    """Under way and planned, what began first first."""
    return _absences(_open_absences())


def past_absences() -> list[AbsenceLine]:
    """The latest of those that are over or were cancelled."""
    numbers = Absence.objects.exclude(_open_absences()).order_by("-ends_on", "-id").values_list("id", flat=True)[:SHOWN]
    return list(reversed(_absences(Q(id__in=list(numbers)))))


def planned_handovers() -> list[HandoverLine]:
    """Those still to come, the next first."""
    return _handovers(_PLANNED)


def past_handovers() -> list[HandoverLine]:
    """The latest of those that were done, cancelled, or had no effect."""
    numbers = Handover.objects.exclude(_PLANNED).order_by("-on", "-id").values_list("id", flat=True)[:SHOWN]
    return list(reversed(_handovers(Q(id__in=list(numbers)))))


def one_absence(ref: uuid.UUID) -> AbsenceLine | None:
    """The absence of that reference; None for any other."""
    return next(iter(_absences(Q(ref=ref), 1)), None)


def one_handover(ref: uuid.UUID) -> HandoverLine | None:
    """The hand-over of that reference; None for any other."""
    return next(iter(_handovers(Q(ref=ref), 1)), None)


def of_account(account_id: int) -> tuple[list[AbsenceLine], list[HandoverLine]]:
    """What is open about an account, on either side, for its tab « Ses droits »."""
    either = Q(absent_id=account_id) | Q(receiver_id=account_id)
    leaving = Q(leaver_id=account_id) | Q(receiver_id=account_id)
    return _absences(_open_absences() & either), _handovers(_PLANNED & leaving)


def open_deputyship() -> DeputyLine | None:
    """The establishment's deputy, named or accepted; None where there is none."""
    found = Deputyship.objects.filter(closed_at=None).first()
    if found is None:
        return None
    return DeputyLine(
        deputy=found.deputy_name,
        deputy_id=found.deputy_id,
        state=deputy_state(found),
        by=names([found.named_by]).get(found.named_by, SOMEBODY),
        named_at=found.named_at,
        accepted_at=found.accepted_at,
        serving_since=found.serving_since,
        serving_for=found.serving_name,
    )
