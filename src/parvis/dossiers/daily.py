"""What passes with time: whoever has a dossier and lost the right has it no longer. By `parvis daily`, as the owner."""

from django.db import transaction
from django.db.models import Q

from parvis.dossiers.actions.handing import release_lost
from parvis.dossiers.models import CLOSED, Dossier
from parvis.ground import tenancy


def release_all_lost() -> int:
    """Release the dossiers of those who may not write in them any more; returns how many."""
    held = Dossier.objects.exclude(state__in=CLOSED).exclude(Q(taken_by=None), Q(worked_by=None))
    count = 0
    for reference, where in list(held.order_by("id").values_list("reference", "establishment_id")):
        with transaction.atomic(), tenancy.scope(establishment=where):
            count += release_lost(reference)
    return count
