"""Which second factors a person holds, in one statement."""

import datetime
from dataclasses import dataclass

from django.db import connection

from parvis.ground import tenancy

_SQL = """
SELECT (SELECT t.added_at FROM identity_totp t WHERE t.person_id = %(p)s),
  (SELECT coalesce(json_agg(json_build_array(k.id, k.name, k.added_at, k.last_used_at) ORDER BY k.id), '[]')
     FROM identity_passkey k WHERE k.person_id = %(p)s),
  (SELECT coalesce(json_agg(json_build_array(f.id, f.number, f.extension, f.channel,
     f.shared OR identity_number_shared(f.number, f.person_id), f.added_at) ORDER BY f.id), '[]')
     FROM identity_phonefactor f WHERE f.person_id = %(p)s AND f.confirmed_at IS NOT NULL),
  (SELECT count(*) FROM identity_recoverycode r WHERE r.person_id = %(p)s AND r.used_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class HeldPasskey:
    """A passkey as listed."""

    id: int
    name: str
    added_at: datetime.datetime
    last_used_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class HeldPhone:
    """A confirmed telephone as listed; `channel`: sms or voice. `shared`: said by the person, or seen by us."""

    id: int
    number: str
    extension: str
    channel: str
    shared: bool
    added_at: datetime.datetime

    @property
    def weak(self) -> bool:
        """A shared landline: whoever sits at the switchboard hears the code."""
        return self.shared and self.channel == "voice"


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person holds. Recovery codes stand in for a factor, they are none."""

    totp_since: datetime.datetime | None
    passkeys: tuple[HeldPasskey, ...]
    phones: tuple[HeldPhone, ...]
    recovery_left: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all."""
        return bool(self.totp_since or self.passkeys or self.phones)

    @property
    def strong(self) -> bool:
        """Whether one of them is not a shared landline: an administrator must hold one."""
        return bool(self.totp_since or self.passkeys or any(not phone.weak for phone in self.phones))

    @property
    def personal(self) -> bool:
        """Whether one of them is a passkey or an authenticator app: an adviser must hold one."""
        return bool(self.totp_since or self.passkeys)

    @property
    def kinds(self) -> int:
        """How many kinds: people are encouraged to hold two."""
        return bool(self.totp_since) + bool(self.passkeys) + bool(self.phones)


def factors_of(person_id: int) -> Factors:
    """The factors of a person, in their own scope."""
    with (
        tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True),
        connection.cursor() as cursor,
    ):
        cursor.execute(_SQL, {"p": person_id})
        totp, passkeys, phones, recovery = cursor.fetchone()
    moment = datetime.datetime.fromisoformat
    return Factors(
        totp,
        tuple(
            HeldPasskey(number, name, moment(added), moment(used) if used else None)
            for number, name, added, used in passkeys
        ),
        tuple(
            HeldPhone(number, phone, extension, channel, shared, moment(added))
            for number, phone, extension, channel, shared, added in phones
        ),
        recovery,
    )
