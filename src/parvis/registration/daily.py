"""What passes with time: registrations that nobody goes on with. Run by `parvis daily`, as the owner.

A letter that expires takes its registration with it (`settling.letter_ended`); here are those whose letter died of
wrong codes, and for whom nobody asked for another.
"""

from django.conf import settings
from django.db import transaction

from parvis.ground import clock, tenancy
from parvis.post import postal
from parvis.post.models import PostalLetter
from parvis.registration.actions.begun import LETTER
from parvis.registration.actions.settling import lapse
from parvis.registration.models import Registration

LIVE = (PostalLetter.State.TO_PRINT, PostalLetter.State.PRINTED)


def lapse_registrations() -> int:
    """End those that wait for a code that no letter bears any more; returns how many."""
    limit = clock.now() - settings.PARVIS_POSTAL_VALIDITY
    stale = Registration.objects.filter(state=Registration.State.POSTED, updated_at__lt=limit)
    count = 0
    for number, where in list(stale.order_by("id").values_list("id", "establishment_id")):
        with transaction.atomic(), tenancy.scope(establishment=where):
            found = Registration.objects.select_for_update().filter(pk=number, state=Registration.State.POSTED).first()
            letter = postal.latest(kind=LETTER, object_id=number)
            if found is not None and (letter is None or letter.state not in LIVE):
                lapse(found)
                count += 1
    return count
