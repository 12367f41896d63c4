"""A blocked person unblocks their own account: by the link sent to them and their second factor."""

from parvis.ground import tenancy
from parvis.identity import lockout
from parvis.identity.models import Email
from parvis.journal.actions import Actor, record
from parvis.post.actions import queue


def unblock_oneself(person_id: int) -> None:
    """Every counter of the person starts anew; they are told at each of their verified addresses."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        lockout.unblock(person_id)
        record("identity.unblocked", actor=Actor(ref=None, person_id=person_id), person=person_id)
        for email_id in Email.objects.filter(verified_at__isnull=False).order_by("id").values_list("pk", flat=True):
            queue("identity.unblocked", object_id=email_id, person=person_id)
