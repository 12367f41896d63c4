"""What the tests of registrations share: an establishment that nobody administers, and the browser of who registers."""

from collections.abc import Callable

import pytest

from parvis.advisers.standing import AdviserStanding, adviser_of
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from tests.plugins.html import ReadingClient
from tests.registration.hands import Registrant, free_establishment
from tests.world import World


@pytest.fixture
def place(world: World, as_owner: None) -> Establishment:
    """A commune with contracts, where nobody has an account. Rolled back with the test."""
    return free_establishment()


@pytest.fixture
def registrant(place: Establishment) -> Registrant:
    """A browser at the first question."""
    return Registrant(ReadingClient(), place)


@pytest.fixture
def adviser(world: World) -> Callable[[str], AdviserStanding]:
    """An adviser's standing, by the name of their role in the world."""

    def standing(name: str) -> AdviserStanding:
        with tenancy.scope(role="parvis_owner"):
            found = adviser_of(world.advisers[name].pk)
        assert found is not None
        return found

    return standing
