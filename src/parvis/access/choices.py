"""Whether the person of an account wants a kind of message: `Choice.wanted` of this package's letters."""

from parvis.access.models import Membership
from parvis.identity.queries.choices import wants
from parvis.post.models import Message


def wanted_by_account(message: Message) -> bool:
    """For a letter whose object is the account of who reads it."""
    return _wants(message.object_id, message.kind)


def wanted_by_told(message: Message) -> bool:
    """For a letter about something else, told to the account `to`."""
    return _wants(int(message.detail.get("to") or 0), message.kind)


def _wants(account_id: int, kind: str) -> bool:
    person_id = Membership.objects.filter(pk=account_id).values_list("person_id", flat=True).first()
    return person_id is None or wants(person_id, kind)
