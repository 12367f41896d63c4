"""Starting the demo again prepares nothing that this code prepared already, and whatever else was changed since."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from parvis.demo import prepared


@pytest.fixture
def data(owner: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory whose database was prepared, and a package with one migration."""
    monkeypatch.setenv("DATABASE_OWNER_URL", owner.info.dsn)
    monkeypatch.setenv("PARVIS_ADDRESS", "http://localhost:8000")
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


def test_another_address_is_written_anew(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARVIS_ADDRESS", "http://localhost:8001")
    assert not prepared.is_prepared(data)


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


def test_what_is_read_is_there() -> None:
    found = {path.name for pattern in prepared._WRITES for path in prepared._PACKAGE.glob(pattern)}
    assert {"0001_initial.py", "crossings.py", "seeding.py", "people.py", "employers-74.csv"} <= found
