"""The situations of the tests of this folder."""

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as real

from parvis.ground import clock


@pytest.fixture
def move() -> Iterator[Callable[[datetime.timedelta], datetime.datetime]]:
    """Moves the clock; put back after the test."""
    yield clock.move
    real.PARVIS_CLOCK_FILE.unlink(missing_ok=True)
    clock._read = None
