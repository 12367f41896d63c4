"""Starting the demo again prepares nothing that this code prepared already, and whatever else was changed since."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from parvis.demo import prepared, reset


@pytest.fixture
def data(db: None, owner: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory whose database was prepared, and a package with one migration."""
    monkeypatch.setenv("DATABASE_OWNER_URL", owner.info.dsn)
    package = tmp_path / "package"
    (package / "access" / "migrations").mkdir(parents=True)
    (package / "access" / "migrations" / "0001_initial.py").write_text("first")
    monkeypatch.setattr(prepared, "_PACKAGE", package)
    (tmp_path / "demo.json").write_text("{}")
    assert not prepared.is_prepared(tmp_path)
    prepared.note_prepared(tmp_path)
    assert prepared.is_prepared(tmp_path)
    return tmp_path


def test_another_migration_prepares_anew(data: Path) -> None:
    (data / "package" / "access" / "migrations" / "0001_initial.py").write_text("second")
    assert not prepared.is_prepared(data)


def test_another_smtp_server_prepares_anew(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp://127.0.0.1:2525")
    assert not prepared.is_prepared(data)


@pytest.mark.parametrize("mailbox", ["http://localhost:8000/demo/courriels", None])
def test_another_address_is_told_and_prepares_nothing(data: Path, mailbox: str | None) -> None:
    told = {"address": "http://localhost:8000", "mailbox": mailbox, "people": [{"name": "Hélène"}]}
    prepared.write_privately(data / "demo.json", told)
    assert (data / "demo.json").stat().st_mode & 0o777 == 0o600
    prepared.tell_address(data, "http://localhost:8001")
    assert json.loads((data / "demo.json").read_text()) == {
        "address": "http://localhost:8001",
        "mailbox": mailbox and "http://localhost:8001/demo/courriels",
        "people": [{"name": "Hélène"}],
    }
    assert (data / "demo.json").stat().st_mode & 0o777 == 0o600
    assert prepared.is_prepared(data)


def test_who_signs_in_is_written_anew_where_it_is_missing(data: Path) -> None:
    (data / "demo.json").unlink()
    assert not prepared.is_prepared(data)


def test_a_database_without_its_rows_or_tables_is_prepared_anew(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = prepared._ASKED
    monkeypatch.setattr(prepared, "_ASKED", asked.replace("count(*)", "count(*) - 1"))
    assert not prepared.is_prepared(data)
    monkeypatch.setattr(prepared, "_ASKED", asked.replace("EXISTS", "NOT EXISTS"))
    assert not prepared.is_prepared(data)
    monkeypatch.setattr(prepared, "_ASKED", asked.replace("django_migrations", "no_such_table"))
    assert not prepared.is_prepared(data)
    monkeypatch.setattr(prepared, "_ASKED", asked)
    assert prepared.is_prepared(data)


def test_emptying_the_demo_leaves_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARVIS_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    for name in ("mailbox", "files"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one").write_text("something")
    for name in ("clock", "demo.json", "secret-key", prepared.NOTE):
        (tmp_path / name).write_text("something")
    reset.run()
    # Two locks stay.
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} <= {"demo.lock", "lock"}


def test_what_is_read_is_there() -> None:
    found = {path.name for pattern in prepared._WRITES for path in prepared._PACKAGE.glob(pattern)}
    assert {"0001_initial.py", "crossings.py", "seeding.py", "people.py", "employers-74.csv"} <= found
