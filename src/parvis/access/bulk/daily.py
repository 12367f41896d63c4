"""What passes with time: previews and results of imports whose day is over. Run by `parvis daily`, as the owner."""

from django.db import transaction

from parvis.access.models import Import
from parvis.ground import clock


@transaction.atomic
def drop_old_imports() -> int:
    """Delete the imports whose time has passed, with all that they hold; returns how many. What was confirmed has its
    own event."""
    count, _ = Import.objects.filter(expires_at__lte=clock.now()).delete()
    return count
