"""The situations of the tests of this folder: a small provider, and another, on real ports of this machine."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from joserfc.jwk import Key, RSAKey

from parvis.identity.providers import client as over_the_network
from tests.identity.providers.hands import OTHER, SLUG, configure, described
from tests.identity.providers.small_provider import SECRET, SmallProvider, serving

Configure = Callable[..., None]


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No proxy of whoever runs the tests stands between; nothing is known of a provider of another test."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PETIT_SECRET", SECRET)
    # `configure` writes to the settings themselves: what stood there comes back at the end.
    monkeypatch.setattr(settings, "PARVIS_PROVIDERS_FILE", "")
    over_the_network.forget()
    yield
    over_the_network.forget()


@pytest.fixture(scope="session")
def key() -> Key:
    """One key for all: making one takes a while."""
    return RSAKey.generate_key(2048, auto_kid=True)


@pytest.fixture(scope="session")
def another_key() -> Key:
    """A key that the provider never published."""
    return RSAKey.generate_key(2048, auto_kid=True)


@pytest.fixture
def small(db: None, key: Key, settings: Any, tmp_path: Path) -> Iterator[SmallProvider]:
    """A provider, known as « petit »."""
    with serving(SmallProvider(key=key)) as provider:
        configure(tmp_path, described(SLUG, provider))
        yield provider


@pytest.fixture
def other(small: SmallProvider, another_key: Key, settings: Any, tmp_path: Path) -> Iterator[SmallProvider]:
    """A second provider beside the first, known as « autre »."""
    with serving(SmallProvider(key=another_key)) as provider:
        configure(tmp_path, described(SLUG, small), described(OTHER, provider))
        yield provider


@pytest.fixture
def as_described(small: SmallProvider, settings: Any, tmp_path: Path) -> Configure:
    """Describe the small provider otherwise."""

    def describe(**more: Any) -> None:
        configure(tmp_path, described(SLUG, small, **more))

    return describe
