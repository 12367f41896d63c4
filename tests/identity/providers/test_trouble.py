"""A provider that is slow, down, or answers nonsense: a clear page within seconds, and the password still signs in."""

import datetime
import itertools
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.identity.providers.conftest import Configure
from tests.identity.providers.hands import (
    at_provider,
    configure,
    described,
    knows,
    link,
    query,
    set_out,
    signed_in_as,
    there_and_back,
)
from tests.identity.providers.small_provider import DELETED, Slow, SmallProvider, Trouble, failing
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, World

DISCOVERY = "/.well-known/openid-configuration"
TROUBLES: dict[str, Trouble] = {
    "500": failing(),
    "503": failing("503 Service Unavailable"),
    "a redirection": failing("302 Found"),
    "HTML instead of JSON": failing("200 OK"),
    "JSON cut": failing("200 OK", "application/json", b'{"issuer": '),
    "a list": failing("200 OK", "application/json", b"[]"),
    "JSON too deep": failing("200 OK", "application/json", b"[" * 100_000),
    "not UTF-8": failing("200 OK", "application/json", b'{"a": "\xff"}'),
    "empty": failing("200 OK", "application/json", b""),
    "too long": failing("200 OK", "application/json", b'{"a": "' + b"x" * 600_000 + b'"}'),
    "404": failing("404 Not Found", "application/json", b"{}"),
}


def unreachable(answer: Any, client: ReadingClient) -> bool:
    page = answer.content.decode()
    return (
        answer.status_code == 503
        and "ne répond pas" in page
        and "Se connecter avec mon identifiant" in page
        and signed_in_as(client) is None
    )


PATHS = [DISCOVERY, "/token", "/keys", "/userinfo"]


@pytest.fixture
def slow(small: SmallProvider, as_described: Configure) -> Iterator[Slow]:
    """An answer of the small provider that is not waited for longer than two seconds."""
    as_described(timeout=2)
    held = Slow()
    yield held
    held.over.set()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_goes_wrong_there_the_page_says_so(
    trouble: str, path: str, small: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    small.trouble[path] = TROUBLES[trouble]
    answer = client.get("/connexion/par/petit/") if path == DISCOVERY else there_and_back(knows(client, world.user))
    assert unreachable(answer, client)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_that_takes_too_long_is_not_waited_for(
    path: str, small: SmallProvider, slow: Slow, world: World, client: ReadingClient
) -> None:
    link(world.user)
    small.trouble[path] = slow
    answer = client.get("/connexion/par/petit/") if path == DISCOVERY else there_and_back(knows(client, world.user))
    assert unreachable(answer, client)
    assert not slow.came


@pytest.mark.parametrize("trouble", ["500", "slow"])
def test_the_password_signs_in_while_the_provider_is_in_trouble(
    trouble: str, small: SmallProvider, slow: Slow, world: World, client: ReadingClient
) -> None:
    small.trouble[DISCOVERY] = slow if trouble == "slow" else TROUBLES[trouble]
    page = client.get("/connexion/")
    assert "Se connecter avec Petit Connect" in page.content.decode()
    assert small.asked == []
    assert unreachable(client.get("/connexion/par/petit/", {"suite": "/mon-compte/"}), client)
    knows(client, world.user)
    answer = client.post("/connexion/", {"login": world.user.identifier, "password": PASSWORD})
    assert answer.status_code == 302
    assert signed_in_as(client) == world.user.person.pk


def test_the_page_that_was_wanted_is_not_lost_with_the_provider(small: SmallProvider, client: ReadingClient) -> None:
    small.trouble[DISCOVERY] = failing()
    page = client.get("/connexion/par/petit/", {"suite": "/mon-compte/"}).content.decode()
    assert page.count("?suite=%2Fmon-compte%2F") == 2


def test_a_provider_that_is_down_is_told(
    small: SmallProvider, world: World, client: ReadingClient, tmp_path: Any, settings: Any
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        small.issuer = f"http://127.0.0.1:{closed.getsockname()[1]}"
    configure(tmp_path, described("petit", small))
    assert unreachable(client.get("/connexion/par/petit/"), client)


@contextmanager
def deaf() -> Iterator[socket.socket]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        yield listening


def calls(listening: socket.socket) -> int:
    """How many have come to a deaf port."""
    listening.setblocking(False)
    for count in itertools.count():
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return count
    raise AssertionError


def test_a_provider_that_never_says_a_word_is_waited_for_once(
    small: SmallProvider, world: World, client: ReadingClient, tmp_path: Any, settings: Any
) -> None:
    settings.PARVIS_PROVIDERS_REST = datetime.timedelta(hours=1)
    with deaf() as port:
        small.issuer = f"http://127.0.0.1:{port.getsockname()[1]}"
        configure(tmp_path, described("petit", small, timeout=1))
        started = time.monotonic()
        assert unreachable(client.get("/connexion/par/petit/"), client)
        assert time.monotonic() - started > 0.9
        # While it is down, no request of ours asks it anything.
        for _ in range(2):
            assert unreachable(client.get("/connexion/par/petit/"), client)
        assert calls(port) == 1


def test_a_provider_that_was_in_trouble_is_asked_again_after_a_while(
    small: SmallProvider, world: World, client: ReadingClient, settings: Any
) -> None:
    settings.PARVIS_PROVIDERS_REST = settings.PARVIS_PROVIDERS_REST * 0
    link(world.user)
    small.trouble[DISCOVERY] = failing()
    assert unreachable(client.get("/connexion/par/petit/"), client)
    small.trouble.clear()
    there_and_back(knows(client, world.user))
    assert signed_in_as(client) == world.user.person.pk


def test_a_failure_between_there_and_back_can_be_begun_again(
    small: SmallProvider, world: World, client: ReadingClient, settings: Any
) -> None:
    settings.PARVIS_PROVIDERS_REST = settings.PARVIS_PROVIDERS_REST * 0
    link(world.user)
    small.trouble["/token"] = failing()
    assert unreachable(there_and_back(knows(client, world.user)), client)
    small.trouble.clear()
    there_and_back(client)
    assert signed_in_as(client) == world.user.person.pk


@pytest.mark.parametrize(
    "metadata",
    [
        {"authorization_endpoint": DELETED},
        {"token_endpoint": "http://ailleurs.example/token"},
        {"token_endpoint": 12},
        {"jwks_uri": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": "http://ailleurs.example/"},
        {"end_session_endpoint": "//ailleurs.example/"},
        {"authorization_endpoint": "https://u:p@ailleurs.example/"},
        {"authorization_endpoint": "https://[x/"},
    ],
)
def test_metadata_that_lead_nowhere_safe_are_not_followed(
    metadata: dict[str, Any], small: SmallProvider, client: ReadingClient
) -> None:
    small.metadata = metadata
    assert unreachable(client.get("/connexion/par/petit/"), client)


@pytest.mark.parametrize(
    "keys", [b'{"keys": []}', b'{"keys": {}}', b'{"keys": [{"kty": "RSA"}, 1, {"kty": "oct", "k": "AAAA"}]}']
)
def test_keys_that_are_none_sign_nobody_in(
    keys: bytes, small: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    small.trouble["/keys"] = failing("200 OK", "application/json", keys)
    assert unreachable(there_and_back(knows(client, world.user)), client)


def test_a_wrong_secret_of_ours_is_told_as_a_sign_in_to_begin_again(
    small: SmallProvider, world: World, client: ReadingClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("PETIT_SECRET", "un autre secret")
    configure(tmp_path, described("petit", small))
    link(world.user)
    answer = there_and_back(knows(client, world.user))
    assert (answer.status_code, signed_in_as(client)) == (400, None)


@pytest.mark.parametrize(
    "said", [b"{}", b'{"id_token": 1, "access_token": "x"}', b'{"id_token": "", "access_token": ""}']
)
def test_an_answer_without_tokens_signs_nobody_in(
    said: bytes, small: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    small.trouble["/token"] = failing("200 OK", "application/json", said)
    assert unreachable(there_and_back(knows(client, world.user)), client)


def test_what_is_known_of_a_provider_is_asked_once(small: SmallProvider, world: World, client: ReadingClient) -> None:
    link(world.user)
    for _ in range(3):
        there_and_back(knows(client, world.user))
        client.post("/deconnexion/")
    assert (small.count(DISCOVERY), small.count("/keys"), small.count("/token")) == (1, 1, 3)


def test_neither_secrets_nor_tokens_nor_subjects_are_logged(
    small: SmallProvider, world: World, client: ReadingClient, caplog: pytest.LogCaptureFixture
) -> None:
    link(world.user)
    small.claims = {"nonce": "un autre"}
    address = set_out(knows(client, world.user))
    client.get(at_provider(address))
    said = caplog.text
    assert "petit" in said
    assert "compte-de-lea" not in said
    assert query(address)["state"] not in said
