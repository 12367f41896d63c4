"""The situations of the tests of this folder."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as real

from parvis.access.levels import Level
from parvis.access.models import Assignment, Profile
from parvis.establishments.models import Establishment
from parvis.ground import clock
from tests.world import Someone, World, establishment, someone


@dataclass(frozen=True)
class Centre:
    """A centre de gestion that may act for others: who administers it, and who works there."""

    place: Establishment
    chief: Someone
    agent: Someone
    aside: Someone

    def assign(self, client: Establishment, level: Level = Level.WRITE) -> None:
        """The agent works for the client; to be called as the owner."""
        self.assign_to(self.agent, client, level)

    def assign_to(self, who: Someone, client: Establishment, level: Level = Level.WRITE) -> None:
        """Somebody of the organisation works for the client; to be called as the owner."""
        Assignment.objects.create(
            establishment=self.place,
            client=client,
            membership=who.membership,
            level=level,
            granted_at=clock.now(),
            granted_by=self.chief.membership.ref,
        )


@pytest.fixture
def centre(world: World, as_owner: object) -> Centre:
    """Marked « peut agir pour d’autres », beside the two establishments of the world."""
    place = establishment("28740006900018", "Centre de gestion de la Haute-Savoie", ("cnracl",))
    place.acts_for_others = True
    place.save(update_fields=["acts_for_others"])
    made = Centre(
        place,
        someone(place, "Sophie", "Roche", Profile.ADMINISTRATOR),
        someone(place, "Hugo", "Blanc"),
        someone(place, "Nora", "Vidal"),
    )
    made.assign(world.here)
    return made


@pytest.fixture
def move() -> Iterator[Callable[..., Any]]:
    """Moves the clock; put back after the test."""
    yield clock.move
    real.PARVIS_CLOCK_FILE.unlink(missing_ok=True)
    clock._read = None
