"""A person's own rows, written under their own scope (`parvis_person`): no establishment reads or writes them."""

import datetime
import unicodedata

from django.db import connection, transaction

from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account
from parvis.ground.tenancy import action
from parvis.identity.hashing import hashed
from parvis.identity.models import Credential, Email, Link, Person, Phone


def email_key(address: str) -> str:
    """How two e-mail addresses are compared: case ignored, nothing else (an accent makes another mailbox)."""
    return unicodedata.normalize("NFC", address.strip()).casefold()[:254]


@action
def reserve_identifiers(count: int) -> list[str]:
    """New identifiers, reserved for ever: none is given twice, deleted accounts included.

    One statement, and a few more for each that was drawn before.
    """
    reserved: list[str] = []
    while len(reserved) < count:
        reserved += _free_among(sorted({account.draw() for _ in range(count - len(reserved))}))
    return reserved


class _Taken(Exception):
    """One of them was given before."""


def _free_among(drawn: list[str]) -> list[str]:
    """Reserve those that nobody has; halving finds the others, for the application adds here and reads nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO identity_identifier (code, reserved_at) SELECT drawn, %s FROM unnest(%s::text[]) AS drawn "
                "ON CONFLICT DO NOTHING",
                [clock.now(), drawn],
            )
            if cursor.rowcount < len(drawn):
                raise _Taken
    except _Taken:
        middle = len(drawn) // 2
        return [*_free_among(drawn[:middle]), *_free_among(drawn[middle:])] if middle else []
    return drawn


def own_scope(person_id: int):  # type: ignore[no-untyped-def]
    """The person's own scope, inside the request of whoever acts."""
    return tenancy.scope(person=person_id, establishment=tenancy.current().establishment, role=tenancy.PERSON)


@action
def create_person(
    *, first_name: str, last_name: str, password: str, email: str, phone: str, at: datetime.datetime
) -> int:
    """A new person with the password that they chose, and the e-mail that their link proved; returns the id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('identity_person', 'id'))")
        person_id = int(cursor.fetchone()[0])
    with own_scope(person_id):
        Person.objects.bulk_create(
            [
                Person(
                    id=person_id,
                    first_name=first_name,
                    last_name=last_name,
                    password=hashed(password),
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
    with own_scope(person_id):
        Credential.objects.create(person_id=person_id, code=code)


@action
def set_password(person_id: int, password: str) -> None:
    """A new password, chosen by the person; every session that holds the old one ends at its next request."""
    with own_scope(person_id):
        Person.objects.filter(pk=person_id).update(password=hashed(password))
        # A link that was asked for before chooses no other one any more.
        asked = Link.objects.filter(
            person_id=person_id, purpose=Link.Purpose.PASSWORD, used_at=None, superseded_at=None
        )
        asked.update(superseded_at=clock.now())
