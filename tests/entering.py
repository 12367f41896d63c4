"""Past the second factor as a person goes: for tests about what comes after it."""

import re
from typing import Any, TypeVar

import pyotp
from django.test import Client

from parvis.ground import clock
from tests.world import TOTP_SECRET

C = TypeVar("C", bound=Client)
ENROL, APP, ONWARDS = (f"/mon-compte/second-facteur/{step}/" for step in ("ajouter", "application", "suite"))


def shown_secret(page: str) -> str:
    """The secret that the enrolment of an app shows."""
    found = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert found is not None
    return found[1].replace(" ", "")


def code_now(secret: str = TOTP_SECRET) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).at(clock.now().timestamp())


def enrol(client: Client, answer: Any) -> Any:
    """Whoever was led to choose a first factor takes an app; the answer is what opens after the recovery codes."""
    assert answer.headers["Location"] == ENROL
    secret = shown_secret(client.get(APP).content.decode())
    assert client.post(APP, {"code": code_now(secret)}).status_code == 302
    return client.get(ONWARDS)


def confirm(client: Client, answer: Any) -> Any:
    """Whoever was asked for a second factor gives the app's code; the answer is what opens then."""
    assert answer.headers["Location"] == "/second-facteur/"
    return client.post("/second-facteur/?par=application", {"code": code_now()})
