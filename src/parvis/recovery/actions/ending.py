"""Requests that nobody goes on with: closed by `parvis daily`, as the owner."""

from django.conf import settings
from django.db import transaction

from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM
from parvis.recovery.actions.opening import settle
from parvis.recovery.models import Case


def close_abandoned() -> int:
    """Close the requests without any step of who asked for `PARVIS_RECOVERY_ABANDONED`; returns how many.

    One whose code was typed waits for the advisers: it is theirs to settle, however long it takes.
    """
    count, limit = 0, clock.now() - settings.PARVIS_RECOVERY_ABANDONED
    late = Case.objects.filter(state=Case.State.OPEN, code_right_at=None, moved_at__lt=limit)
    for number, where in list(late.order_by("pk").values_list("pk", "establishment_id")):
        with transaction.atomic(), tenancy.scope(establishment=where):
            case = Case.objects.select_for_update(of=("self",)).filter(pk=number, state=Case.State.OPEN).first()
            if case is not None and case.code_right_at is None and case.moved_at < limit:
                settle(case, Case.State.ABANDONED, actor=SYSTEM)
                count += 1
    return count
