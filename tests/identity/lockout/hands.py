"""What the tests of this folder share."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from parvis.identity.browsers import COOKIE
from parvis.identity.lockout import Try, take_try
from parvis.identity.sessions import SessionStore
from tests.plugins.html import ReadingClient

SIGN_IN = "/connexion/"
WRONG_PASSWORD = "ce n’est pas celui-là"  # noqa: S105
FAILURES = settings.PARVIS_FAILURES
SHORT, LONG = settings.PARVIS_LOCKS


def request(client: ReadingClient | None = None, address: str = "127.0.0.1") -> Any:
    """A request of a browser, without a view."""
    made: Any = RequestFactory().get(SIGN_IN, REMOTE_ADDR=address)
    made.user, made.session = AnonymousUser(), SessionStore()
    if client is not None and COOKIE in client.cookies:
        made.COOKIES[COOKIE] = client.cookies[COOKIE].value
    return made


def take(times: int = 1, **whom: Any) -> list[Try]:
    """So many tries in a row from an unknown browser."""
    return [take_try(request(), **whom) for _ in range(times)]


def wrong(times: int, **whom: Any) -> list[bool]:
    """So many wrong answers in a row; for each, whether it was the last one allowed."""
    return [one.failed() for one in take(times, **whom)]
