"""Who writes to the funds and who answers, for the tests of this folder."""

import pytest

from tests.backoffice.hands import fresh
from tests.exchanges.hands import Office, SignedIn, Writer
from tests.world import World


@pytest.fixture
def lea(world: World, signed_in: SignedIn) -> Writer:
    """Holds « Contrats » at « Lecture seule » and « Mon établissement » at « Modification »."""
    return Writer(signed_in(world.user), world.user)


@pytest.fixture
def noemie(world: World) -> Office:
    return Office(fresh(world.advisers["first"]))
