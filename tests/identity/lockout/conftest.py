"""The situations of the tests of this folder."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parvis.ground import clock


@pytest.fixture
def later(settings: Any, tmp_path: Path) -> Callable[[datetime.timedelta], object]:
    """Move the clock, one of this test's own."""
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"
    return clock.move
