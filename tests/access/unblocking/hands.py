"""What the tests of this folder share."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from parvis.ground import clock
from parvis.identity import lockout
from tests.identity.lockout.hands import FAILURES, SIGN_IN, take
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

SignedIn = Callable[[Someone], ReadingClient]


def block(who: Someone) -> Someone:
    """All the steps at once: three times five failures, each after the lock before it."""
    moved = clock.offset()
    for lock in settings.PARVIS_LOCKS:
        take(FAILURES, person_id=who.person.pk)
        clock.move(lock * 2)
    take(FAILURES, person_id=who.person.pk)
    clock.move(moved - clock.offset())
    assert lockout.blocked_among([who.person.pk])
    return who


def where(world: World, who: Someone, tab: str = "debloquer/") -> str:
    return f"/etablissements/{world.here.siret}/comptes/{who.account_id}/{tab}"


def listing(world: World, file: str = "") -> str:
    return f"/etablissements/{world.here.siret}/comptes/{file}"


def sign_in(who: Someone) -> Any:
    return ReadingClient().post(SIGN_IN, {"login": who.identifier, "password": PASSWORD}).status_code
