"""The whole demo, started and stopped as a person would: `parvis demo` in a process of its own, spoken to by HTTP."""

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.second_factor import Apps

# How long is too long for anything, on however busy a machine: what hangs is told.
READY, STOP, MAIL = 600.0, 120.0, 120.0


@dataclass(frozen=True)
class Known:
    """Somebody whom `demo.json` tells."""

    name: str
    role: str
    establishment: str
    siret: str
    identifier: str
    password: str
    totp_secret: str | None

    @property
    def home(self) -> str:
        return f"/etablissements/{self.siret}/"

    @property
    def of_office(self) -> bool:
        """Whether they are an adviser."""
        return self.role.startswith(("conseiller", "superviseur"))


@dataclass(frozen=True)
class Demo:
    """The running demo."""

    address: str
    data: Path
    people: dict[str, Known]
    apps: Apps

    @property
    def offset(self) -> int:
        """By how many seconds the demo's clock was moved."""
        moved = self.data / "clock"
        return int(moved.read_text() or 0) if moved.exists() else 0

    def now(self) -> float:
        """The demo's clock, in seconds."""
        return time.time() + self.offset

    def move(self, seconds: int) -> None:
        """The demo's clock moved on, as `parvis demo clock` does, which knows no seconds."""
        fresh = self.data / "clock.new"
        fresh.write_text(str(self.offset + seconds))
        fresh.replace(self.data / "clock")

    def parvis(self, *words: str) -> str:
        """Run a word of the `parvis` command beside the demo; returns what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "parvis.config.command", *words],
            env=_environment(self.data),
            capture_output=True,
            text=True,
            timeout=READY,
        )
        assert done.returncode == 0, f"parvis {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextlib.contextmanager
    def later(self, by: str) -> Iterator[None]:
        """The demo's clock moved (`+16d`), then put back to where it was."""
        before = self.offset
        self.parvis("demo", "clock", by)
        try:
            yield
        finally:
            self.parvis("demo", "clock", "reset")
            self.move(before)

    def mails(self) -> list[dict[str, Any]]:
        """The mailbox, the newest first."""
        place = urlsplit(self.address)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        try:
            connection.request("GET", "/demo/courriels.json")
            answer = connection.getresponse()
            assert answer.status == 200
            found: list[dict[str, Any]] = json.loads(answer.read())
            return found
        finally:
            connection.close()

    def mail(self, to: str, about: str = "", count: int = 1, link: str = "") -> dict[str, Any]:
        """The newest e-mail to an address (with such a link), once there are `count` of them; waits for the worker."""
        limit = time.monotonic() + MAIL
        while True:
            found = [mail for mail in self.mails() if mail["to"] == [to] and about in mail["subject"]]
            found = [mail for mail in found if not link or any(link in one for one in mail["links"])]
            if len(found) >= count:
                return found[0]
            assert time.monotonic() < limit, f"{len(found)} e-mail(s) « {about} » to {to}, not {count}"
            time.sleep(0.2)

    def first_link(self, to: str, count: int = 1) -> str:
        """The address of first connection in the newest e-mail to somebody that has one."""
        with_one = self.mail(to, count=count, link="/premiere-connexion/")
        (link,) = [link for link in with_one["links"] if "/premiere-connexion/" in link]
        return str(link)


def _environment(data: Path, **more: str) -> dict[str, str]:
    """Not those of the tests, which have a database and settings of their own."""
    ours = ("PARVIS_", "DATABASE_", "DJANGO_")
    outside = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**outside, "EMAIL_URL": "", "PARVIS_DATA_DIR": str(data), **more}


def free_port() -> int:
    """A port nobody listens on, under those that the system hands out by itself."""
    for port in random.SystemRandom().sample(range(20_000, 32_768), 50):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("No free port between 20000 and 32767.")


def left_running(data: Path) -> list[str]:
    """The processes that still belong to a data directory, by their command or environment."""
    mine, found = os.getpid(), []
    if not Path("/proc/self").exists():
        told = subprocess.run(["ps", "-Awwo", "pid=,command="], capture_output=True, text=True, check=True)
        return [line for line in told.stdout.splitlines() if str(data) in line]
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if int(process.name) != mine and str(data).encode() in command + (process / "environ").read_bytes():
                found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


@contextlib.contextmanager
def running_demo() -> Iterator[Demo]:
    """Start the demo on an empty data directory; stop it as Ctrl+C does, and look that nothing of it is left."""
    # Named as the tests' other folders: what a killed run leaves, the next one sweeps.
    data = Path(tempfile.mkdtemp(prefix="parvis-test-journeys-"))
    data.chmod(0o711)
    port = free_port()
    said = data / "said.txt"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "parvis.config.command", "demo"],
            env=_environment(data, PORT=str(port)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, said)
        told = json.loads((data / "demo.json").read_text())
        assert told["address"] == f"http://localhost:{port}"
        people = {person["role"]: Known(**person) for person in told["people"]}
        secrets = {one.identifier: one.totp_secret for one in people.values() if one.totp_secret}
        yield Demo(told["address"], data, people, Apps(secrets))
    finally:
        early = process.poll()
        process.send_signal(signal.SIGINT)
        try:
            code = process.wait(STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        output_text = said.read_text()
        left = left_running(data)
        if not left:
            shutil.rmtree(data, ignore_errors=True)
    assert early is None, (
        f"« parvis demo » ended by itself, or was stopped by something else, with {early}:\n{output_text}"
    )
    assert code == 0, f"« parvis demo » ended with {code}:\n{output_text}"
    assert not left, f"Still running after the demo's end: {left}"
    assert "Traceback" not in output_text, output_text


def _wait(process: subprocess.Popen[bytes], said: Path) -> None:
    limit = time.monotonic() + READY
    while "Prêt en" not in said.read_text():
        assert process.poll() is None, f"« parvis demo » ended at once:\n{said.read_text()}"
        assert time.monotonic() < limit, f"« parvis demo » is not ready after {READY:.0f} s:\n{said.read_text()}"
        time.sleep(0.1)
