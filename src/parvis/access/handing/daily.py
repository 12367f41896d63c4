"""What `parvis daily` does about absences, hand-overs and deputies. As the owner, who finds them; each is then seen to
in its establishment's scope, in a transaction of its own: one that breaks does not keep the others.

All can be run again at once: whatever was done is looked at again under its lock, and not done twice.
"""

from collections.abc import Callable, Iterable

import structlog

from parvis.access.handing.actions.absences import begin_due, end_due
from parvis.access.handing.actions.deputies import follow
from parvis.access.handing.actions.handovers import PLANNED, carry_out_due
from parvis.access.models import Absence, Deputyship, Handover
from parvis.ground import clock, tenancy

log = structlog.get_logger(__name__)


class NotDone(Exception):
    """Some could not be seen to: what is in the log says why; the next run tries again."""


def _each(*parts: tuple[Callable[[int], bool], Iterable[tuple[int, int]]]) -> int:
    """Run each act on each (number, establishment); returns how many did something. Raises NotDone after the last."""
    done, failed = 0, 0
    for act, found in parts:
        for number, establishment in found:
            try:
                with tenancy.scope(establishment=establishment):
                    done += act(number)
            except Exception:
                log.exception("daily act failed", act=act.__name__, number=number, establishment=establishment)
                failed += 1
    if failed:
        raise NotDone(f"{', '.join(act.__name__ for act, _ in parts)}: {failed}")
    return done


def follow_absences() -> int:
    """Tell those that begin and those that are over; returns how many."""
    today = clock.today()
    fields = ("id", "establishment_id")
    over = Absence.objects.filter(ended_at=None, ends_on__lt=today).order_by("establishment_id", "id")
    due = Absence.objects.filter(ended_at=None, begun_at=None, starts_on__lte=today).order_by("establishment_id", "id")
    return _each((end_due, list(over.values_list(*fields))), (begin_due, list(due.values_list(*fields))))


def carry_out_handovers() -> int:
    """Carry out those whose day has come; returns how many were done."""
    due = Handover.objects.filter(on__lte=clock.today(), **PLANNED).order_by("establishment_id", "on", "id")
    return _each((carry_out_due, list(due.values_list("id", "establishment_id"))))


def follow_deputies() -> int:
    """Warn, give or take back the profile, close; returns for how many something was done."""
    open_ones = Deputyship.objects.filter(closed_at=None).order_by("establishment_id")
    return _each((follow, list(open_ones.values_list("id", "establishment_id"))))
