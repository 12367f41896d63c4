"""The probe, the command and the supervisors' page: what the site needs, and a clear word where it is not there."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from parvis.ground import health
from parvis.ground.health import State, findings
from tests.browsers import inside
from tests.ground.files.conftest import Daemon, clamav  # noqa: F401  (the real clamd)
from tests.plugins.html import ReadingClient
from tests.world import Someone, World


def found(name: str) -> health.Finding:
    return next(one for one in findings() if one.name.startswith(name))


def test_the_probe_says_ok_and_nothing_else(client: ReadingClient, db: None) -> None:
    answer = client.get("/sante")
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"ok\n", "no-store")
    assert client.post("/sante").status_code == 405


def test_the_probe_says_503_while_the_database_does_not_answer(
    client: ReadingClient, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> health.Finding:
        raise OperationalError("no server")

    monkeypatch.setattr(health, "database", broken)
    answer = client.get("/sante")
    assert (answer.status_code, answer.content) == (503, b"panne\n")


def test_without_an_antivirus_there_is_a_warning(db: None, settings: Any) -> None:
    settings.PARVIS_CLAMAV = ""
    one = found("Antivirus")
    assert one.state is State.WARNING and "PARVIS_CLAMAV" in one.text


def test_an_antivirus_that_answers_and_one_that_does_not(db: None, settings: Any, clamav: Daemon) -> None:  # noqa: F811
    settings.PARVIS_CLAMAV = clamav.path
    assert found("Antivirus").state is State.WELL and "ClamAV" in found("Antivirus").text
    settings.PARVIS_CLAMAV = "/nowhere/clamd.ctl"
    assert found("Antivirus").state is State.WRONG


def test_a_missing_folder_and_a_full_disk_are_told(db: None, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path / "nowhere"
    assert found("Fichiers").state is State.WRONG
    settings.DATA_DIR, settings.PARVIS_HEALTH_DISK = tmp_path, 10**18
    assert found("Fichiers").state is State.WARNING


def test_a_worker_that_is_gone_and_messages_that_wait_are_told(db: None, owner: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    assert found("Envois").state is State.WRONG
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at) "
            "VALUES ('default', 'x', now() - interval '2 hours')"
        )
    assert found("Envois").state is State.WELL
    assert found("File").state is State.WARNING


def test_a_check_that_breaks_is_a_finding_and_breaks_no_page(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def worker() -> health.Finding:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        raise AssertionError

    monkeypatch.setattr(health, "_CHECKS", [worker])
    assert found("Envois").state is State.WRONG
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_the_command_prints_each_and_exits_with_what_it_found(
    db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_CHECKS", [])
    settings.DATA_DIR, settings.PARVIS_CLAMAV, settings.PARVIS_HEALTH_DISK = tmp_path, "", 1
    said = io.StringIO()
    call_command("health", stdout=said)
    assert "Base de données : Bien. Elle répond." in said.getvalue()
    assert "Antivirus (ClamAV) : À surveiller." in said.getvalue()
    settings.PARVIS_CLAMAV = "/nowhere"
    with pytest.raises(SystemExit) as exit_:
        call_command("health", stdout=said)
    assert exit_.value.code == 1


def test_supervisors_alone_read_the_details(world: World, signed_in: Callable[[Someone], ReadingClient]) -> None:
    answer = inside(ReadingClient(), world.advisers["supervisor"]).get("/conseiller/sante/")
    assert answer.status_code == 200 and "Antivirus" in answer.content.decode()
    assert inside(ReadingClient(), world.advisers["second"]).get("/conseiller/sante/").status_code == 403
    assert signed_in(world.administrator).get("/conseiller/sante/").status_code == 404
