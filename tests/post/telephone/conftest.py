"""The situations of the tests of this folder."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from parvis.post.registry import LETTERS, Letter
from tests.post.smtp.hands import _instead
from tests.post.telephone.hands import ENVIRONMENT, KIND, PLACE, SMS, Provider, described, running


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running(Provider()) as made:
        yield made


@pytest.fixture
def over_http(provider: Provider, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The platform's carrier is this one."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    settings.PARVIS_TELEPHONE, settings.PARVIS_CALLS = described(tmp_path, provider), None
    return provider


@pytest.fixture
def letter(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A kind of message that leaves by SMS within ten minutes; the outcomes that it was told, in their order."""
    told: list[tuple[str, str]] = []
    made = Letter(
        KIND,
        "",
        "",
        "",
        write=lambda message: SMS,
        settled=lambda message: told.append((message.status, message.failure)),
        expires_after=datetime.timedelta(minutes=10),
    )
    monkeypatch.setitem(LETTERS, KIND, made)
    return told


@pytest.fixture
def queue_here(db: None, owner: psycopg.Connection[Any]) -> Iterator[None]:
    """What is queued here is committed; the worker is a real one."""
    owner.execute("DELETE FROM procrastinate_jobs")
    shared = connection.settings_dict
    # Connections of the worker's threads end with their task.
    kept, shared["CONN_MAX_AGE"] = shared["CONN_MAX_AGE"], 0
    try:
        with _instead(type(connections["default"])(shared, "default")):
            yield
    finally:
        shared["CONN_MAX_AGE"] = kept
        owner.execute("DELETE FROM post_message WHERE establishment_id = %s OR person_id = %s", [PLACE, PLACE])
        for table in ("procrastinate_jobs", "procrastinate_workers", "procrastinate_periodic_defers"):
            owner.execute(f"DELETE FROM {table}")
