"""What the tests of accounts share: reading a page, reading the journal, more people."""

import datetime
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element

from django.http import HttpResponse

from parvis.access.standing import Standing, standing
from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from tests.plugins.html import read
from tests.world import Someone

DAY = datetime.timedelta(days=1)


def tree(answer: HttpResponse) -> Element:
    return read(answer.content.decode())[0]


def words(answer: HttpResponse) -> str:
    """The text of the page's own part, on one line."""
    main = tree(answer).find(".//main")
    assert main is not None
    return " ".join(" ".join(main.itertext()).split())


def html(answer: HttpResponse) -> str:
    return answer.content.decode()


def said(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def summary(answer: HttpResponse) -> dict[str, str]:
    """The sentences of the summary at the top, and the anchor that each leads to."""
    for element in tree(answer).iter("div"):
        if "data-error-summary" in element.attrib:
            return {said(item): (item.find("a").get("href", "") if item.find("a") is not None else "")  # type: ignore[union-attr]
                    for item in element.iter("li")}  # fmt: skip
    return {}


def at_field(answer: HttpResponse, name: str) -> str:
    """What is said at a field, « Erreur : » left out."""
    for element in tree(answer).iter():
        if element.get("id") == f"id_{name}-error":
            return said(element).removeprefix("Erreur : ").removeprefix("Erreur :").strip()
    return ""


def value(answer: HttpResponse, name: str) -> str:
    """What a field holds; of radio buttons, the one that is chosen."""
    for element in tree(answer).iter("input"):
        if element.get("name") == name:
            if element.get("type") != "radio":
                return element.get("value", "")
            if "checked" in element.attrib:
                return element.get("value", "")
    return ""


def anchors_lead_somewhere(answer: HttpResponse) -> None:
    ids = {element.get("id") for element in tree(answer).iter() if isinstance(element.tag, str)}
    for anchor in summary(answer).values():
        assert not anchor or anchor.removeprefix("#") in ids


def events(where: int, subject: uuid.UUID | None = None, kind: str = "") -> list[Event]:
    """The events of an establishment, in order."""
    with tenancy.scope(establishment=where):
        found = Event.objects.order_by("id")
        if subject is not None:
            found = found.filter(object=subject)
        return list(found.filter(kind__startswith=kind))


def kinds(where: int, subject: uuid.UUID | None = None) -> list[str]:
    return [event.kind for event in events(where, subject)]


@contextmanager
def acting(who: Someone) -> Iterator[Standing]:
    """The scope of a request by someone, and who they are in it."""
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where):
        found = standing(who.person.pk, where)
        assert found is not None
        yield found


@contextmanager
def later(by: datetime.timedelta) -> Iterator[datetime.datetime]:
    """The house's clock moved, and moved back."""
    try:
        yield clock.move(by)
    finally:
        clock.move(-by)


def post(browser: Any, path: str, **data: Any) -> HttpResponse:
    return browser.post(path, data)  # type: ignore[no-any-return]
