"""What the tests of this folder share: codes as an app shows them, the state of what somebody holds, messages."""

import re
from typing import Any

import pyotp
from django.test import Client

from parvis.ground import clock, tenancy
from parvis.identity.letters_factors import code as write_code
from parvis.identity.models import Code, PhoneFactor, Totp
from parvis.journal.models import Event
from parvis.post.models import Message
from parvis.post.telephone import Call
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, TOTP_SECRET, Someone

CHALLENGE, CONFIRM = "/second-facteur/", "/confirmer/"
MINE = "/mon-compte/second-facteur/"
ENROL = f"{MINE}ajouter/"
MOBILE, LANDLINE, REUNION = "+33639980102", "+33465710042", "+262692123456"


def code_now(secret: str = TOTP_SECRET, off: float = 0) -> str:
    """What the app shows, on a clock that is `off` seconds away from ours."""
    return pyotp.TOTP(secret).at(clock.now().timestamp() + off)


def wrong_code(secret: str = TOTP_SECRET) -> str:
    """Six digits that no step near now gives."""
    near = {code_now(secret, off) for off in range(-120, 121, 30)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


def halfway(who: Someone, client: ReadingClient | None = None, **headers: Any) -> ReadingClient:
    """A browser in which somebody gave their password, and nothing more."""
    client = client or ReadingClient()
    answer = client.post("/connexion/", {"login": who.identifier, "password": PASSWORD}, **headers)
    assert answer.status_code == 302, answer.content.decode()
    return client


def stale(client: ReadingClient) -> ReadingClient:
    """The same browser, its second factor given too long ago."""
    session = client.session
    session.pop("factor_at", None)
    session.save()
    return client


def person_of(client: Client) -> int | None:
    person = client.session.get("_auth_user_id")
    return int(person) if person else None


def without_factor(who: Someone) -> Someone:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        Totp.objects.all().delete()
    return who


def give_phone(who: Someone, number: str = MOBILE, channel: str = "sms", **fields: Any) -> PhoneFactor:
    """A confirmed telephone."""
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return PhoneFactor.objects.create(
            person_id=who.person.pk,
            number=number,
            channel=channel,
            added_at=clock.now(),
            confirmed_at=clock.now(),
            **fields,
        )


def called(who: Someone) -> Call:
    """What left last by telephone for somebody: written now, as the worker does."""
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        message = Message.objects.filter(kind="identity.code").latest("id")
        call = write_code(message)
    assert call is not None
    return call


def digits(call: Call) -> str:
    """The six digits of a call's text."""
    found = re.search(r"\d(?:, )?\d(?:, )?\d(?:, )?\d(?:, )?\d(?:, )?\d", call.text)
    assert found is not None, call.text
    return found[0].replace(", ", "")


def codes_of(who: Someone) -> list[Code]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(Code.objects.order_by("id"))


def events(who: Someone, beginning: str = "identity.factor") -> list[tuple[str, dict[str, Any]]]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        found = Event.objects.filter(kind__startswith=beginning).order_by("id")
        return list(found.values_list("kind", "after"))


def told(who: Someone, kind: str = "identity.factor") -> list[dict[str, Any]]:
    """The details of the messages queued for somebody."""
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(Message.objects.filter(kind=kind).order_by("id").values_list("detail", flat=True))
