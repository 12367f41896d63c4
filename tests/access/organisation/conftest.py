"""The situations of the tests of this folder."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as real

from parvis.access.models import Profile
from parvis.ground import clock
from tests.access.organisation.hands import Centre, employers, give
from tests.world import World, establishment, someone


@pytest.fixture
def centre(world: World, as_owner: object) -> Centre:
    """A centre de gestion with six clients, of which the world's first establishment is one."""
    place = establishment("28740006900018", "Centre de gestion de la Haute-Savoie", ("cnracl",))
    place.acts_for_others = True
    place.save(update_fields=["acts_for_others"])
    made = Centre(
        place,
        someone(place, "Sophie", "Roche", Profile.ADMINISTRATOR),
        someone(place, "Victor", "Tissot", Profile.ADMINISTRATOR),
        someone(place, "Hugo", "Blanc"),
        someone(place, "Nora", "Vidal"),
    )
    made.clients = [world.here, *employers(5)]
    give(place, made.clients)
    return made


@pytest.fixture
def move() -> Iterator[Callable[..., Any]]:
    """Moves the clock; put back after the test."""
    yield clock.move
    real.PARVIS_CLOCK_FILE.unlink(missing_ok=True)
    clock._read = None
