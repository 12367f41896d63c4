"""The situations of the tests of this folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.identity.factors.hands import stale
from tests.plugins.html import ReadingClient
from tests.world import Someone


@pytest.fixture
def moving(settings: Any, tmp_path: Path) -> None:
    """A clock of this test's own, that `clock.move` moves."""
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"


@pytest.fixture
def long_signed_in(signed_in: Callable[[Someone], ReadingClient]) -> Callable[[Someone], ReadingClient]:
    """A browser in which somebody signed in, their second factor given too long ago."""
    return lambda who: stale(signed_in(who))
