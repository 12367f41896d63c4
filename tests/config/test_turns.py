"""Which requests wait for their turn beside the pages, and that the pages do not wait for them."""

import http.client
import inspect
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.urls import URLPattern, get_resolver

from parvis.config.turns import hashes
from parvis.identity import hashing


@pytest.mark.parametrize(
    ("head", "beside"),
    [
        (b"POST /connexion/ HTTP/1.1\r\nHost: x\r\n", True),
        (b"POST /connexion/?suite=/mon-compte/ HTTP/1.1\r\n", True),
        (b"POST http://x/connexion/ HTTP/1.1\r\n", True),
        (b"POST /conne%78ion/ HTTP/1.1\r\n", True),
        (b"\r\nPOST /connexion/ HTTP/1.1\r\n", True),
        (b"POST /mot-de-passe/abcdef/ HTTP/1.1\r\n", True),
        (b"POST /premiere-connexion/abcdef/ HTTP/1.1\r\n", True),
        (b"POST /mon-compte/mot-de-passe/ HTTP/1.1\r\n", True),
        # What has not arrived yet might be one of them.
        (b"", True),
        (b"P", True),
        (b"POST /conne", True),
        (b"GET /connexion/ HTTP/1.1\r\n", False),
        (b"HEAD /connexion/ HTTP/1.1\r\n", False),
        (b"POST /deconnexion/ HTTP/1.1\r\n", False),
        (b"POST /second-facteur/?par=secours HTTP/1.1\r\n", True),
        (b"POST /second-facteur/?x=1&par=secour%73 HTTP/1.1\r\n", True),
        (b"POST /second-facteur/?par=application HTTP/1.1\r\n", False),
        (b"POST /second-facteur/ HTTP/1.1\r\n", False),
        (b"POST /mot-de-passe-oublie/ HTTP/1.1\r\n", False),
        (b"POST /nulle-part/ HTTP/1.1\r\n", False),
        (b"POST //[ HTTP/1.1\r\n", False),
        (b"POST /\xff\xfe HTTP/1.1\r\n", False),
        (b"POST /" + b"x" * 1018, False),
        (b"\x16\x03\x01 not HTTP at all \r\n", False),
    ],
)
def test_requests_that_hash_are_known_by_their_first_bytes(head: bytes, beside: bool) -> None:
    assert hashes(head) is beside


def views(patterns: Any) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from views(pattern.url_patterns)


def test_every_view_that_may_be_turned_away_says_that_it_hashes() -> None:
    """Whoever catches `Busy` hashes; a view that forgot to say so would hold the pages up."""
    declared = {view.__name__ for view in views(get_resolver().url_patterns) if hasattr(view, "hashes")}
    assert {"sign_in", "reset", "longer_password", "first_link", "password"} <= declared
    for view in views(get_resolver().url_patterns):
        source = inspect.getsource(inspect.unwrap(view)) if inspect.isfunction(inspect.unwrap(view)) else ""
        if re.search(r"\bexcept Busy\b", source):
            assert hasattr(view, "hashes"), view.__name__


def test_a_view_that_hashes_stays_itself() -> None:
    def view() -> str:
        return "itself"

    assert hashing.hashes(view) is view
    assert view() == "itself"


# --- The server itself -----------------------------------------------------------------------------------------------
RULES = "hashing_queue = 3\n"
TOKEN = "b" * 32
# How long is too long for anything, on however busy a machine: what hangs is told.
PATIENCE = 120
# `parvis web`, whose passwords are looked at once the test says so, and which shows nobody out of its lobby.
SERVER = """
import sys, time
from pathlib import Path

from parvis.config import command, web
from parvis.identity import hashing

begun, gate = Path(sys.argv[1]), Path(sys.argv[2])
verify, load = hashing.verify_password, web.Web.load


def held(*what):
    begun.touch()
    while not gate.exists():
        time.sleep(0.02)
    return verify(*what)


def loaded(self):
    from parvis.config import turns

    turns.LOBBY_TIME = 3600
    return load(self)


hashing.verify_password, web.Web.load = held, loaded
command.main(["web"])
"""


@dataclass
class Web:
    """The running server; `begun` stands once a password waits to be looked at, `gate` lets all of them through."""

    port: int
    process: "subprocess.Popen[bytes]"
    begun: Path
    gate: Path


def waited_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


@contextmanager
def web(tmp_path: Path) -> Iterator[Web]:
    """`parvis web` with one worker."""
    rules, begun, gate = tmp_path / "rules.toml", tmp_path / "begun", tmp_path / "gate"
    rules.write_text(RULES)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    given = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, begun, gate],
        env={
            **given,
            "DATABASE_URL": address,
            "PORT": str(port),
            "WEB_CONCURRENCY": "1",
            "PARVIS_RULES": str(rules),
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "PARVIS_ADDRESS": f"http://127.0.0.1:{port}",
        },
    )

    def listens() -> bool:
        assert process.poll() is None
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        return False

    try:
        waited_for(listens)
        yield Web(port, process, begun, gate)
    finally:
        gate.touch()
        # Politely: its worker's connections to the database end with it.
        process.terminate()
        process.wait(PATIENCE)


def ask(port: int, login: str = "") -> int:
    """The sign-in page, or a try where a name is given; its status."""
    made = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    if login:
        body = f"login={login}&password=faux&csrfmiddlewaretoken={TOKEN}"
        made.request(
            "POST",
            "/connexion/",
            body,
            {"Cookie": f"parvis_csrf={TOKEN}", "Content-Type": "application/x-www-form-urlencoded"},
        )
    else:
        made.request("GET", "/connexion/")
    status = made.getresponse().status
    made.close()
    return status


def forget(owner: Any) -> None:
    owner.execute("DELETE FROM identity_counter")
    owner.execute("DELETE FROM identity_rate")


def test_pages_do_not_wait_for_passwords_and_whoever_comes_too_late_is_asked_to_come_back(
    db: None, owner: Any, tmp_path: Path
) -> None:
    with web(tmp_path) as server:
        ask(server.port)
        statuses: list[int] = []
        people = [
            threading.Thread(target=lambda n=n: statuses.append(ask(server.port, f"p{n}@nulle-part.example")))
            for n in range(8)
        ]
        for person in people:
            person.start()
        # The first one's password is being looked at, three wait, the others have been turned away.
        waited_for(lambda: statuses.count(503) == 4 and server.begun.exists())
        assert [ask(server.port) for _ in range(5)] == [200] * 5
        assert statuses == [503] * 4, "four are still at it"
        # Told to stop, it answers those who wait.
        server.process.terminate()
        server.gate.touch()
        for person in people:
            person.join(PATIENCE)
        assert sorted(statuses) == [200] * 4 + [503] * 4
        assert server.process.wait(PATIENCE) == 0
    forget(owner)


def test_whoever_has_given_up_costs_nothing(db: None, owner: Any, tmp_path: Path) -> None:
    # Of this test alone: others that commit leave theirs.
    forget(owner)
    with web(tmp_path) as server:
        first = threading.Thread(target=ask, args=(server.port, "premier@nulle-part.example"))
        first.start()
        waited_for(server.begun.exists)
        body = f"login=parti@nulle-part.example&password=faux&csrfmiddlewaretoken={TOKEN}"
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", server.port)) as gone:
                gone.sendall(
                    (
                        f"POST /connexion/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: parvis_csrf={TOKEN}\r\n"
                        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
                    ).encode()
                )
        server.gate.touch()
        first.join(PATIENCE)
        assert ask(server.port, "dernier@nulle-part.example") == 200
        # Only those who waited for the answer tried.
        assert owner.execute("SELECT count(*) FROM identity_counter WHERE key LIKE 'n:%'").fetchone() == (2,)
    forget(owner)


def test_connections_that_say_nothing_hold_nobody_up(db: None, owner: Any, tmp_path: Path) -> None:
    """A browser opens some before it has anything to ask, and asks later on one of them."""
    with web(tmp_path) as server, ExitStack() as opened:
        silent = [opened.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(6)]
        # While nobody is shown out, whoever had to wait for them would wait for ever.
        assert [ask(server.port) for _ in range(3)] == [200] * 3
        for one in silent:
            one.settimeout(PATIENCE)
        for one in silent[:2]:
            one.sendall(b"GET /connexion/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert one.recv(1024).startswith(b"HTTP/1.1 200")
        # Who leaves without a word is let go, and the others still wait.
        silent[2].close()
        silent[3].sendall(b"HEAD /connexion/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert silent[3].recv(1024).startswith(b"HTTP/1.1 200")
