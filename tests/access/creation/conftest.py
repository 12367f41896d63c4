"""The situations of the tests of this folder."""

import pytest

from tests.access.creation.hands import SignedIn
from tests.plugins.html import ReadingClient
from tests.world import World


@pytest.fixture
def browser(world: World, signed_in: SignedIn) -> ReadingClient:
    return signed_in(world.administrator)


@pytest.fixture
def base(world: World) -> str:
    return f"/etablissements/{world.here.siret}/comptes/creer/"
