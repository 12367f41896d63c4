"""A synchronous worker in which requests that hash a password wait for their turn beside the pages.

Hashing is slow on purpose: with two synchronous workers, two people who sign in would hold everybody else up. Each
worker has one thread for these requests alone, from the first byte to the last; the pages keep the main one. How many
may wait is `PARVIS_HASHING_QUEUE`: whoever comes after is asked at once to come back in a moment.

Browsers open connections before they have anything to ask: one that says nothing yet waits in the lobby, and holds
nobody up.
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
# The lobby: how many connections, and how long, in seconds. Past either the oldest is closed; browsers open another.
LOBBY, LOBBY_TIME = 200, 30


class TurnsWorker(SyncWorker):
    """Gunicorn's synchronous worker, and one thread beside it."""

    def init_process(self) -> None:
        """After the fork: a thread does not outlive one."""
        self.beside = ThreadPoolExecutor(1, "hashing-requests")
        self.waiting = 0
        # Connections that said nothing yet, the oldest first: where from, and until when they may wait.
        self.lobby: dict[socket.socket, tuple[socket.socket, Any, float]] = {}
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection: its request runs here, or waits for its turn beside."""
        client, addr = listener.accept()
        client.setblocking(True)
        util.close_on_exec(client)
        self.lobby[client] = (listener, addr, time.monotonic() + LOBBY_TIME)
        self._attend(0)

    def wait(self, timeout: float) -> Any:
        """Until somebody comes, or somebody in the lobby speaks."""
        self.notify()
        if not self.lobby:
            return super().wait(timeout)
        # No longer than a second: whoever stayed too long is shown out.
        if self._attend(min(timeout, 1)):
            return None
        return super().wait(0)

    def _attend(self, timeout: float) -> bool:
        """Serve whoever in the lobby has spoken, and close those who stayed too long; whether there were any.

        With a timeout, who comes meanwhile ends the waiting too.
        """
        watched = [*self.lobby, *(self.wait_fds if timeout else ())]
        spoken = [one for one in select.select(watched, [], [], timeout)[0] if one in self.lobby]
        for client in spoken:
            listener, addr, _ = self.lobby.pop(client)
            self.notify()
            self._serve(listener, client, addr)
        now = time.monotonic()
        for client in [*self.lobby]:
            if len(self.lobby) <= LOBBY and now < self.lobby[client][2]:
                break
            del self.lobby[client]
            util.close(client)
        return bool(spoken)

    def _serve(self, listener: socket.socket, client: socket.socket, addr: Any) -> None:
        head = _peeked(client)
        if not head:
            # Closed without a word.
            util.close(client)
        elif not hashes(head):
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
        for client in self.lobby:
            util.close(client)
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
