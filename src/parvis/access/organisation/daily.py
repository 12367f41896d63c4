"""What passes with time: batches of proposals that nobody sent. Run by `parvis daily`, as the owner."""

from django.conf import settings
from django.db import transaction

from parvis.access.models import DelegationBatch
from parvis.ground import clock


@transaction.atomic
def drop_old_batches() -> int:
    """Delete batches that were begun and not touched for `PARVIS_BATCH_RETENTION`; nothing was proposed. How many."""
    old = clock.now() - settings.PARVIS_BATCH_RETENTION
    count, _ = DelegationBatch.objects.filter(confirmed_at=None, updated_at__lt=old).delete()
    return count
