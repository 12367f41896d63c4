"""The situations of the tests of this folder."""

import pytest

from tests.access.unblocking.hands import block
from tests.world import Someone, World


@pytest.fixture
def blocked(world: World) -> Someone:
    """Léa: her password is no longer accepted from an unknown browser, until somebody unblocks her."""
    return block(world.user)
