"""The situations of the tests of this folder."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from parvis.ground import clock


@pytest.fixture
def later(settings: Any, tmp_path: Path) -> Callable[[datetime.timedelta], object]:
    """Move the clock, one of this test's own."""
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"
    return clock.move


@pytest.fixture
def production_hasher(settings: Any) -> Iterator[None]:
    """The hasher of production, and nobody's hash made with it."""
    from parvis.identity.actions import sign_in

    settings.PASSWORD_HASHERS = ["parvis.identity.hashing.Argon2"]
    kept, sign_in._dummy = sign_in._dummy, ""
    yield
    sign_in._dummy = kept
