"""Tests of this folder move the clock: each has one of its own, so that no other test finds it moved."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _own_clock_of_a_test(settings: Any, tmp_path: Path) -> None:
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"
