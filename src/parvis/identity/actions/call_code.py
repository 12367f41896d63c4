"""The « code d'appel »: told to an adviser on the telephone, who types it and so knows who is calling."""

import datetime
import secrets

from django.conf import settings
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.sealing import keyed_hash
from parvis.ground.tenancy import Refused
from parvis.journal.actions import Actor, record

_DRAWS = 50


def _hash(code: str) -> str:
    return keyed_hash(code, purpose="call-code")


def ask_call_code(*, person_id: int) -> str:
    """A code for the person, shown once and kept as a hash; their earlier one no longer serves.

    Of `PARVIS_CALL_CODE_DIGITS` digits, like no other live code. Raises Refused in the day on which nearly all of them
    are taken.
    """
    now, digits = clock.now(), settings.PARVIS_CALL_CODE_DIGITS
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        for _ in range(_DRAWS):
            code = f"{secrets.randbelow(10**digits):0{digits}d}"
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT identity_take_call_code(%s, %s, %s)",
                    [_hash(code), now, now + settings.PARVIS_CALL_CODE_VALIDITY],
                )
                taken = cursor.fetchone()[0]
            if taken:
                record("identity.call_code_asked", actor=Actor(ref=None, person_id=person_id), person=person_id)
                return code
    raise Refused("Aucun code n’est libre en ce moment : réessayez dans quelques minutes.")


def use_call_code(*, code: str, adviser: Actor) -> int:
    """The person who told that code, once; 0 for a code that is wrong, used or too old. Outside of any scope.

    An adviser types `PARVIS_CALL_CODE_TRIES` of them in ten minutes, right ones included: a million codes would soon be
    tried. The use leaves an event with the person. Raises Refused.
    """
    now = clock.now()
    if _tries(adviser, now) > settings.PARVIS_CALL_CODE_TRIES:
        raise Refused("Trop de codes saisis : attendez dix minutes, puis demandez un nouveau code à la personne.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_use_call_code(%s, %s)", [_hash("".join(code.split())), now])
        person_id = int(cursor.fetchone()[0] or 0)
    if person_id:
        with tenancy.scope(person=person_id, role=tenancy.PERSON):
            record("identity.call_code_used", actor=adviser, person=person_id)
    return person_id


def _tries(adviser: Actor, now: datetime.datetime) -> int:
    """How many codes the adviser typed in this window of time, this one included."""
    window = settings.PARVIS_CALL_CODE_VALIDITY.total_seconds()
    starts = datetime.datetime.fromtimestamp(now.timestamp() // window * window, datetime.UTC)
    key = f"call:{keyed_hash(str(adviser.ref or adviser.person_id), purpose='call-code-tries')}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_take_rate(%s, %s)", [key, starts])
        return int(cursor.fetchone()[0])
