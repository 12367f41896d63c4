"""The situations of the tests of this folder."""

import pytest

from parvis.access.models import Profile
from tests.access.handing.hands import alter, visited
from tests.world import World


@pytest.fixture
def alone(as_owner: object, world: World) -> World:
    """Claire is the only administrator; what runs as the owner may run."""
    alter(world.second, profile=Profile.USER)
    for who in (world.administrator, world.second, world.user, world.reader):
        visited(who, 0)
    return world
