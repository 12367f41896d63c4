"""Signing in: the same work whether somebody bears the name that was typed or not."""

import contextlib
from dataclasses import dataclass

from django.db import connection
from django.http import HttpRequest

from parvis.ground import clock, tenancy
from parvis.identity import hashing, lockout
from parvis.identity.actions.persons import email_key
from parvis.identity.employers import employers
from parvis.identity.models import Person
from parvis.identity.passwords import minimum


@dataclass(frozen=True, slots=True)
class Login:
    """What was typed to sign in, told apart: an identifier as stored, or an e-mail address."""

    code: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it. `suspended`: answer `lockout.refused_page`. `short`: right, and shorter than what is demanded

    of who administers: a longer one has to be chosen before going on.
    """

    person: Person | None = None
    suspended: bool = False
    short: bool = False


_dummy = ""


def _nobody() -> str:
    """A hash that no password opens, at the same cost as a real one; made once per process."""
    global _dummy
    if not _dummy:
        _dummy = hashing.hashed("personne ne se connecte ainsi")
    return _dummy


def check_credentials(request: HttpRequest, login: Login, password: str) -> Checked:
    """Who signs in, if anybody. One look-up, one try counted and one hash in each case, so that the time says nothing.

    Called outside of any scope. Raises Busy, where nothing was looked at and nothing counts.
    """
    if hashing.full():
        raise hashing.Busy
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, reference, password, first_name, last_name FROM identity_for_sign_in(%s, %s)",
            [login.code, email_key(login.email) if login.email else ""],
        )
        rows = cursor.fetchall()
    row = rows[0] if len(rows) == 1 else None
    attempt = lockout.take_try(request, person_id=row[0] if row else 0, name=login.code or login.email)
    if attempt.refused:
        return Checked(suspended=True)
    try:
        right, anew = hashing.opens(password, row[2] if row else _nobody())
    except hashing.Busy:
        attempt.give_back()
        raise
    if not right or row is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT identity_note_refusal(%s, %s)", [row[0] if row else None, clock.now()])
        return Checked(suspended=attempt.failed())
    attempt.give_back()
    person = Person(id=row[0], reference=row[1], password=row[2], first_name=row[3], last_name=row[4])
    if anew:
        _keep_anew(person.pk, password)
    short = len(password) < minimum(administers=True) and employers().demands(person.pk).administers
    return Checked(person, short=short)


def check_own_password(request: HttpRequest, person: Person, password: str) -> Checked:
    """Whether whoever is signed in knows the password too: a session left open is not enough to change it.

    Counted as a try to sign in. Called outside of any scope. Raises Busy, where nothing counts.
    """
    attempt = lockout.take_try(request, person_id=person.pk)
    if attempt.refused:
        return Checked(suspended=True)
    try:
        right, _ = hashing.opens(password, person.password)
    except hashing.Busy:
        attempt.give_back()
        raise
    if not right:
        return Checked(suspended=attempt.failed())
    attempt.give_back()
    return Checked(person)


def _keep_anew(person_id: int, password: str) -> None:
    """The same password under today's parameters; another time, where many people are signing in."""
    with contextlib.suppress(hashing.Busy):
        encoded = hashing.hashed(password)
        with tenancy.scope(person=person_id, role=tenancy.PERSON):
            Person.objects.filter(pk=person_id).update(password=encoded)
