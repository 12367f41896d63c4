"""Web and worker, as processes, under a role that could pass by the policies: neither starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from parvis.config import startup
from tests.plugins.database import owner_connection


def start(word: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    return subprocess.run(
        [sys.executable, "-m", "parvis.config.command", word],
        env={**given, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("word", ["web", "worker"])
def test_web_and_worker_refuse_the_owners_role_in_one_sentence(word: str) -> None:
    done = start(word, DATABASE_URL=os.environ["DATABASE_OWNER_URL"])
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Le rôle « parvis_owner » de DATABASE_URL possède" in done.stderr
    assert "Parvis refuse de démarrer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("word", ["web", "worker"])
def test_web_and_worker_refuse_the_owners_address_beside_their_own(word: str) -> None:
    done = start(word, DATABASE_OWNER_URL=os.environ["DATABASE_OWNER_URL"])
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "DATABASE_OWNER_URL n’a rien à faire" in done.stderr


@pytest.mark.parametrize("word", ["web", "worker"])
def test_a_demo_is_refused_on_an_address_that_others_reach(word: str) -> None:
    done = start(word, PARVIS_ADDRESS="https://parvis.example")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "La démonstration ne s’ouvre que sur cette machine" in done.stderr


@pytest.mark.parametrize("word", ["web", "worker"])
def test_an_empty_secret_key_is_refused_outside_of_the_demo(word: str) -> None:
    done = start(word, PARVIS_DEMO="", PARVIS_SECRET_KEY="", PARVIS_ADDRESS="https://parvis.example")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "PARVIS_SECRET_KEY" in done.stderr


@pytest.fixture
def as_somebody(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Django's connection under the owner's role, in place of the application's."""
    made = owner_connection()
    application = connections["default"]
    connections["default"] = made
    monkeypatch.delenv("DATABASE_OWNER_URL")
    monkeypatch.setattr(connections, "close_all", made.close)
    yield made
    made.close()
    connections["default"] = application


def test_the_check_refuses_the_owner_and_closes_its_connection(as_somebody: Any) -> None:
    with pytest.raises(startup.StartupRefused, match="possède"):
        startup.check()
    assert as_somebody.connection is None


def test_the_check_lets_the_applications_role_in(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_OWNER_URL")
    monkeypatch.setattr(connections, "close_all", lambda: None)
    startup.check()


@pytest.mark.parametrize("given", ["-1", "deux", "1.5", "11"])
def test_a_number_of_proxies_that_is_none_is_told(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from parvis.config.environment import Fault, proxies

    monkeypatch.setenv("PARVIS_PROXIES", given)
    with pytest.raises(Fault, match="PARVIS_PROXIES"):
        proxies(0)


@pytest.mark.parametrize(("given", "usual", "found"), [("", 1, 1), ("", 0, 0), ("0", 1, 0), ("2", 1, 2)])
def test_a_number_of_proxies_is_the_operators_own_or_the_usual_one(
    given: str, usual: int, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from parvis.config.environment import proxies

    monkeypatch.setenv("PARVIS_PROXIES", given)
    assert proxies(usual) == found
