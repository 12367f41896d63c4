"""Hashing passwords: slow on purpose, so in one low-priority thread per process, with a queue in front of it.

However many people sign in at once, the pages of everybody else keep the processors: hashing takes what they leave,
and whoever finds the queue full is asked at once to come back in a moment. A view that hashes says so (`hashes`): the
web server lets its requests wait for their turn beside the pages (`config/turns.py`).
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password, verify_password

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V", bound=Callable[..., object])

# The kernel gives a thread of this niceness a third of what it gives another one that wants the processor too: pages
# come first, and whoever signs in during a rush is answered all the same.
_NICENESS = 5


class Busy(Exception):
    """The queue is full: nothing was looked at, nothing counts; answer 503 and ask to come back in a moment."""


class Argon2(Argon2PasswordHasher):
    """Argon2id (RFC 9106) with the settings' parameters, each hash on one thread of its own.

    A hash made under others still opens; it is made anew at the next sign-in.
    """

    parallelism = 1

    @property
    def time_cost(self) -> int:  # type: ignore[override]
        return settings.PARVIS_ARGON2_PASSES

    @property
    def memory_cost(self) -> int:  # type: ignore[override]
        return settings.PARVIS_ARGON2_MEMORY


class _Lane:
    """The one thread of this process. Made at first use: a thread does not outlive a fork."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pid = 0
        self.inside = 0
        self.thread: ThreadPoolExecutor | None = None

    def full(self) -> bool:
        beyond = self.pid == os.getpid() and self.inside > settings.PARVIS_HASHING_QUEUE
        return beyond or getattr(_away, "now", False)

    def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            if self.pid != os.getpid() or self.thread is None:
                self.pid, self.inside = os.getpid(), 0
                # On Linux the niceness is the thread's own, not the process's.
                self.thread = ThreadPoolExecutor(1, "hashing", initializer=os.nice, initargs=(_NICENESS,))
            if self.full():
                raise Busy
            self.inside += 1
            waiting = self.thread.submit(work, *args, **kwargs)
        try:
            return waiting.result()
        finally:
            with self.lock:
                self.inside -= 1


_away = threading.local()


@contextlib.contextmanager
def turned_away() -> Iterator[None]:
    """Whatever would hash in here is asked to come back: too many wait for their turn already."""
    _away.now = True
    try:
        yield
    finally:
        _away.now = False


def hashes(view: V) -> V:
    """A view whose POST hashes a password: it waits for its turn beside the pages (`config/turns.py`)."""
    view.hashes = ""  # type: ignore[attr-defined]
    return view


def hashes_where(query: str) -> Callable[[V], V]:
    """The same, where the address asks for it only: `query` stands in it."""

    def decorator(view: V) -> V:
        view.hashes = query  # type: ignore[attr-defined]
        return view

    return decorator


_lane = _Lane()
# A lock held by another thread at the moment of a fork would stay held for ever in the child.
os.register_at_fork(after_in_child=lambda: _lane.__init__())  # type: ignore[misc]


def full() -> bool:
    """Whether a password would be turned away now: to be asked before any other work is done."""
    return _lane.full()


def hashed(password: str) -> str:
    """The password as kept. Raises Busy."""
    return _lane.run(make_password, password)


def opens(password: str, encoded: str) -> tuple[bool, bool]:
    """Whether the password is the one kept, and whether it should be kept anew (other parameters). Raises Busy."""
    return _lane.run(verify_password, password, encoded)
