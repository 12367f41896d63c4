"""What the page of a person shows: their accounts in establishments of the adviser's funds, and how they sign in."""

import datetime
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from parvis.access.models import Profile
from parvis.access.status import OPEN, Status, values
from parvis.ground import clock
from parvis.ground.identifiers.account import grouped


class Account(NamedTuple):
    """One of their accounts."""

    ref: uuid.UUID
    number: int
    person: int | None
    name: str
    function: str
    unit: str
    email: str
    phone: str
    profile: str
    identifier: str
    place: int
    siret: str
    place_name: str
    status: Status
    created: datetime.datetime
    confirmed: datetime.datetime | None
    visited: datetime.datetime | None
    expires: datetime.date
    starts: datetime.date | None

    @property
    def administers(self) -> bool:
        return self.profile == Profile.ADMINISTRATOR

    @property
    def profile_said(self) -> str:
        return Profile(self.profile).label

    @property
    def code(self) -> str:
        return grouped(self.identifier)

    @property
    def open(self) -> bool:
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class SignIn:
    """How they sign in. Kinds of factor, never what one is."""

    blocked: bool
    locked_until: datetime.datetime | None
    last_in: datetime.datetime | None
    app: bool
    passkeys: int
    phones: int
    shared: int
    codes: int
    emails: int
    unconfirmed: int

    @property
    def factors(self) -> list[str]:
        """Each kind, in words."""
        held = ["Une application d’authentification"] if self.app else []
        if self.passkeys:
            held.append("Une clé d’accès" if self.passkeys == 1 else f"{self.passkeys} clés d’accès")
        if self.phones:
            shared = " (ligne partagée)" if self.shared else ""
            held.append(("Un téléphone" if self.phones == 1 else f"{self.phones} téléphones") + shared)
        if self.codes:
            held.append("Un code de secours" if self.codes == 1 else f"{self.codes} codes de secours")
        return held

    @property
    def any_factor(self) -> bool:
        return self.app or self.passkeys > 0 or self.phones > 0


def accounts(ref: uuid.UUID) -> list[Account]:
    """The account of that reference first, then the person's others; nothing outside of the adviser's funds."""
    rule = values()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM backoffice_accounts(%s, %s, %s)", [ref, rule["today"], rule["months"]])
        return [Account._make((*row[:13], Status.of(row[13]), *row[14:])) for row in cursor.fetchall()]


def sign_in(ref: uuid.UUID) -> SignIn | None:
    """How the person of that account signs in; None where nobody has chosen a password yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM backoffice_sign_in(%s, %s)", [ref, clock.now()])
        row = cursor.fetchone()
    return SignIn(*row) if row else None
