"""A synchronous worker in which requests that hash a password wait for their turn beside the pages.

Hashing is slow on purpose: with two synchronous workers, two people who sign in would hold everybody else up. Each
worker has one thread for these requests alone, from the first byte to the last; the pages keep the main one. How many
may wait is `PARVIS_HASHING_QUEUE`: whoever comes after is asked at once to come back in a moment.
"""

import contextlib
import select
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.urls import Resolver404, resolve
from gunicorn import util
from gunicorn.util import split_request_uri
from gunicorn.workers.sync import SyncWorker

from parvis.identity import hashing

# As much of a request as says where it goes; what is longer is none of these.
_HEAD = 1024


class TurnsWorker(SyncWorker):
    """Gunicorn's synchronous worker, and one thread beside it."""

    def init_process(self) -> None:
        """After the fork: a thread does not outlive one."""
        self.beside = ThreadPoolExecutor(1, "hashing-requests")
        self.waiting = 0
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection: its request runs here, or waits for its turn beside."""
        client, addr = listener.accept()
        client.setblocking(True)
        util.close_on_exec(client)
        if not hashes(_peeked(client)):
            self.handle(listener, client, addr)
        elif self.waiting > settings.PARVIS_HASHING_QUEUE:
            with hashing.turned_away():
                self.handle(listener, client, addr)
        else:
            self.waiting += 1
            self.beside.submit(self._turn, listener, client, addr).add_done_callback(self._done)

    def _turn(self, listener: socket.socket, client: socket.socket, addr: Any) -> None:
        if _gone(client):
            util.close(client)
        else:
            self.handle(listener, client, addr)

    def _done(self, _: "Future[None]") -> None:
        self.waiting -= 1

    def run(self) -> None:
        """Until told to stop; then whoever waits already is answered, within the time that gunicorn gives."""
        super().run()
        until = time.monotonic() + self.cfg.graceful_timeout - 1
        while self.waiting > 0 and time.monotonic() < until:
            self.notify()
            time.sleep(0.05)
        # Whoever is still in line finds the connection closed; the one under way is answered.
        self.beside.shutdown(wait=True, cancel_futures=True)


def _peeked(client: socket.socket) -> bytes:
    """The first bytes, left where they are."""
    with contextlib.suppress(OSError):
        return client.recv(_HEAD, socket.MSG_PEEK)
    return b""


def _gone(client: socket.socket) -> bool:
    """Whether whoever asked has closed the connection meanwhile: nobody waits for the answer."""
    watched = select.poll()
    watched.register(client, select.POLLRDHUP)
    return bool(watched.poll(0))


def hashes(head: bytes) -> bool:
    """Whether a request that begins like this hashes a password, or may: what has not arrived yet might."""
    if head.startswith((b"GET ", b"HEAD ")):
        return False
    method, _, rest = head.lstrip(b"\r\n").partition(b" ")
    target, complete, _ = rest.partition(b" ")
    if not complete:
        return len(head) < _HEAD
    try:
        asked = split_request_uri(target.decode("latin-1"))
        where: str | None = getattr(resolve(unquote(asked.path or "", "latin-1")).func, "hashes", None)
        return method == b"POST" and where is not None and where in unquote(asked.query or "", "latin-1")
    except (Resolver404, ValueError):
        return False
