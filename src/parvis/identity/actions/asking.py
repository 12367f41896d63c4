"""Somebody who cannot sign in asks for help: password forgotten, identifier forgotten, account blocked.

The request queues one job with what was typed, sealed, whatever it is: page and time say nothing of who exists. The
worker looks it up, and writes to verified addresses alone. A password already chosen is never needed for it, and none
of it signs anybody in.
"""

import datetime
import json
from enum import StrEnum

from django.conf import settings
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.sealing import seal, unseal
from parvis.identity.actions.links import lock_person
from parvis.identity.actions.persons import email_key
from parvis.identity.actions.sign_in import Login
from parvis.identity.employers import employers
from parvis.identity.models import Link
from parvis.journal.actions import Actor, record
from parvis.post.actions import queue
from parvis.post.models import Message

_PURPOSE = "asked"
_LATELY = datetime.timedelta(hours=1)


class Wanted(StrEnum):
    """What is asked for."""

    PASSWORD = "password"  # noqa: S105
    IDENTIFIER = "identifier"
    UNBLOCK = "unblock"


# The message that answers, and the event that it leaves.
_ANSWERS = {
    Wanted.PASSWORD: ("identity.reset", "identity.reset_asked"),
    Wanted.IDENTIFIER: ("identity.identifier", "identity.identifier_asked"),
    Wanted.UNBLOCK: ("identity.unblock", "identity.unblock_asked"),
}
_LINKS = {Wanted.PASSWORD: Link.Purpose.PASSWORD, Wanted.UNBLOCK: Link.Purpose.UNBLOCK}


def ask(wanted: Wanted, login: Login) -> None:
    """One job, whatever was typed: the same statements and the same time for all."""
    from parvis.identity.tasks import answer_asked

    # As long for an identifier as for an address: the job's size says nothing either.
    typed = json.dumps([login.code, login.email]).ljust(400)
    answer_asked.defer(wanted=wanted.value, typed=seal(typed, purpose=_PURPOSE))


def answer(wanted: Wanted, sealed: str) -> None:
    """Write to whom the identifier or the verified e-mail names, if anybody; run by the worker. Raises Unsealable.

    An e-mail that several people share brings each their own. Where an account waits for its password, nothing but a
    person can give its identifier: the address declared for it is told whom to ask.
    """
    code, email = json.loads(unseal(sealed, purpose=_PURPOSE))
    with connection.cursor() as cursor:
        key = email_key(email) if email else ""
        cursor.execute("SELECT person_id, email_id FROM identity_for_reset(%s, %s)", [code, key])
        targets = cursor.fetchall()
    for person_id, email_id in targets:
        with tenancy.scope(person=person_id, role=tenancy.PERSON):
            if lock_person(person_id):
                _answer(wanted, person_id, email_id)
    if wanted is not Wanted.UNBLOCK:
        employers().tell_waiting(code, key)


def _answer(wanted: Wanted, person_id: int, email_id: int) -> None:
    message, event = _ANSWERS[wanted]
    now = clock.now()
    lately = Message.objects.filter(person_id=person_id, kind=message, queued_at__gt=now - _LATELY).count()
    if lately >= settings.PARVIS_ASKED_LIMIT:
        # Somebody asks for them again and again: their mailbox has what it needs.
        return
    about = email_id
    if wanted in _LINKS:
        mine = Link.objects.filter(person_id=person_id, purpose=_LINKS[wanted])
        mine.filter(used_at=None, superseded_at=None).update(superseded_at=now)
        about = Link.objects.create(
            person_id=person_id,
            email_id=email_id,
            purpose=_LINKS[wanted],
            asked_at=now,
            expires_at=now + settings.PARVIS_RESET_VALIDITY,
        ).pk
    queue(message, object_id=about, person=person_id)
    record(event, actor=Actor(ref=None, person_id=person_id), person=person_id)
