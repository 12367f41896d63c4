"""What passes with time: former coordinates, addresses never confirmed, codes, browsers not seen for long."""

import datetime
from typing import Any

from django.conf import settings

from parvis.ground import clock, tenancy
from parvis.ground.tenancy import PERSON
from parvis.identity.models import Browser, CallCode, ChangeToken, CoordinateChange, Email, Link, LinkToken
from parvis.journal.retention import erase
from tests.access.reading import later
from tests.browsers import trusted
from tests.ground.policies.hands import ask as query
from tests.ground.policies.hands import denied
from tests.identity.mine.hands import NEW, ask, confirmed, letters, link_in
from tests.plugins.html import ReadingClient
from tests.world import World

KEPT = settings.PARVIS_COORDINATE_RETENTION
DAY = datetime.timedelta(days=1)


def forget_old_coordinates() -> int:
    erase("identity.call_codes")
    erase("identity.browsers")
    return erase("identity.changes") + erase("identity.unconfirmed_emails")


def left(world: World) -> list[int]:
    with tenancy.scope(person=world.user.person.pk, role=PERSON):
        return [one.objects.count() for one in (CoordinateChange, ChangeToken, Link, LinkToken, Email)]


def test_a_change_never_confirmed_is_forgotten_with_its_address_a_month_later(
    as_owner: object, world: World, signed_in: Any
) -> None:
    ask(signed_in(world.user), world.user)
    for kind in ("identity.confirm_email", "identity.email_change_asked"):
        letters(world.user, kind)
    assert left(world) == [1, 1, 1, 1, 2]
    over = settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY + KEPT
    with later(over - DAY):
        assert forget_old_coordinates() == 0
    with later(over + DAY):
        assert forget_old_coordinates() == 2
        assert left(world) == [0, 0, 0, 0, 1]
        assert forget_old_coordinates() == 0
    assert confirmed(world.user) == {world.user.membership.email}


def test_a_confirmed_change_is_forgotten_and_the_address_stays(as_owner: object, world: World, signed_in: Any) -> None:
    ask(signed_in(world.user), world.user)
    ReadingClient().post(link_in(letters(world.user, "identity.confirm_email")[0]))
    with later(KEPT + DAY):
        assert forget_old_coordinates() == 1
    assert left(world)[0] == 0 and confirmed(world.user) == {NEW}


def test_codes_told_and_browsers_not_seen_for_long_go_too(as_owner: object, world: World) -> None:
    person, now = world.user.person.pk, clock.now()
    trusted(ReadingClient(), person)
    with tenancy.scope(person=person, role=PERSON):
        CallCode.objects.create(person_id=person, hash="x" * 64, asked_at=now, expires_at=now)
    with later(KEPT + DAY):
        forget_old_coordinates()
    with tenancy.scope(person=person, role=PERSON):
        assert (CallCode.objects.count(), Browser.objects.count()) == (0, 1)
    with later(settings.PARVIS_BROWSER_MEMORY + DAY):
        forget_old_coordinates()
    with tenancy.scope(person=person, role=PERSON):
        assert Browser.objects.count() == 0


def test_stranger_learns_nothing_from_what_crosses(world: World, signed_in: Any) -> None:
    ask(signed_in(world.user), world.user)
    for typed in ("", "%", "x" * 64, "' OR true --"):
        assert query("SELECT * FROM identity_change_by_token(%s)", typed) == []
    with denied():
        query("SELECT identity_email_shared(%s)", world.user.membership.email)
    # Whether an address is somebody else's is asked of one's own confirmed addresses alone; nobody is named.
    with tenancy.scope(person=world.stranger.person.pk, role=PERSON):
        assert query("SELECT identity_email_shared('personne@nulle-part.example')") == [(False,)]
        assert not CoordinateChange.objects.exists() and not ChangeToken.objects.exists()
    with tenancy.scope(establishment=world.here.pk), denied():
        query("SELECT * FROM identity_coordinatechange")
