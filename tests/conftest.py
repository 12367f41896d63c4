"""What all tests share: the database, the four fixed people, a client that reads pages strictly."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from whitenoise import WhiteNoise

from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, build


@pytest.fixture(scope="session", autouse=True)
def _fast_passwords() -> None:
    """Hashing is slow on purpose; only the tests about it use the real one (fixture `slow_passwords`)."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(scope="session", autouse=True)
def _own_clock(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each process of the run moves a clock of its own: pytest-xdist's workers share everything else in the folder."""
    settings.PARVIS_CLOCK_FILE = tmp_path_factory.mktemp("clock") / "clock"


@pytest.fixture(scope="session", autouse=True)
def _files_found_once() -> Iterator[None]:
    """Each new browser of a test begins by looking at every static file: what the first one found, all others know."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    look = WhiteNoise.update_files_dictionary

    def look_once(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in found:
            before = set(self.files)
            look(self, root, prefix)
            found[root, prefix] = {url: file for url, file in self.files.items() if url not in before}
        self.files.update(found[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", look_once)
        yield


@pytest.fixture(scope="session")
def committed_world(django_db_setup: None, django_db_blocker: Any, _fast_passwords: None) -> World:
    """The world, committed once per test database as its owner."""
    from tests.plugins.database import owner_connection

    with django_db_blocker.unblock():
        application = connections["default"]
        connections["default"] = owner_connection()
        try:
            return build()
        finally:
            connections["default"].close()
            connections["default"] = application


@pytest.fixture
def world(committed_world: World, db: None) -> World:
    """The world, for a test whose own changes are rolled back."""
    return committed_world


@pytest.fixture
def signed_in(world: World) -> Callable[[Someone], ReadingClient]:
    """A browser in which someone has signed in, with a second factor given just now."""

    def browser(who: Someone) -> ReadingClient:
        return inside(ReadingClient(), who.person)

    return browser
