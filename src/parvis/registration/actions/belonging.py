"""Proving that one works for an establishment, to learn who administers it; passing a request on to them.

Asking answers alike whatever exists: a code leaves for an address that is known, and for no other.
"""

import datetime
import secrets
from dataclasses import asdict, dataclass
from enum import Enum

from django.conf import settings
from django.db import connection

from parvis.access.actions.guards import active_administrator_ids, locked
from parvis.access.status import active_administrator_sql, values
from parvis.ground import clock, tenancy
from parvis.ground.sealing import keyed_hash, seal
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.post.actions import queue
from parvis.registration.actions.begun import ANYBODY
from parvis.registration.known import belongs
from parvis.registration.models import Belonging, PassedRequest
from parvis.registration.sealed import seal_content

ADDRESS, CODE, REQUEST = "belonging-address", "belonging-code", "passed-request"


class Tried(Enum):
    """What came of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for an access, in their own words."""

    name: str
    function: str
    email: str
    phone: str


def _address_hash(email: str) -> str:
    return keyed_hash(email.strip().lower(), purpose=ADDRESS)


@action
def ask_code(*, establishment_id: int, email: str) -> None:
    """In the establishment's scope: a code leaves if the address is known of it; a row is kept in any case, so that the
    answer to a code is the same. An address gets a few codes an hour at most."""
    now = clock.now()
    recent = Belonging.objects.filter(
        address_hash=_address_hash(email), asked_at__gt=now - datetime.timedelta(hours=1)
    ).count()
    if recent >= settings.PARVIS_ASKED_LIMIT:
        return
    known = belongs(email)
    made = Belonging.objects.create(
        establishment_id=establishment_id,
        address=seal(email, purpose=ADDRESS) if known else "",
        address_hash=_address_hash(email),
        asked_at=now,
        expires_at=now + settings.PARVIS_BELONGING_VALIDITY,
    )
    if known:
        record("registration.belonging_asked", actor=ANYBODY)
        queue("registration.belonging", object_id=made.pk, establishment=establishment_id)


def draw_code(belonging: Belonging) -> str:
    """A code for one sending of the e-mail; only its hash is kept, and the latest counts."""
    digits = settings.PARVIS_CODE_DIGITS
    code = f"{secrets.randbelow(10**digits):0{digits}}"
    belonging.code_hash = keyed_hash(f"{belonging.pk}:{code}", purpose=CODE)
    belonging.save(update_fields=["code_hash"])
    return code


@action
def try_code(*, email: str, typed: str) -> Tried:
    """The last code asked for that address, in the establishment's scope. A wrong one counts; the fifth is the last."""
    held = Belonging.objects.select_for_update().filter(address_hash=_address_hash(email)).order_by("-id").first()
    spent = held is None or held.passed_at is not None or held.tries >= settings.PARVIS_BELONGING_TRIES
    if held is None or spent or held.expires_at <= clock.now():
        return Tried.OVER
    held.tries += 1
    given = keyed_hash(f"{held.pk}:{''.join(typed.split())[:20]}", purpose=CODE)
    if held.code_hash and secrets.compare_digest(given, held.code_hash):
        held.passed_at, held.address = clock.now(), ""
        held.save(update_fields=["passed_at", "address", "tries"])
        record("registration.belonging_proven", actor=ANYBODY)
        return Tried.RIGHT
    held.save(update_fields=["tries"])
    return Tried.WRONG if held.tries < settings.PARVIS_BELONGING_TRIES else Tried.OVER


def names() -> list[tuple[str, str]]:
    """Who administers the establishment in scope: name and function, for who proved to belong to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.first_name || ' ' || m.last_name, m.function FROM access_membership m "
            f"WHERE m.establishment_id = %(where)s AND {active_administrator_sql('m')} ORDER BY m.sort_key, m.id",
            {**values(), "where": tenancy.current().establishment},
        )
        return list(cursor.fetchall())


@action
def pass_on(*, establishment_id: int, asker: Asker, proven: bool) -> None:
    """One e-mail to each person who administers: who asks, and whether they proved to work there. Raises Refused where
    too many were passed on today; with nobody left who administers, says where to turn."""
    locked(establishment_id)
    since = clock.now() - datetime.timedelta(hours=24)
    if PassedRequest.objects.filter(passed_at__gt=since).count() >= settings.PARVIS_PASSED_REQUESTS:
        raise Refused(
            "Plusieurs demandes ont déjà été transmises à cet établissement aujourd’hui : réessayez demain, ou "
            "adressez-vous directement à la personne qui administre les comptes."
        )
    administrators = active_administrator_ids()
    if not administrators:
        raise Refused(
            "Plus personne n’administre cet établissement : votre demande ne peut être transmise à personne. Utilisez "
            "« Retrouver l’accès »."
        )
    made = PassedRequest.objects.create(
        establishment_id=establishment_id,
        content=seal_content(asdict(asker), purpose=REQUEST),
        proven=proven,
        passed_at=clock.now(),
    )
    record("registration.request_passed", actor=ANYBODY, after={"proven": proven})
    for administrator in administrators:
        queue(
            "registration.request_passed",
            object_id=made.pk,
            establishment=establishment_id,
            detail={"to": administrator},
        )
