"""The ordinary way with a real identity server (Canaille): the first time, the next one, and out again."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from django.conf import settings as ours

from tests.identity.factors.hands import CHALLENGE, code_now
from tests.identity.providers import canaille_server
from tests.identity.providers.hands import configure, events, linked, sessions, signed_in_as, written
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, World

SLUG = "canaille"
BACK, LEFT = (f"http://127.0.0.1:8000/connexion/par/{SLUG}/{end}/" for end in ("retour", "fin"))


@pytest.fixture(scope="session")
def canaille() -> Iterator[str]:
    """Canaille's address, once it answers; one process per process of the run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARVIS", "DATABASE", "DJANGO"))}
    process = subprocess.Popen(
        [sys.executable, canaille_server.__file__, str(port), BACK, LEFT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=kept,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=120)


@pytest.fixture
def with_canaille(canaille: str, db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Canaille, as the file of providers describes it."""
    monkeypatch.setenv("CANAILLE_SECRET", canaille_server.SECRET)
    keys = {
        "name": "Canaille",
        "issuer": canaille,
        "client_id": canaille_server.CLIENT_ID,
        "secret_variable": "CANAILLE_SECRET",
        "scopes": ["openid", "profile", "email"],
        "logout": True,
    }
    configure(tmp_path, f"[{SLUG}]\n" + "".join(f"{name} = {written(value)}\n" for name, value in keys.items()))
    return canaille


class There:
    """The same person's browser at Canaille: cookies, forms, redirections."""

    def __init__(self) -> None:
        self.browser = httpx.Client(timeout=60, verify=False)

    def go(self, address: str) -> str:
        """Open an address, sign in if asked to; the address of ours that Canaille sends back to, "" if it does not."""
        answer = self.browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["Location"])
                if f"{urlsplit(target).scheme}://{urlsplit(target).netloc}" == ours.PARVIS_ADDRESS:
                    return f"{urlsplit(target).path}?{urlsplit(target).query}"
                answer = self.browser.get(target)
            elif 'name="login"' in answer.text or 'name="password"' in answer.text:
                asked = "login" if 'name="login"' in answer.text else "password"
                typed = canaille_server.USER if asked == "login" else canaille_server.PASSWORD
                token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
                assert token is not None
                answer = self.browser.post(str(answer.url), data={"csrf_token": token[1], asked: typed, "answer": ""})
            else:
                break
        return ""

    def asks_to_sign_in(self, address: str) -> bool:
        """Whether somebody would have to sign in there."""
        return 'name="login"' in self.browser.get(address, follow_redirects=True).text


def test_a_person_comes_in_with_both_then_with_canaille_alone_and_leaves_both(
    with_canaille: str, world: World, client: ReadingClient
) -> None:
    there = There()

    # The first time: nobody is known by that account, the password and the second factor say who it is.
    back = there.go(client.get(f"/connexion/par/{SLUG}/")["Location"])
    assert client.get(back)["Location"] == "/connexion/"
    assert "Léa Martin" in client.get("/connexion/").content.decode()
    assert client.post("/connexion/", {"login": world.user.identifier, "password": PASSWORD})["Location"] == CHALLENGE
    assert client.post(CHALLENGE, {"code": code_now()})["Location"] == "/connexion/relier/"
    assert client.post("/connexion/relier/", {"choix": "relier"})["Location"] == "/"
    assert linked(world.user) == [(SLUG, canaille_server.USER)]
    assert client.post("/deconnexion/")["Location"] == "/connexion/"

    # The next one: Canaille still knows this browser, and so does Parvis.
    back = there.go(client.get(f"/connexion/par/{SLUG}/")["Location"])
    assert client.get(back)["Location"] == "/"
    assert signed_in_as(client) == world.user.person.pk
    assert events(world.user)[-1] == ("signed_in", {"method": "provider", "factor": "browser", "provider": SLUG})

    # Out of Parvis, then out of Canaille, which sends the browser back.
    leave = client.post("/deconnexion/")["Location"]
    assert sessions(world.user) == []
    address = client.get(leave)["Refresh"].partition("; url=")[2]
    left = there.go(address)
    assert left.startswith(f"/connexion/par/{SLUG}/fin/?state=")
    assert client.get(left)["Location"] == "/connexion/"
    assert "déconnecté de Parvis et de" in client.get("/connexion/").content.decode()
    assert there.asks_to_sign_in(client.get(f"/connexion/par/{SLUG}/")["Location"])


def test_the_answer_of_canaille_serves_once(with_canaille: str, world: World, client: ReadingClient) -> None:
    there = There()
    back = there.go(client.get(f"/connexion/par/{SLUG}/")["Location"])
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 400
