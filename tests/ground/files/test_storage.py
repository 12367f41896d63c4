"""Where files are kept is said by the settings; many are checked by one process, which no file of them ends for all."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, storages

from parvis.config.kept_files import DISK, WrongStorage, check, described
from parvis.ground import files
from parvis.ground.files import keeping
from parvis.ground.tenancy import Refused
from tests.letters.papers import pdf


@pytest.fixture
def elsewhere(settings: Any, monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    """Any other storage of Django's."""
    monkeypatch.setitem(keeping._OWNERS, "essai", set)
    settings.STORAGES = {**settings.STORAGES, "kept": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    found = storages["kept"]
    assert isinstance(found, InMemoryStorage)
    return found


def test_another_storage_meets_sealed_bytes_alone(
    elsewhere: InMemoryStorage, db: None, django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    keys = files.keep_all([b"deliberation", b"facture"], "essai")
    assert [files.read(key, "essai") for key in keys] == [b"deliberation", b"facture"]
    with elsewhere.open(keeping._place(keys[0])) as sealed:
        assert b"deliberation" not in sealed.read()
    with django_capture_on_commit_callbacks(execute=True):
        files.erase(keys[0])
    with pytest.raises(files.Missing):
        files.read(keys[0], "essai")
    assert files.sweep_orphans() == 0
    settings.PARVIS_FILE_ORPHAN = settings.PARVIS_FILE_ORPHAN * 0
    assert files.sweep_orphans() == 1


def test_a_storage_that_would_name_a_file_anew_loses_none(
    elsewhere: InMemoryStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elsewhere, "save", lambda name, content: name + "_1")
    with pytest.raises(OSError, match="another name"):
        files.keep(b"x", "essai")


WRONG = [
    ("backend = [", "ne se lit pas"),
    ("backend = 'S3'", "décrit un « backend »"),
    ("backend = 'a.B'\nautre = 1", "décrit un « backend »"),
    ("backend = 'a.B'\n[options]\nkey = 'env:NO_SUCH'", "nomme la variable NO_SUCH"),
]


def test_the_file_that_describes_a_storage_is_followed_or_refused(tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "files.toml"
    path.write_text("backend = 'a.B'\n[options]\nname = 'parvis'\nkey = 'env:SECRET'\n")
    assert described("") == DISK
    assert described(str(path), {"SECRET": "s"}) == {"BACKEND": "a.B", "OPTIONS": {"name": "parvis", "key": "s"}}
    for text, expected in WRONG:
        path.write_text(text)
        with pytest.raises(WrongStorage, match=expected):
            described(str(path), {})
    with pytest.raises(WrongStorage, match="ne se lit pas"):
        described(str(tmp_path / "absent.toml"), {})
    settings.STORAGES = {**settings.STORAGES, "kept": {"BACKEND": "no.such.Storage"}}
    with pytest.raises(WrongStorage, match="ne s’ouvre pas"):
        check()


def test_a_file_that_ends_the_process_keeps_no_other_from_being_checked() -> None:
    good, hostile = pdf("un"), pdf("x", more=b"/OpenAction << /S /JavaScript /JS (1) >>")
    sent = [("un.pdf", good), ("hostile.pdf", hostile), ("image.pdf", b"\xff\xd8\xff"), ("deux.pdf", pdf("deux"))]
    with files.Batch() as batch:
        first = batch.accepted(sent, field="file")
        assert [isinstance(one, Refused) for one in first] == [False, True, True, False]
        assert batch._process is not None
        batch._process.kill()
        batch._process.wait()
        # What was looked at is not looked at again, whatever it is called.
        again = batch.accepted([(f"copie-{name}", content) for name, content in sent], field="file")
        assert [isinstance(one, Refused) for one in again] == [False, True, True, False]
        assert "copie-hostile.pdf" in getattr(again[1], "message", "")
        assert getattr(again[3], "name", "") == "copie-deux.pdf"
        others = batch.accepted([(name, content + b"\n") for name, content in sent], field="file")
        assert [isinstance(one, Refused) for one in others] == [True, True, True, False]
