"""What the tests of this folder share: accounts of any age, and what `parvis daily` sends."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import connection

from parvis.access.models import Membership
from parvis.access.queries.account import status_of
from parvis.access.status import Status, expires_on
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.access.reading import DAY
from tests.plugins.html import ReadingClient
from tests.world import Someone

SignedIn = Callable[[Someone], ReadingClient]


def alter(who: Someone, **fields: Any) -> None:
    with tenancy.scope(establishment=who.membership.establishment_id):
        Membership.objects.filter(pk=who.account_id).update(**fields)


def fresh(who: Someone) -> Membership:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return Membership.objects.select_related("establishment").get(pk=who.account_id)


def status(who: Someone) -> Status:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return status_of(Membership.objects.get(pk=who.account_id))


def noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), clock.PARIS)


def unvisited(who: Someone, expires: datetime.date) -> None:
    """Make the account expire on that day for want of visits; a day that eighteen months lead to."""
    month = expires.year * 12 + expires.month - 1 - 18
    begun = noon(datetime.date(month // 12, month % 12 + 1, expires.day))
    alter(who, created_at=begun - 30 * DAY, confirmed_at=begun, last_visit_at=None, renewed_at=None, ends_on=None)
    assert expires_on(fresh(who)) == expires


def home(where: Establishment) -> str:
    return f"/etablissements/{where.siret}/"


def sent(where: Establishment) -> list[Message]:
    """The messages about expiry that wait, in order."""
    with tenancy.scope(establishment=where.pk):
        return list(Message.objects.filter(kind__startswith="access.exp").order_by("id"))


def told(where: Establishment) -> list[tuple[str, int]]:
    """To which accounts, of what kind."""
    return [(message.kind.removeprefix("access."), message.object_id) for message in sent(where)]


def written(message: Message) -> Envelope | None:
    """The e-mail as the worker would write it now."""
    assert message.establishment_id is not None
    with tenancy.scope(establishment=message.establishment_id):
        return LETTERS[message.kind].write(message)


def forget(where: Establishment) -> None:
    """The messages of now have left: the next ones are looked at alone."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM post_message WHERE establishment_id = %s", [where.pk])
