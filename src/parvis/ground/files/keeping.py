"""Where files that people sent are kept: on disk, outside of the web root, encrypted, until they are erased.

`<data dir>/files/<purpose>/<two letters>/<key>`. A file is bound to its key: copied over another one it does not open.
Which establishment a file is of, and until when, is a row of the package that asked for it: reading goes through that
row, and so through its policy. A file that no row knows (a transaction that was undone) is swept by `parvis daily`.
"""

import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from parvis.ground.sealing import Unsealable, seal_bytes, unseal_bytes

log = structlog.get_logger(__name__)

_KEY = re.compile(r"([a-z]{2,20})-([0-9a-f]{48})")
_OWNERS: dict[str, Callable[[], set[str]]] = {}


class Missing(Exception):
    """There is no such file any more, or it does not open: it was erased, or another was put in its place."""


def register(purpose: str, known: Callable[[], set[str]]) -> None:
    """Declare who keeps files of that purpose: `known` tells every key that a row holds, asked as the owner."""
    if purpose in _OWNERS or not re.fullmatch(r"[a-z]{2,20}", purpose):
        raise ValueError(f"Purpose of files registered twice, or not a word: {purpose}")
    _OWNERS[purpose] = known


def keep(content: bytes, purpose: str) -> str:
    """Write the file, encrypted, and tell its key. It is whole on the disk when this returns."""
    if purpose not in _OWNERS:
        raise ValueError(f"Nobody declared that they keep files of purpose {purpose}.")
    key = f"{purpose}-{secrets.token_hex(24)}"
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(".partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(seal_bytes(content, purpose=f"file:{purpose}", about=key))
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return key


def read(key: str, purpose: str) -> bytes:
    """The file. Raises Missing where it is not there, of another purpose, or does not open."""
    if not key.startswith(f"{purpose}-"):
        raise Missing(key)
    try:
        return unseal_bytes(_path(key).read_bytes(), purpose=f"file:{purpose}", about=key)
    except (OSError, Unsealable) as fault:
        raise Missing(key) from fault


def erase(key: str) -> None:
    """Erase the file once the transaction holds; one that is gone already is no fault."""
    path = _path(key)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def sweep_orphans() -> int:
    """Erase the files that no row knows, a day old or more. How many they were.

    Younger ones may be of a transaction that is not over. A purpose that nobody declares is left alone, and said.
    """
    # The machine's own time, as the disk has it: the clock of the demo may be elsewhere.
    oldest = time.time() - settings.PARVIS_FILE_ORPHAN.total_seconds()
    count = 0
    for folder in sorted(_root().glob("*/")):
        if folder.name not in _OWNERS:
            log.warning("files of an unknown purpose", purpose=folder.name)
            continue
        # Listed before the rows are read: a file of a row that comes meanwhile is not among them.
        candidates = [path for path in _files(folder) if path.stat().st_mtime < oldest]
        known = _OWNERS[folder.name]() if candidates else set()
        for path in candidates:
            if path.name not in known:
                path.unlink(missing_ok=True)
                count += 1
    return count


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("??/*") if path.is_file())


def _root() -> Path:
    return settings.DATA_DIR / "files"


def _path(key: str) -> Path:
    found = _KEY.fullmatch(key)
    if found is None:
        raise Missing(key)
    return _root() / found.group(1) / found.group(2)[:2] / key
