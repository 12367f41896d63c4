"""Browsers in which a second factor was given not long ago: for tests about what comes before it or after it."""

from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.test import Client

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.tokens import draw_token, hash_token
from parvis.identity.browsers import COOKIE
from parvis.identity.models import Browser, Person

C = TypeVar("C", bound=Client)


def inside(client: C, person: Person) -> C:
    """The same client, signed in with a second factor given just now."""
    client.force_login(person, backend="parvis.identity.backend.PersonBackend")
    session = client.session
    now = clock.now().timestamp()
    session.update({"entered_at": now, "factor_at": now, "strong_factor": True})
    session.save()
    return client


def trusted(client: C, *person_ids: int) -> C:
    """The same client, trusted from now on for these people."""
    token = client.cookies[COOKIE].value if COOKIE in client.cookies else draw_token()
    client.cookies[COOKIE] = token
    now = clock.now()
    for person_id in person_ids:
        with tenancy.scope(person=person_id, role=tenancy.PERSON):
            Browser.objects.update_or_create(
                person_id=person_id,
                hash=hash_token(token),
                defaults={
                    "label": "Firefox sur Linux",
                    "first_seen_at": now,
                    "last_seen_at": now,
                    "trusted_until": now + settings.PARVIS_BROWSER_TRUST,
                },
            )
    return client


def trusted_by(client: C, login: str) -> C:
    """The same client, trusted for whom a correctly typed identifier or e-mail names, if anybody."""
    code, email = ("", login.strip().lower()) if "@" in login else (_plain(login), "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM identity_for_sign_in(%s, %s)", [code, email])
        return trusted(client, *[person_id for (person_id,) in cursor.fetchall()])


def _plain(login: str) -> str:
    return "".join(letter for letter in login.upper() if letter.isalnum())
