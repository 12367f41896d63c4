"""The situations of the tests of this folder."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as real

from parvis.access.terms import versions
from parvis.access.terms.versions import Version
from parvis.ground import clock
from tests.access.terms.hands import DAY, FIRST, Texts, announced, today
from tests.world import World


@pytest.fixture
def texts(tmp_path: Path, settings: Any) -> Iterator[Texts]:
    """The versions are those that the test writes."""
    settings.PARVIS_TERMS_DIR = tmp_path / "texts"
    yield Texts(settings.PARVIS_TERMS_DIR)
    versions._read.cache_clear()


@pytest.fixture
def move() -> Iterator[Callable[[datetime.timedelta], datetime.datetime]]:
    """Moves the clock; put back after the test."""
    yield clock.move
    real.PARVIS_CLOCK_FILE.unlink(missing_ok=True)
    clock._read = None


@pytest.fixture
def second(texts: Texts, world: World, as_owner: object) -> Version:
    """A second version, published and applied today, announced to the first establishment and accepted by nobody."""
    texts.write(1, FIRST)
    made = texts.write(2, today(), changes="Les sauvegardes sont décrites.", body="## 1. Objet\n\nLe nouveau texte.")
    announced(world.here, 2, today())
    return made


@pytest.fixture
def closed(second: Version, world: World, move: Callable[[datetime.timedelta], Any]) -> Version:
    """The days of grace of the second version are over."""
    move(real.PARVIS_TERMS_GRACE + DAY)
    return second
