"""A person's own rows, written under their own scope (`parvis_person`): no establishment reads or writes them."""

import datetime
import unicodedata

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account
from parvis.ground.tenancy import action
from parvis.identity.models import Credential, Email, Link, Person, Phone
from parvis.post.actions import queue


def email_key(address: str) -> str:
    """How two e-mail addresses are compared: case ignored, nothing else (an accent makes another mailbox)."""
    return unicodedata.normalize("NFC", address.strip()).casefold()[:254]


@action
def reserve_identifier() -> str:
    """A new identifier, reserved for ever: none is given twice, deleted accounts included."""
    while True:
        code = account.draw()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO identity_identifier (code, reserved_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [code, clock.now()],
            )
            if cursor.rowcount == 1:
                return code


def _own(person_id: int):  # type: ignore[no-untyped-def]
    return tenancy.scope(person=person_id, establishment=tenancy.current().establishment, role=tenancy.PERSON)


@action
def create_person(*, first_name: str, last_name: str, password: str, at: datetime.datetime) -> int:
    """A new person with the password that they chose; returns the id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('identity_person', 'id'))")
        person_id = int(cursor.fetchone()[0])
    with _own(person_id):
        Person.objects.bulk_create(
            [
                Person(
                    id=person_id,
                    first_name=first_name,
                    last_name=last_name,
                    password=make_password(password),
                    created_at=at,
                )
            ]
        )
    return person_id


@action
def add_ways_in(person_id: int, *, identifier: str, email: str, phone: str, at: datetime.datetime) -> None:
    """A further identifier; the e-mail, verified by the link that was followed; the telephone."""
    with _own(person_id):
        Credential.objects.create(person_id=person_id, code=identifier)
        Email.objects.update_or_create(
            person_id=person_id, key=email_key(email), defaults={"address": email, "verified_at": at}
        )
        Phone.objects.get_or_create(person_id=person_id, number=phone)


@action
def take_correction(person_id: int, *, email: str, phone: str, at: datetime.datetime) -> None:
    """A correction that the person accepted. A new e-mail signs in once confirmed; until then the old one holds."""
    with _own(person_id):
        if phone:
            Phone.objects.get_or_create(person_id=person_id, number=phone)
        if email:
            old = Email.objects.filter(person_id=person_id, verified_at__isnull=False).order_by("id").first()
            fresh, _ = Email.objects.get_or_create(
                person_id=person_id, key=email_key(email), defaults={"address": email, "replaces": old}
            )
            if fresh.verified_at is None:
                own_links = Link.objects.filter(person_id=person_id, purpose=Link.Purpose.EMAIL)
                own_links.filter(used_at=None, superseded_at=None).update(superseded_at=at)
                link = Link.objects.create(
                    person_id=person_id,
                    email=fresh,
                    purpose=Link.Purpose.EMAIL,
                    asked_at=at,
                    expires_at=at + settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY,
                )
                queue("identity.confirm_email", object_id=link.pk, person=person_id)


@action
def set_password(person_id: int, password: str) -> None:
    """A new password, chosen by the person; every session that holds the old one ends at its next request."""
    with _own(person_id):
        Person.objects.filter(pk=person_id).update(password=make_password(password))
