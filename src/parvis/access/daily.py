"""What passes with time: drafts, sessions, tokens of dead links. Run by `parvis daily`, as the owner.

Each part is one transaction and can be run again at once: it then finds nothing to do.
"""

import datetime

from django.conf import settings
from django.db import connection, transaction

from parvis.access.models import Draft
from parvis.ground import clock, tenancy
from parvis.identity.models import Session
from parvis.journal.actions import SYSTEM, record

TOKENS_KEPT = datetime.timedelta(days=30)


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


@transaction.atomic
def end_old_sessions() -> int:
    """Delete sessions that no browser can use any more; returns how many."""
    count, _ = Session.objects.filter(expire_date__lt=clock.now()).delete()
    return count


@transaction.atomic
def drop_dead_tokens() -> int:
    """Delete the tokens of links dead for 30 days; until then their page can say why. Returns how many."""
    limit = clock.now() - TOKENS_KEPT
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM access_linktoken t USING access_link l WHERE l.id = t.link_id "
            "AND least(l.used_at, l.superseded_at, l.killed_at, l.expires_at) < %s",
            [limit],
        )
        count = int(cursor.rowcount)
        cursor.execute(
            "DELETE FROM identity_linktoken t USING identity_link l WHERE l.id = t.link_id "
            "AND least(l.used_at, l.superseded_at, l.expires_at) < %s",
            [limit],
        )
        return count + int(cursor.rowcount)


def _where(rows) -> list[int]:  # type: ignore[no-untyped-def]
    """The establishments concerned, in a fixed order so that two runs at once cannot block each other."""
    return list(rows.order_by("establishment_id").values_list("establishment_id", flat=True).distinct())
