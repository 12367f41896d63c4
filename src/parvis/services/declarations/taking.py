"""Which file of a folder a process may take now: an employer's months in their order, whatever the number of processes.

A month is compared with the one before, which must be there whole. So a file is taken with every employer that it
declares for, by advisory locks taken together; where one of them is held it is left for later, with all that follows it
for the same employers.
"""

import random
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import OperationalError, connection

R = TypeVar("R")

# A lock stands for the employers of the same class: a file of the whole country would fill the server's table of locks.
_CLASSES = 512
_HEAD = 16_384
_MONTH = re.compile(rb"^S20\.G00\.05\.005,'\d\d(\d\d)(\d{4})'", re.MULTILINE)
# Deadlock, and failure to serialise: the same work may pass the next time.
_PASSING = frozenset({"40P01", "40001"})


class Busy(Exception):
    """Other work stood in the way each time that this was tried; nothing of it was written."""


def in_order(folder: Path) -> list[Path]:
    """The files of a folder, the oldest month first, then by name. Raises OSError where one cannot be read."""
    files = [one for one in folder.iterdir() if one.is_file() and not one.name.startswith(".")]
    return sorted(files, key=lambda path: (_month_of(path), path.name))


def _month_of(path: Path) -> bytes:
    with path.open("rb") as stream:
        found = _MONTH.search(stream.read(_HEAD))
    return found[2] + found[1] if found is not None else b"9"


def locks_of(digest: str, sirets: Iterable[str]) -> frozenset[int]:
    """What a file is taken by: the classes of its employers, and its own, which another name does not change."""
    own = {zlib.crc32(siret.encode()) % _CLASSES for siret in sirets}
    return frozenset({*own, _CLASSES + zlib.crc32(digest.encode()) % _CLASSES})


_SPACE = "hashtext('parvis dsn')"


@contextmanager
def held(locks: frozenset[int], *, wait: bool = False) -> Iterator[bool]:
    """Hold all of these locks; False where somebody has one of them.

    `wait`: until they are free. They are taken in their order, so that two files never wait for each other.
    """
    asked, took = sorted(locks), "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT l, {took}({_SPACE}, l)::text FROM unnest(%s::int[]) l", [asked])  # noqa: S608
        mine = [lock for lock, said in cursor.fetchall() if said != "false"]
        try:
            yield len(mine) == len(asked)
        finally:
            cursor.execute(f"SELECT pg_advisory_unlock({_SPACE}, l) FROM unnest(%s::int[]) l", [mine])  # noqa: S608


def tried(work: Callable[[], R]) -> R:
    """Do the work of a transaction; again, after a moment, where the database stopped it for the sake of another one.

    Raises Busy after `PARVIS_DSN_TRIES`.
    """
    for left in reversed(range(settings.PARVIS_DSN_TRIES)):
        try:
            return work()
        except OperationalError as fault:
            if getattr(fault.__cause__, "sqlstate", "") not in _PASSING:
                raise
            if not left:
                raise Busy from fault
            time.sleep(random.uniform(0.05, 0.3))  # noqa: S311  (a moment, no secret)
    raise Busy
