"""What the tests of this folder share."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection

from parvis.ground import tenancy
from parvis.identity.forms import NewPasswordForm
from parvis.identity.letters_security import reset as letter
from parvis.identity.models import Email, Link
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.jobs import work
from tests.plugins.html import ReadingClient
from tests.test_addresses import OF_ESTABLISHMENT, _arguments, rule_of
from tests.world import Someone

FORGOTTEN = "/mot-de-passe-oublie/"


FRESH = "quatre lanternes au bord du canal"


NOBODY_ELSE = "un centre de gestion ne peut donner ni identifiant ni mot de passe"


SignedIn = Callable[[Someone], ReadingClient]


def told(password: str, own_words: tuple[str, ...] = (), *, administers: bool = False) -> list[str]:
    form = NewPasswordForm({"password": password}, own_words=own_words, administers=administers)
    return [] if form.is_valid() else list(form.errors["password"])


ACCOUNT_PAGES = [
    (name, pattern)
    for name, route, pattern in OF_ESTABLISHMENT
    if "/comptes/" in route and set(_arguments(name)) <= {"siret", "account_id"} and "GET" in rule_of(pattern).methods  # type: ignore[union-attr]
]


def ask(login: str, where: str = FORGOTTEN) -> Any:
    """Ask as a visitor; then the worker does what was queued."""
    answer = ReadingClient().post(where, {"login": login})
    work()
    return answer


def links(someone: Someone) -> list[Link]:
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        return list(Link.objects.select_related("email").filter(purpose=Link.Purpose.PASSWORD).order_by("id"))


def messages_of(someone: Someone) -> list[Message]:
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        return list(Message.objects.order_by("id"))


def written(someone: Someone) -> list[Envelope]:
    """The letters that the worker would send to someone now."""
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        return [made for message in messages_of(someone) if (made := LETTERS[message.kind].write(message))]


def token_for(someone: Someone) -> str:
    """Ask for a link, and take its token out of the letter."""
    ask(someone.identifier)
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        made = letter(messages_of(someone)[-1])
    assert made is not None
    found = re.search(r"/mot-de-passe/([\w-]{43})/", made.text)
    assert found is not None
    return found[1]


def change_email(someone: Someone, **fields: Any) -> None:
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        Email.objects.filter(person_id=someone.person.pk).update(**fields)


def password_of(someone: Someone) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM identity_person_by_id(%s)", [someone.person.pk])
        return str(cursor.fetchone()[0])


def closed(token: str, title: str) -> None:
    """The link opens nothing, neither looked at nor sent; the page says why and where to go on."""
    client = ReadingClient()
    for answer in (
        client.get(f"/mot-de-passe/{token}/"),
        client.post(f"/mot-de-passe/{token}/", {"password": FRESH}),
    ):
        assert answer.status_code == 410
        page = answer.content.decode()
        assert f"<h1>{title}</h1>" in page
        assert f'href="{FORGOTTEN}"' in page
