"""Somebody of many establishments, for the tests of this folder."""

import pytest

from tests.world import Someone, World, establishment, someone


@pytest.fixture
def several(world: World, as_owner: object) -> Someone:
    """Somebody with an account in ten more establishments of their own. As the owner."""
    first = someone(establishment("21990000000000", "Commune 00", ("cnracl",)), "Nadia", "Puinel")
    for number in range(1, 10):
        place = establishment(f"219900000000{number:02}", f"Commune {number:02}", ("cnracl",))
        someone(place, "Nadia", "Puinel", person=first.person)
    return first
