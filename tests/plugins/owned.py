"""The Django connection under the owner's role, for what runs as the owner: imports, seed, `parvis daily`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections, transaction


@pytest.fixture
def as_owner(db: None, owner: Any) -> Iterator[Any]:
    """Django's default connection is the owner's for the time of the test; everything is rolled back after it."""
    application = connections["default"]
    account = {"USER": owner.info.user, "PASSWORD": owner.info.password}
    mine = type(application)({**application.settings_dict, **account}, "default")
    connections["default"] = mine
    try:
        with transaction.atomic():
            yield mine
            transaction.set_rollback(True)
    finally:
        connections["default"] = application
        mine.close()
