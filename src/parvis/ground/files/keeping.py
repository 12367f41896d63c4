"""Where files that people sent are kept: outside of the web root, encrypted, until they are erased.

`<purpose>/<two letters>/<key>` in the storage that the settings name (`STORAGES["kept"]`): `files/` in the data
directory, or any other storage of Django's, which meets nothing but sealed bytes. A file is bound to its key: copied
over another one it does not open. Which establishment a file is of, and until when, is a row of the package that asked
for it: reading goes through that row, and so through its policy. A file that no row knows (a transaction that was
undone) is swept by `parvis daily`.
"""

import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import transaction

from parvis.ground.sealing import Unsealable, seal_bytes, unseal_bytes

log = structlog.get_logger(__name__)

_KEY = re.compile(r"([a-z]{2,20})-([0-9a-f]{48})")
_AT_ONCE = 8
_OWNERS: dict[str, Callable[[], set[str]]] = {}


class Missing(Exception):
    """There is no such file any more, or it does not open: it was erased, or another was put in its place."""


def register(purpose: str, known: Callable[[], set[str]]) -> None:
    """Declare who keeps files of that purpose: `known` tells every key that a row holds, asked as the owner."""
    if purpose in _OWNERS or not re.fullmatch(r"[a-z]{2,20}", purpose):
        raise ValueError(f"Purpose of files registered twice, or not a word: {purpose}")
    _OWNERS[purpose] = known


class DiskStorage(FileSystemStorage):
    """`<data dir>/files/`: for its owner alone; a file is whole on the disk, or it is not there."""

    @property
    def base_location(self) -> str:
        return str(settings.DATA_DIR / "files")

    @property
    def location(self) -> str:
        return self.base_location

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(".partial")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content.read())
                file.flush()
                os.fsync(file.fileno())
            partial.rename(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return name


def _storage() -> Storage:
    return storages["kept"]


def keep(content: bytes, purpose: str) -> str:
    """Write the file, encrypted, and tell its key. The storage has it whole when this returns."""
    if purpose not in _OWNERS:
        raise ValueError(f"Nobody declared that they keep files of purpose {purpose}.")
    key = f"{purpose}-{secrets.token_hex(24)}"
    wanted = _place(key)
    if _storage().save(wanted, ContentFile(seal_bytes(content, purpose=f"file:{purpose}", about=key))) != wanted:
        # Found by its key alone: under another name it would be lost.
        raise OSError(f"The storage gave {key} another name.")
    return key


def keep_all(contents: Sequence[bytes], purpose: str) -> list[str]:
    """As `keep`, of many at once: what takes time is to wait for the storage, which writes several as fast as one."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda content: keep(content, purpose), contents))


def read(key: str, purpose: str) -> bytes:
    """The file. Raises Missing where it is not there, of another purpose, or does not open."""
    if not key.startswith(f"{purpose}-"):
        raise Missing(key)
    try:
        with _storage().open(_place(key)) as file:
            return unseal_bytes(file.read(), purpose=f"file:{purpose}", about=key)
    except (OSError, Unsealable) as fault:
        raise Missing(key) from fault


def erase(key: str) -> None:
    """Erase the file once the transaction holds; one that is gone already is no fault."""
    place = _place(key)
    transaction.on_commit(lambda: _storage().delete(place))


def sweep_orphans() -> int:
    """Erase the files that no row knows, a day old or more. How many they were.

    Younger ones may be of a transaction that is not over. A purpose that nobody declared is left alone, and said.
    """
    # The machine's own time, as the storage has it: the clock of the demo may be elsewhere.
    oldest = time.time() - settings.PARVIS_FILE_ORPHAN.total_seconds()
    count, storage = 0, _storage()
    for purpose in _inside(storage, ""):
        if purpose not in _OWNERS:
            log.warning("files of an unknown purpose", purpose=purpose)
            continue
        # Listed before the rows are read: a file of a row that comes meanwhile is not among them.
        candidates = [place for place in _files(storage, purpose) if _written(storage, place) < oldest]
        known = _OWNERS[purpose]() if candidates else set()
        for place in candidates:
            if place.rpartition("/")[2] not in known:
                storage.delete(place)
                count += 1
    return count


def _inside(storage: Storage, folder: str) -> list[str]:
    """The folders in a folder; none where nothing was ever kept."""
    try:
        return sorted(storage.listdir(folder)[0])
    except FileNotFoundError:
        return []


def _files(storage: Storage, purpose: str) -> Iterator[str]:
    for two in _inside(storage, purpose):
        for name in storage.listdir(f"{purpose}/{two}")[1]:
            yield f"{purpose}/{two}/{name}"


def _written(storage: Storage, place: str) -> float:
    return storage.get_modified_time(place).timestamp()


def _place(key: str) -> str:
    found = _KEY.fullmatch(key)
    if found is None:
        raise Missing(key)
    return f"{found.group(1)}/{found.group(2)[:2]}/{key}"
