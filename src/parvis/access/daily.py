"""What passes with time: drafts. Run by `parvis daily`, as the owner; it can be run again at once."""

from django.conf import settings
from django.db import transaction

from parvis.access.models import Draft
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM, record


@transaction.atomic
def drop_old_drafts() -> int:
    """Delete drafts untouched for longer than `PARVIS_DRAFT_RETENTION`, with an event; returns how many.

    A draft that became an account goes in silence: the account has its own history.
    """
    old = {"updated_at__lt": clock.now() - settings.PARVIS_DRAFT_RETENTION}
    count = 0
    for establishment in _where(Draft.objects.filter(**old)):
        with tenancy.scope(establishment=establishment):
            for draft in Draft.objects.select_for_update(of=("self",)).filter(**old).order_by("created_at", "id"):
                number = draft.pk
                if draft.membership_id is None:
                    record("draft.lapsed", actor=SYSTEM, object=number)
                    count += 1
                draft.delete()
    return count


def _where(rows) -> list[int]:  # type: ignore[no-untyped-def]
    """The establishments concerned, in a fixed order so that two runs at once cannot block each other."""
    return list(rows.order_by("establishment_id").values_list("establishment_id", flat=True).distinct())
