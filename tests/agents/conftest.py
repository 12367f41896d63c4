"""Two establishments, an agent in each under one NIR, and what a declaration says of them."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from parvis.agents import nir
from parvis.agents.actions import Declared, enrol
from parvis.ground import tenancy
from tests.world import World

NIR = "2850474010001"
SEPTEMBER = datetime.date(2026, 9, 1)


def declared(rank: int = 1, **more: Any) -> Declared:
    """A contract agent of a declaration."""
    values = {
        "nir": f"28504740100{rank:02d}", "surname": f"Nom{rank}", "first_names": "Awa", "scheme": "ircantec",
        "status": "contract", "entered_on": datetime.date(2025, 1, 1), "born_on": datetime.date(1985, 4, 3),
    }  # fmt: skip
    return Declared(**(values | more))


@pytest.fixture
def enrolled(world: World) -> Callable[..., dict[str, int]]:
    """Enter people as a declaration does; the ids by key."""

    def make(*people: Declared, where: int = 0, incomplete: bool = False) -> dict[str, int]:
        place = where or world.here.pk
        with tenancy.scope(establishment=place):
            return enrol(
                establishment=place, people=people or [declared()], declaration=uuid.uuid4(), incomplete=incomplete
            )

    return make


@pytest.fixture
def agent(enrolled: Callable[..., dict[str, int]]) -> int:
    """One agent of Annecy."""
    return enrolled(declared(nir=NIR))[nir.key(NIR)]
