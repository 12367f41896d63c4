"""What `parvis daily` does about delegations: it notes what lapsed, warns before the end, and tells that it came.

As the owner. All can be run again at once: what was noted or told is not again (`lapsed_at`, `warned_days`; 0 is the
end itself); what breaks does not keep the others. An organisation is told of all its clients of the day in one e-mail.
"""

import datetime
from collections.abc import Iterable

import structlog
from django.conf import settings
from django.db import connection, transaction

from parvis.access.delegation.actions import note_lapsed
from parvis.access.delegation.letters_clients import NAMED
from parvis.access.delegation.parties import parties_of, record_on_both
from parvis.access.delegation.state import Side, overdue, standing_ones
from parvis.access.models import Delegation
from parvis.access.queries.people import active_administrators
from parvis.ground import clock, tenancy
from parvis.post.actions import queue_each

log = structlog.get_logger(__name__)

BATCH = 200
OVER = 0


class NotDone(Exception):
    """Some could not be seen to: what is in the log says why; the next run tries again."""


def lapse() -> int:
    """Note the proposals that nobody answered in time, with their events and letters; returns how many."""
    found = overdue(Delegation.objects.all()).order_by("organisation_id", "id")
    late = list(found.values_list("pk", "establishment_id", "organisation_id"))
    done: list[tuple[int, int]] = []
    failed = 0
    for number, giver, organisation in late:
        try:
            with tenancy.scope(establishment=giver):
                row = overdue(Delegation.objects.select_for_update(of=("self",)).filter(pk=number)).first()
                if row is not None:
                    note_lapsed(row, unwritten=Side.ORGANISATION)
        except Exception:
            log.exception("daily act failed", act="lapse", number=number, establishment=giver)
            failed += 1
        else:
            done += [(organisation, number)] if row is not None else []
    _tell_organisations("lapsed", done)
    if failed:
        raise NotDone(f"lapse: {failed}")
    return len(done)


def stage_due(delegation: Delegation, today: datetime.date) -> int | None:
    """Which warning is due: the smallest of `PARVIS_DELEGATION_WARNING_DAYS` reached since the acceptance; 0: over."""
    if delegation.ends_on < today:
        return OVER
    accepted = delegation.accepted_at.astimezone(clock.PARIS).date() if delegation.accepted_at else today
    for days in sorted(settings.PARVIS_DELEGATION_WARNING_DAYS):
        begins = delegation.ends_on - datetime.timedelta(days=days)
        if begins <= today:
            # One that was accepted later than that was accepted with its end in view.
            return days if accepted <= begins else None
    return None


def warn() -> int:
    """Warn of the delegations that end soon, and tell those that ended; returns how many were told."""
    today = clock.today()
    horizon = today + datetime.timedelta(days=max(settings.PARVIS_DELEGATION_WARNING_DAYS))
    rows = Delegation.objects.filter(standing_ones(), ends_on__lte=horizon).exclude(warned_days=OVER).order_by("id")
    due: dict[int, list[int]] = {}
    for row in rows:
        stage = stage_due(row, today)
        if stage is not None and (row.warned_days is None or stage < row.warned_days):
            due.setdefault(stage, []).append(row.pk)
    done = failed = 0
    for stage, numbers in sorted(due.items()):
        for start in range(0, len(numbers), BATCH):
            try:
                done += _warn(stage, numbers[start : start + BATCH])
            except Exception:
                log.exception("daily act failed", act="warn", stage=stage, first=numbers[start])
                failed += 1
    if failed:
        raise NotDone(f"warn: {failed}")
    return done


@transaction.atomic
def _warn(stage: int, numbers: list[int]) -> int:
    with connection.cursor() as cursor:
        # Two runs at once: the second waits for the first one's rows, and finds them told.
        cursor.execute(
            "UPDATE access_delegation SET warned_days = %(stage)s WHERE id = ANY(%(ids)s) AND replaced_at IS NULL "
            "AND ended_at IS NULL AND (warned_days IS NULL OR warned_days > %(stage)s) RETURNING id",
            {"stage": stage, "ids": numbers},
        )
        told = [number for (number,) in cursor]
    rows = list(Delegation.objects.filter(pk__in=told).order_by("ends_on", "id"))
    what = "over" if stage == OVER else "ending"
    administrators: dict[int, list[int]] = {}
    for where, who in active_administrators([row.establishment_id for row in rows]):
        administrators.setdefault(where, []).append(who)
    for row in rows:
        if stage == OVER:
            record_on_both("over", row, parties_of(row))
        for to in administrators.get(row.establishment_id, []):
            queue_each(f"access.delegation_{what}", [(row.establishment_id, row.pk)], detail={"to": to})
    _tell_organisations(what, [(row.organisation_id, row.pk) for row in rows])
    return len(rows)


@transaction.atomic
def _tell_organisations(what: str, pairs: Iterable[tuple[int, int]]) -> None:
    clients: dict[int, list[int]] = {}
    for organisation, number in pairs:
        clients.setdefault(organisation, []).append(number)
    for where, who in active_administrators(list(clients)):
        numbers = clients[where]
        detail = {"to": who, "what": what, "delegations": numbers[:NAMED], "count": len(numbers)}
        queue_each("access.delegation_clients", [(where, who)], detail=detail)
