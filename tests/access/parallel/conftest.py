"""The situations of the tests of this folder."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from tests.access.parallel.hands import Made, take_back
from tests.plugins.database import owner_connection


@pytest.fixture
def committed(db: None, _fast_passwords: None) -> Iterator[Callable[[Made], Any]]:
    """Run something as the owner and commit it. The test itself is in no transaction: its connection is a fresh one."""
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
        run(take_back)
        mine.close()
        connections["default"] = held
