"""What the tests of the office share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import Client

from parvis.advisers.standing import AdviserStanding, adviser_of
from parvis.ground import clock, tenancy
from parvis.identity.models import Person
from tests.browsers import inside
from tests.plugins.html import ReadingClient


@contextmanager
def office(person: Person, establishment: int = 0) -> Iterator[AdviserStanding]:
    """The scope of an adviser's page."""
    who = adviser_of(person.pk)
    assert who is not None
    with tenancy.scope(person=person.pk, establishment=establishment, role=tenancy.ADVISER, funds=who.funds):
        yield who


def fresh(person: Person) -> Client:
    """An adviser's browser in which a second factor was just given."""
    browser = inside(ReadingClient(), person)
    session = browser.session
    session["factor_at"] = clock.now().timestamp()
    session.save()
    return browser
