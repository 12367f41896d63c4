"""The situations of the tests of this folder: a kind of request that no service declares, a centralisateur."""

from collections.abc import Callable

import pytest

from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.dossiers import registry
from parvis.ground import clock
from tests.access.why.hands import centre, delegate, delegation
from tests.dossiers.hands import KIND, PLACE_SERVICE, Effects, Hands
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


@pytest.fixture
def effects(monkeypatch: pytest.MonkeyPatch) -> Effects:
    """The kind « essai » is declared for the time of the test; what its acceptances set off."""
    held = Effects()
    monkeypatch.setitem(registry._KINDS, "essai", KIND(held))
    return held


@pytest.fixture
def hands(as_owner: object, world: World, signed_in: SignedIn, effects: Effects) -> Hands:
    """Léa and Claire may write, Marc reads; the centre has a delegation and an agent, Yves, who works for the place."""
    now = clock.now()
    Right.objects.create(
        establishment=world.here,
        membership=world.administrator.membership,
        service=PLACE_SERVICE,
        level=Level.WRITE,
        granted_at=now,
    )
    organisation = centre()
    given = delegation(world.here, organisation, {PLACE_SERVICE: Level.WRITE})
    agent = delegate(organisation, world.here, Level.WRITE)
    return Hands(world, signed_in, organisation, given, agent, effects)
