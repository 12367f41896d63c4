"""Signing in: the same work whether somebody bears the name that was typed or not."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

from parvis.ground import clock
from parvis.identity.actions.persons import email_key
from parvis.identity.models import Person


@dataclass(frozen=True, slots=True)
class Login:
    """What was typed to sign in, told apart: an identifier as stored, or an e-mail address."""

    code: str = ""
    email: str = ""


_dummy = ""


def _nobody() -> str:
    """A hash that no password opens, at the same cost as a real one; made once per process."""
    global _dummy
    if not _dummy:
        _dummy = make_password("personne ne se connecte ainsi")
    return _dummy


def check_credentials(login: Login, password: str) -> Person | None:
    """The person, or None. One look-up and one hash in either case, so that the time says nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, reference, password, first_name, last_name FROM identity_for_sign_in(%s, %s)",
            [login.code, email_key(login.email) if login.email else ""],
        )
        rows = cursor.fetchall()
    row = rows[0] if len(rows) == 1 else None
    if check_password(password, row[2] if row else _nobody()) and row is not None:
        return Person(id=row[0], reference=row[1], password=row[2], first_name=row[3], last_name=row[4])
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_note_refusal(%s, %s)", [row[0] if row else None, clock.now()])
    return None
