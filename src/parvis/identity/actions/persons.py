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
from parvis.journal.actions import Actor, record
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
def create_person(
    *, first_name: str, last_name: str, password: str, email: str, phone: str, at: datetime.datetime
) -> int:
    """A new person with the password that they chose, and the e-mail that their link proved; returns the id."""
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
        Email.objects.create(person_id=person_id, key=email_key(email), address=email, verified_at=at)
        Phone.objects.create(person_id=person_id, number=phone)
    return person_id


@action
def add_identifier(person_id: int, code: str) -> None:
    """A further identifier. The e-mail and telephone that an establishment declared do not become the person's own:

    whoever typed them could otherwise receive their new passwords. The person may confirm them, signed in.
    """
    with _own(person_id):
        Credential.objects.create(person_id=person_id, code=code)


@action
def take_correction(
    person_id: int, *, email: str, instead_of: str, phone: str, instead_of_phone: str, at: datetime.datetime
) -> None:
    """A correction that the person accepted. A new e-mail signs in once confirmed; until then the old one holds."""
    with _own(person_id):
        if phone:
            Phone.objects.filter(person_id=person_id, number=instead_of_phone).delete()
            Phone.objects.get_or_create(person_id=person_id, number=phone)
        if email:
            _offer(person_id, email, instead_of, at)


@action
def ask_confirmation(person_id: int, address: str) -> None:
    """The person wants an address that an establishment declared to be theirs: a link goes to it, to confirm it."""
    with _own(person_id):
        _offer(person_id, address, "", clock.now())
        record("identity.confirmation_asked", actor=Actor(ref=None, person_id=person_id), person=person_id)


def _offer(person_id: int, address: str, instead_of: str, at: datetime.datetime) -> None:
    old = Email.objects.filter(person_id=person_id, key=email_key(instead_of)).first() if instead_of else None
    fresh, _ = Email.objects.get_or_create(
        person_id=person_id, key=email_key(address), defaults={"address": address, "replaces": old}
    )
    if fresh.verified_at is not None:
        if old is not None and old.pk != fresh.pk:
            old.delete()
        return
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
