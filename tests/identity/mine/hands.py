"""What the tests of this folder share: messages as they would leave, what a person holds, events."""

import re
from typing import Any

from parvis.ground import tenancy
from parvis.identity.models import CoordinateChange, Email, Phone
from parvis.journal.models import Event
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone

COORDINATES = "/mon-compte/coordonnees/"
NEW = "nouvelle.adresse@annecy.example"
MOBILE = "+33639980102"


def letters(who: Someone, kind: str) -> list[Envelope]:
    """The messages of a kind that leave for somebody now, as written."""
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        waiting = Message.objects.filter(kind=kind, status=Message.Status.QUEUED).order_by("id")
        made = [LETTERS[kind].written(message) for message in waiting]
    return [one for one in made if isinstance(one, Envelope)]


def link_in(letter: Envelope, ending: str = "") -> str:
    """The address of our own that a letter leads to."""
    found = re.search(rf"http://127\.0\.0\.1:8000(/adresse/[\w-]{{43}}/{ending})\s", letter.text)
    assert found is not None, letter.text
    return found[1]


def emails(who: Someone) -> set[tuple[str, bool]]:
    """The addresses of somebody, and whether each is confirmed."""
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return {(one.address, one.verified_at is not None) for one in Email.objects.all()}


def confirmed(who: Someone) -> set[str]:
    return {address for address, done in emails(who) if done}


def email_id(who: Someone) -> int:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return int(Email.objects.filter(verified_at__isnull=False).values_list("pk", flat=True).first() or 0)


def phones(who: Someone) -> set[str]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return set(Phone.objects.values_list("number", flat=True))


def phone_id(who: Someone) -> int:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return int(Phone.objects.values_list("pk", flat=True).first() or 0)


def changes(who: Someone) -> list[CoordinateChange]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(CoordinateChange.objects.order_by("id"))


def kinds(who: Someone) -> list[str]:
    """The events of somebody's own life, in order."""
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(Event.objects.filter(kind__startswith="identity.").order_by("id").values_list("kind", flat=True))


def enters(login: str, password: str = PASSWORD) -> bool:
    """Whether that opens the way to the second factor."""
    answer = ReadingClient().post("/connexion/", {"login": login, "password": password})
    return bool(answer.status_code == 302)


def ask(browser: Any, who: Someone, address: str = NEW) -> Any:
    return browser.post(f"/mon-compte/adresse/{email_id(who)}/", {"email": address})
