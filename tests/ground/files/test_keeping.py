"""Files at rest: sealed, bound to their key, erased with the row, swept when no row knows them."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from parvis.ground import files
from parvis.ground.files import keeping


@pytest.fixture
def rows(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys that rows know of, for a purpose of the tests' own and a folder of its own."""
    settings.DATA_DIR = tmp_path
    known: set[str] = set()
    monkeypatch.setitem(keeping._OWNERS, "essai", lambda: known)
    return known


def stored(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_is_kept_sealed_and_read_again(rows: set[str], tmp_path: Path) -> None:
    key = files.keep(b"deliberation", "essai")
    (path,) = stored(tmp_path)
    assert b"deliberation" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0 and path.parent.stat().st_mode & 0o077 == 0
    assert files.read(key, "essai") == b"deliberation"


def test_it_opens_for_its_purpose_and_its_key_alone(rows: set[str], tmp_path: Path) -> None:
    one, other = files.keep(b"one", "essai"), files.keep(b"other", "essai")
    with pytest.raises(files.Missing):
        files.read(one, "autre")
    paths = {path.name: path for path in stored(tmp_path)}
    paths[one].write_bytes(paths[other].read_bytes())
    with pytest.raises(files.Missing):
        files.read(one, "essai")
    paths[other].write_bytes(paths[other].read_bytes()[:-1] + b"\0")
    with pytest.raises(files.Missing):
        files.read(other, "essai")


@pytest.mark.parametrize("key", ["../../etc/passwd", "essai-../x", "", "essai-" + "0" * 48])
def test_keys_that_are_none_read_nothing(rows: set[str], key: str) -> None:
    with pytest.raises(files.Missing):
        files.read(key, "essai")


def test_after_a_change_of_the_secret_key_files_still_open(rows: set[str], settings: Any) -> None:
    key = files.keep(b"deliberation", "essai")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]
    assert files.read(key, "essai") == b"deliberation"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(files.Missing):
        files.read(key, "essai")


def test_a_file_is_erased_once_the_transaction_holds(
    rows: set[str], tmp_path: Path, db: None, django_capture_on_commit_callbacks: Any
) -> None:
    key = files.keep(b"deliberation", "essai")
    with django_capture_on_commit_callbacks(execute=False):
        files.erase(key)
    assert files.read(key, "essai") == b"deliberation"
    with django_capture_on_commit_callbacks(execute=True):
        files.erase(key)
    assert stored(tmp_path) == []
    with django_capture_on_commit_callbacks(execute=True):
        files.erase(key)


def test_what_no_row_knows_is_swept_once_it_is_old(rows: set[str], tmp_path: Path) -> None:
    lost, young, held = (files.keep(b"x", "essai") for _ in range(3))
    rows.add(held)
    aside = tmp_path / "files" / "inconnu" / "ab" / "key"
    aside.parent.mkdir(parents=True)
    aside.write_bytes(b"x")
    old = time.time() - 2 * 86_400
    for path in stored(tmp_path):
        if path.name != young:
            os.utime(path, (old, old))
    assert files.sweep_orphans() == 1
    assert {path.name for path in stored(tmp_path)} == {young, held, "key"}
    assert files.sweep_orphans() == 0
    with pytest.raises(files.Missing):
        files.read(lost, "essai")


def test_a_disk_that_fills_leaves_nothing_half_written(
    rows: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.keep(b"x", "essai")
    assert stored(tmp_path) == []


def test_nobody_keeps_files_of_a_purpose_that_is_not_declared(rows: set[str]) -> None:
    with pytest.raises(ValueError, match="declared"):
        files.keep(b"x", "inconnu")
    with pytest.raises(ValueError, match="twice"):
        files.register("essai", set)
