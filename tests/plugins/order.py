"""The browser journeys first: one worker of pytest-xdist takes them all, and starts one demo for all of them.

`make test` hands out a first share to each worker, in order, and lets whoever has done theirs take from the others'
ends (`--dist worksteal`): the longest tests come first, and nobody is left alone with them at the end.
"""

from collections.abc import Iterator

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """After pytest-randomly has shuffled, and keeping its order for the rest."""
    yield
    items.sort(key=lambda item: not item.nodeid.startswith("tests/journeys/"))
