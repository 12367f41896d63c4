"""What passes with time: an answered exchange to which nobody replies is closed. By `parvis daily`, as the owner."""

from django.conf import settings
from django.db import transaction

from parvis.exchanges.actions.answering import close_answered
from parvis.exchanges.models import Exchange
from parvis.ground import clock, tenancy

State = Exchange.State


def close_silent() -> int:
    """Close those answered for `PARVIS_EXCHANGE_SILENCE`; returns how many. They can be reopened."""
    limit = clock.now() - settings.PARVIS_EXCHANGE_SILENCE
    stale = Exchange.objects.filter(state=State.ANSWERED, moved_at__lt=limit).order_by("id")
    count = 0
    for number, where in list(stale.values_list("id", "establishment_id")):
        with transaction.atomic(), tenancy.scope(establishment=where):
            found = Exchange.objects.select_for_update().filter(pk=number, state=State.ANSWERED).first()
            if found is not None and found.moved_at < limit:
                close_answered(found)
                count += 1
    return count
