"""A person's own e-mails and telephones, and what of them waits to be confirmed."""

import datetime
from dataclasses import dataclass

from django.db import connection

from parvis.ground import clock, tenancy
from parvis.identity.models import CoordinateChange, Email, Phone


@dataclass(frozen=True, slots=True)
class OwnEmail:
    """A confirmed e-mail; `shared`: somebody else confirmed it too, so that nobody signs in with it."""

    id: int
    address: str
    shared: bool


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """A telephone."""

    id: int
    number: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits; `old` is "" where something is added."""

    id: int
    field: str
    old: str
    new: str
    until: datetime.datetime


@dataclass(frozen=True, slots=True)
class Coordinates:
    """How a person is reached and signs in."""

    emails: tuple[OwnEmail, ...]
    phones: tuple[OwnPhone, ...]
    waiting: tuple[Waiting, ...]


def shared(key: str) -> bool:
    """Whether somebody else than the person in scope confirmed that address too: then nobody signs in with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_email_shared(%s)", [key])
        return bool(cursor.fetchone()[0])


def own_coordinates(person_id: int) -> Coordinates:
    """The confirmed e-mails, the telephones, and the changes that wait."""
    now = clock.now()
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.id, e.address, identity_email_shared(e.key) FROM identity_email e "
                "WHERE e.person_id = %s AND e.verified_at IS NOT NULL ORDER BY e.id",
                [person_id],
            )
            emails = [OwnEmail(*row) for row in cursor.fetchall()]
        waiting = CoordinateChange.objects.filter(
            person_id=person_id, confirmed_at=None, cancelled_at=None, expires_at__gt=now
        )
        phones = Phone.objects.filter(person_id=person_id).order_by("id")
        return Coordinates(
            tuple(emails),
            tuple(OwnPhone(phone.pk, phone.number) for phone in phones),
            tuple(
                Waiting(one.pk, one.field, one.old, one.new, one.expires_at) for one in waiting.order_by("field", "id")
            ),
        )


def email_of(person_id: int, email_id: int) -> str:
    """The address of that number, if it is a confirmed one of the person; "" otherwise."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        mine = Email.objects.filter(person_id=person_id, pk=email_id, verified_at__isnull=False)
        return mine.values_list("address", flat=True).first() or ""


def phone_of(person_id: int, phone_id: int) -> str:
    """The telephone of that number, if it is the person's; "" otherwise."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        mine = Phone.objects.filter(person_id=person_id, pk=phone_id)
        return mine.values_list("number", flat=True).first() or ""
