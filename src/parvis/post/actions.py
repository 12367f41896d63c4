"""Queuing a message: in the transaction of the change, so that none leaves for what was rolled back."""

from collections.abc import Sequence
from typing import Any

from parvis.ground import clock
from parvis.post.models import Message

# What goes to everybody at once waits until what somebody is waiting for has left.
BULK = -10


def queue(
    kind: str,
    *,
    object_id: int,
    establishment: int = 0,
    person: int = 0,
    detail: dict[str, Any] | None = None,
    behind: bool = False,
) -> Message:
    """Queue one message of a registered kind about an object; the worker sends it once the transaction is committed.

    `behind`: one of very many, which leaves after all others.

    `establishment` or `person` says in whose scope the worker will work. Ids only: `detail` holds no personal data.
    """
    from parvis.post.patience import URGENT
    from parvis.post.registry import LETTERS
    from parvis.post.tasks import send

    message = Message.objects.create(
        kind=kind,
        object_id=object_id,
        establishment_id=establishment or None,
        person_id=person or None,
        detail=detail or {},
        queued_at=clock.now(),
    )
    letter = LETTERS.get(kind)
    urgent = letter is not None and letter.expires_after is not None
    deferred = send.configure(priority=URGENT if urgent else BULK) if urgent or behind else send
    deferred.defer(message_id=message.pk, establishment=establishment, person=person)
    return message


def queue_each(kind: str, about: Sequence[tuple[int, int]], *, detail: dict[str, Any] | None = None) -> int:
    """Queue one e-mail for each (establishment, object), in two statements, behind all others; returns how many."""
    from parvis.post.tasks import send

    now = clock.now()
    messages = Message.objects.bulk_create(
        Message(kind=kind, object_id=number, establishment_id=where, detail=detail or {}, queued_at=now)
        for where, number in about
    )
    jobs: list[dict[str, Any]] = [
        {"message_id": one.pk, "establishment": one.establishment_id, "person": 0} for one in messages
    ]
    if jobs:
        send.configure(priority=BULK).batch_defer(*jobs)
    return len(messages)
