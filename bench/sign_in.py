"""Signing in: how many whole sign-ins a second with Argon2id on, and a storm of tries beside the list of accounts.

The storm is 200 tries in flight at once, each with a wrong password for another account, from another address; whoever
gets an answer tries again at once, or after `Retry-After` where told so. It runs in a process of its own. The list of
accounts is measured within it, and before and after, some rounds in turn.
"""

import contextlib
import http.client
import itertools
import json
import random
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench import load
from bench.data import PASSWORD, TOTP_SECRET, WITH_FACTOR
from bench.databases import Database

TRIES = 200
ABREAST = 8
LIMIT = 2.0
ROUNDS = 5
# Quiet measures that differ by more were none.
UNSTEADY = 1.3
TOKEN = "b" * 32


@dataclass(frozen=True, slots=True)
class Found:
    """Sign-ins per second and the time of each step (ms); the list without and within the storm (ms).

    `slower`: the median over the rounds of each storm against the quiet before and after it.
    """

    sign_ins: float
    password_ms: float
    code_ms: float
    quiet_p50: float
    quiet_p99: float
    storm_p50: float
    storm_p99: float
    slower: float
    steady: bool
    answered: int
    turned_away: int
    tries_per_second: float

    def lines(self) -> list[str]:
        """As said at the end of a run."""
        reached = "atteint" if self.slower < LIMIT else "MANQUÉ "
        return [
            f"Connexions complètes (mot de passe Argon2id, puis code) : {self.sign_ins:.1f} par seconde, "
            f"{ABREAST} à la fois ; mot de passe {self.password_ms:.0f} ms, code {self.code_ms:.0f} ms (médianes).",
            f"Tempête de {TRIES} essais à la fois : {self.tries_per_second:.1f} essais par seconde, {self.answered} "
            f"réponses, dont {self.turned_away} priées de revenir.",
            f"Liste des comptes, p50 (p99) : {self.quiet_p50:.1f} ({self.quiet_p99:.1f}) ms au calme, "
            f"{self.storm_p50:.1f} ({self.storm_p99:.1f}) ms pendant la tempête.",
            *([] if self.steady else ["La machine faisait autre chose : ces chiffres sont à reprendre au calme."]),
            f"{reached}  Liste des comptes pendant la tempête : {self.slower:.2f} × le calme (moins de {LIMIT:g})",
        ]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(database: Database, port: int, path: str, cookie: str, seconds: int) -> Found:
    """All of it. The list is measured as the pages are: eight requests in flight."""
    _clean(database)
    codes = _identifiers(database, 60_000)
    sign_ins, password_ms, code_ms = _whole(port, codes[:WITH_FACTOR], max(seconds, 4))
    quiet = [load.measure(port, path, cookie, seconds)]
    stormy, told = [], {"answered": 0, "away": 0, "lasted": 0.0}
    for number in range(ROUNDS):
        # Other accounts each time: five failures lock one.
        with _storm(port, codes[WITH_FACTOR + number :: ROUNDS]) as storm:
            stormy.append(load.measure(port, path, cookie, seconds))
            for what, count in storm().items():
                told[what] += count
        quiet.append(load.measure(port, path, cookie, seconds))
    _clean(database)

    def middle(measures: list[load.Measure], what: str) -> float:
        return statistics.median(getattr(one, what) for one in measures)

    around = [(before.p50 + after.p50) / 2 for before, after in itertools.pairwise(quiet)]
    return Found(
        *(sign_ins, password_ms, code_ms),
        *(middle(quiet, "p50"), middle(quiet, "p99"), middle(stormy, "p50"), middle(stormy, "p99")),
        slower=statistics.median(one.p50 / calm for one, calm in zip(stormy, around, strict=True)),
        steady=max(one.p50 for one in quiet) < UNSTEADY * min(one.p50 for one in quiet),
        answered=int(told["answered"]),
        turned_away=int(told["away"]),
        tries_per_second=(told["answered"] - told["away"]) / told["lasted"],
    )


def _clean(database: Database) -> None:
    """No counter of an earlier run locks anybody, and no code was used already."""
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("DELETE FROM identity_counter")
        owner.execute("DELETE FROM identity_rate")
        owner.execute("UPDATE identity_totp SET last_step = 0 WHERE last_step > 0")


def _identifiers(database: Database, many: int) -> list[str]:
    with psycopg.connect(database.owner_url) as owner:
        rows = owner.execute(
            "SELECT DISTINCT ON (person_id) code FROM identity_credential ORDER BY person_id LIMIT %s", [many]
        ).fetchall()
        return [code for (code,) in rows]


# --- Whole sign-ins --------------------------------------------------------------------------------------------------
def _whole(port: int, codes: list[str], seconds: int) -> tuple[float, float, float]:
    """Sign-ins per second, `ABREAST` people at a time, each once; the medians of both steps in milliseconds."""
    waiting, done = iter(codes), []
    until = time.perf_counter() + seconds

    def people() -> None:
        for code in waiting:
            if time.perf_counter() > until:
                return
            done.append(_sign_in(port, code))

    began = time.perf_counter()
    threads = [threading.Thread(target=people) for _ in range(ABREAST)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - began
    return (
        len(done) / lasted,
        statistics.median(first for first, _ in done) * 1000,
        statistics.median(second for _, second in done) * 1000,
    )


def _sign_in(port: int, code: str) -> tuple[float, float]:
    import pyotp

    cookies = {"parvis_csrf": TOKEN}
    began = time.perf_counter()
    _post(port, "/connexion/", {"login": code, "password": PASSWORD}, cookies, "/second-facteur/")
    between = time.perf_counter()
    _post(port, "/second-facteur/", {"code": pyotp.TOTP(TOTP_SECRET).now()}, cookies, "/")
    return between - began, time.perf_counter() - between


def _post(port: int, path: str, fields: dict[str, str], cookies: dict[str, str], onwards: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(
        "POST",
        path,
        urlencode({**fields, "csrfmiddlewaretoken": TOKEN}),
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        },
    )
    answer = connection.getresponse()
    answer.read()
    for name, value in answer.getheaders():
        if name.lower() == "set-cookie":
            key, _, rest = value.partition("=")
            cookies[key] = rest.partition(";")[0]
    connection.close()
    if answer.status != 302 or answer.headers["Location"] != onwards:
        raise load.Failed(f"{path} : {answer.status} {answer.headers.get('Location', '')}")


# --- The storm -------------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def _storm(port: int, codes: list[str]) -> Iterator[Any]:
    """The storm, from a process of its own; what is given asks it to end and says what it met."""
    told: dict[str, Any] = {}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sign_in", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def end() -> dict[str, Any]:
        if not told and process.stdin is not None and process.stdout is not None:
            process.stdin.write("\n")
            process.stdin.flush()
            told.update(json.loads(process.stdout.readline()))
        return told

    try:
        if process.stdin is not None and process.stdout is not None:
            process.stdin.write(json.dumps(codes) + "\n")
            process.stdin.flush()
            process.stdout.readline()
        yield end
    finally:
        process.kill()
        process.wait()


class _Storm:
    """`TRIES` connections; each answer is followed by another try, of another account, from another address."""

    def __init__(self, port: int, codes: list[str]) -> None:
        self.port = port
        self.codes = itertools.cycle(codes)
        self.drawn = random.Random(20261125)
        self.watched = selectors.DefaultSelector()
        self.later: list[float] = []
        self.answered = self.away = 0

    def begin(self) -> None:
        body = urlencode({"login": next(self.codes), "password": "un mauvais essai", "csrfmiddlewaretoken": TOKEN})
        address = ".".join(str(self.drawn.randrange(1, 255)) for _ in range(4))
        asked = (
            f"POST /connexion/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: parvis_csrf={TOKEN}\r\n"
            f"X-Forwarded-For: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
        )
        opened = socket.create_connection(("127.0.0.1", self.port))
        opened.sendall(asked.encode())
        self.watched.register(opened, selectors.EVENT_READ, bytearray())

    def run(self) -> dict[str, Any]:
        began = time.perf_counter()
        for _ in range(TRIES):
            self.begin()
        print("begun", flush=True)
        self.watched.register(sys.stdin, selectors.EVENT_READ, None)
        while True:
            for ready, _ in self.watched.select(timeout=0.05):
                if ready.data is None:
                    return {"answered": self.answered, "away": self.away, "lasted": time.perf_counter() - began}
                self.read(ready)
            now = time.perf_counter()
            due = [at for at in self.later if at <= now]
            self.later = [at for at in self.later if at > now]
            for _ in due:
                self.begin()

    def read(self, ready: selectors.SelectorKey) -> None:
        opened: Any = ready.fileobj
        piece = opened.recv(262_144)
        ready.data.extend(piece)
        if piece:
            return
        self.watched.unregister(opened)
        opened.close()
        status = bytes(ready.data[9:12])
        self.answered += 1
        if status == b"503":
            self.away += 1
            self.later.append(time.perf_counter() + 5)
            return
        if status != b"200":
            raise SystemExit(f"/connexion/ : {bytes(ready.data[:60])!r}")
        self.begin()


if __name__ == "__main__":
    print(json.dumps(_Storm(int(sys.argv[1]), json.loads(sys.stdin.readline())).run()), flush=True)
