"""Eight requests in flight, for some seconds: by wrk, or where it is missing by a generator of our own.

Ours is written in Python: it takes a share of the two cores that Parvis would have, the same share of each page, and
so flatters the slower ones. What it measures is shown, and no target is judged by it.
"""

import contextlib
import os
import re
import resource
import selectors
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path

IN_FLIGHT = 8
WRK = shutil.which("wrk")
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate in requests per second; latencies in milliseconds; processor time of web and database per request.

    `others`: the share of the machine that was taken by what is not measured here.
    """

    rate: float
    p50: float
    p99: float
    requests: int
    cpu: float = 0.0
    others: float = 0.0


class Failed(Exception):
    """Answers that are not the page: the figure would mean nothing."""


def measure(port: int, path: str, cookie: str, seconds: int, servers: tuple[int, ...] = ()) -> Measure:
    """Ask for the page as fast as it comes, with 8 requests in flight. Raises Failed when an answer is not 200.

    `servers`: the processes whose children do the work, for the processor time.
    """
    spent, busy, own, began = _spent(servers), _busy(), _own(), time.perf_counter()
    found = _measured(port, path, cookie, seconds)
    spent, busy, own, lasted = _spent(servers) - spent, _busy() - busy, _own() - own, time.perf_counter() - began
    others = max(busy - spent - own, 0.0) / lasted / (os.cpu_count() or 1)
    return replace(found, cpu=spent * 1000 / max(found.requests, 1), others=others)


def calm(patience: float, share: float) -> float:
    """Wait until the machine does nothing, at most so many seconds; returns what is left of them."""
    began = time.perf_counter()
    while True:
        busy, since = _busy(), time.perf_counter()
        time.sleep(0.25)
        taken = (_busy() - busy) / (time.perf_counter() - since) / (os.cpu_count() or 1)
        left = patience - (time.perf_counter() - began)
        if taken < share or left <= 0:
            return max(left, 0.0)


def _own() -> float:
    """Seconds of processor time of this process and of the wrk processes that have ended."""
    return sum(sum(resource.getrusage(whose)[:2]) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _busy() -> float:
    """Seconds of processor time that the whole machine has spent on work; 0 where /proc is missing."""
    with contextlib.suppress(OSError):
        user, nice, system, _idle, _wait, interrupts, soft, stolen, *_ = (
            int(value) for value in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        )
        return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _spent(servers: tuple[int, ...]) -> float:
    """Seconds of processor time that the children of these processes have used; 0 where /proc is missing."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = folder.read_text().rpartition(")")[2].split()
            if int(fields[1]) in servers:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _measured(port: int, path: str, cookie: str, seconds: int) -> Measure:
    if WRK is None:
        return _ours(port, path, cookie, seconds)
    done = subprocess.run(
        [
            *(WRK, "-t1", f"-c{IN_FLIGHT}", f"-d{seconds}s", "--latency", "--timeout", "10s"),
            *("-H", f"Cookie: {cookie}", f"http://127.0.0.1:{port}{path}"),
        ],
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=True,
    )
    return parsed(done.stdout, path)


def parsed(said: str, path: str = "") -> Measure:
    """What wrk says. Raises Failed where it counts an error."""
    if wrong := re.search(r"^\s*(Non-2xx.*|Socket errors: (?!connect 0, read 0, write 0, timeout 0).*)$", said, re.M):
        raise Failed(f"{path} : {wrong[1]}")

    def latency(share: str) -> float:
        found = re.search(rf"^\s*{share}%\s+([\d.]+)(us|ms|s)\s*$", said, re.M)
        if found is None:
            raise Failed(f"{path} : {said}")
        return float(found[1]) * _UNITS[found[2]]

    rate, requests = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"(\d+) requests in", said)
    if rate is None or requests is None:
        raise Failed(f"{path} : {said}")
    return Measure(float(rate[1]), latency("50"), latency("99"), int(requests[1]))


def _ours(port: int, path: str, cookie: str, seconds: int) -> Measure:
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode()
    waiting = selectors.DefaultSelector()

    def send() -> None:
        began = time.perf_counter()
        sock = socket.create_connection(("127.0.0.1", port))
        sock.sendall(asked)
        waiting.register(sock, selectors.EVENT_READ, (began, bytearray()))

    for _ in range(IN_FLIGHT):
        send()
    times: list[float] = []
    start = time.perf_counter()
    while waiting.get_map():
        answering = waiting.select(timeout=10)
        if not answering:
            raise Failed(f"{path} : pas de réponse")
        for ready, _ in answering:
            began, received = ready.data
            piece = ready.fileobj.recv(262_144)  # type: ignore[union-attr]
            received += piece
            if piece:
                continue
            waiting.unregister(ready.fileobj)
            ready.fileobj.close()  # type: ignore[union-attr]
            if not received.startswith(b"HTTP/1.1 200 "):
                raise Failed(f"{path} : {bytes(received[:60])!r}")
            times.append((time.perf_counter() - began) * 1000)
            if time.perf_counter() - start < seconds:
                send()
    spent = time.perf_counter() - start
    times.sort()
    return Measure(len(times) / spent, times[len(times) // 2], times[len(times) * 99 // 100], len(times))
