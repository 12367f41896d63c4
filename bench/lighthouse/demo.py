"""The demo that Lighthouse looks at: started on a port of its own, signed in to as somebody does with their app."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyotp

READY = 600.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Demo:
    """The running demo: where it is, whom it tells."""

    address: str
    people: dict[str, dict[str, str]]

    def cookies(self, role: str) -> str:
        """The header `Cookie` of a browser in which somebody has just signed in with their second factor."""
        who = self.people[role]
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = self._sent(browser, "/connexion/", {"login": who["identifier"], "password": who["password"]})
        if "/second-facteur/" in page:
            self._sent(browser, "/second-facteur/", {"code": pyotp.TOTP(who["totp_secret"]).now()})
        if not any(cookie.name == "parvis_session" for cookie in jar):
            raise SystemExit(f"La connexion de « {role} » à la démonstration a échoué.")
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)

    def _sent(self, browser: urllib.request.OpenerDirector, path: str, said: dict[str, str]) -> str:
        """Fill the form of a page in; the address where that leads."""
        with browser.open(self.address + path, timeout=60) as answer:
            token = _TOKEN.search(answer.read().decode())
        if token is None:
            raise SystemExit(f"La page {path} de la démonstration n’a pas de formulaire.")
        body = urllib.parse.urlencode({**said, "csrfmiddlewaretoken": token[1]}).encode()
        request = urllib.request.Request(self.address + path, body, {"Referer": self.address + path})
        with browser.open(request, timeout=60) as answer:
            return str(answer.url)


@contextmanager
def demo(data: Path) -> Iterator[Demo]:
    """Started in a process of its own, stopped at the end; its data stay, so that the next start is quick."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o711)
    told = {**os.environ, "PORT": str(port), "PARVIS_DATA_DIR": str(data)}
    with (data / "lighthouse.log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "parvis.config.command", "demo"],
            env=told, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        yield _ready(running, data, f"http://localhost:{port}")
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(60)
        except subprocess.TimeoutExpired:
            running.kill()


def _ready(running: "subprocess.Popen[bytes]", data: Path, address: str) -> Demo:
    until = time.monotonic() + READY
    while time.monotonic() < until and running.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/connexion/", timeout=30) as answer:
                answer.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
            continue
        people = json.loads((data / "demo.json").read_text())["people"]
        return Demo(address, {one["role"]: one for one in people})
    raise SystemExit(f"La démonstration n’a pas démarré : {data / 'lighthouse.log'} dit pourquoi.")
