"""The situations of the tests of this folder."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from tests.access.parallel.hands import Made, place, take_back
from tests.plugins.database import owner_connection
from tests.world import Someone, someone


def _forget() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'identity.tell_lock'")
    take_back()


@pytest.fixture
def committed(db: None, _fast_passwords: None) -> Iterator[Callable[[Made], Any]]:
    """Run something as the owner and commit it; what the test made is taken back after it."""
    held = connections["default"]
    mine = type(held)({**held.settings_dict}, "default")
    connections["default"] = mine

    def run(make: Made) -> Any:
        connections["default"] = owner_connection()
        try:
            return make()
        finally:
            connections["default"].close()
            connections["default"] = mine

    try:
        yield run
    finally:
        run(_forget)
        mine.close()
        connections["default"] = held


@pytest.fixture
def person(committed: Callable[[Made], Any]) -> Someone:
    """Somebody with a password, committed."""
    made: Someone = committed(lambda: someone(place(), "Zoé", "Essai"))
    return made
