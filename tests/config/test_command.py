"""The `parvis` command, the start of web and worker, the demo's clock: what they refuse, in one sentence each."""

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError

from parvis.config import command, environment, startup
from parvis.config.environment import Fault
from parvis.demo import supervisor
from parvis.demo.management.commands.clock import parse

pytestmark = pytest.mark.usefixtures("own_environment")


@pytest.fixture
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Variables as in a fresh terminal, restored afterwards."""
    before = dict(os.environ)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "PARVIS_DEMO", "PARVIS_ADDRESS", "PARVIS_SECRET_KEY", "PORT"):
        os.environ.pop(name, None)
    os.environ["PARVIS_DATA_DIR"] = str(tmp_path / "données à moi")
    monkeypatch.setattr(command.signal, "signal", lambda *_: None)
    yield
    os.environ.clear()
    os.environ.update(before)


def _said(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        command.main(words)
    told = capsys.readouterr()
    return int(end.value.code or 0), told.out, told.err


def test_without_a_word_it_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _said([], capsys)
    assert code == 0
    assert "parvis MOT" in out


def test_the_script_of_the_roles_needs_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _said(["database", "roles"], capsys)
    assert (code, err) == (0, "")
    assert "ALTER ROLE parvis_app LOGIN" in out


@pytest.mark.parametrize(
    ("words", "variables", "said"),
    [
        (["migrate"], {"DATABASE_URL": "postgresql://h/db"}, "DATABASE_OWNER_URL manque"),
        (["demo"], {"DATABASE_URL": "postgresql://h/db"}, "DATABASE_OWNER_URL manque"),
        (["daily"], {"DATABASE_OWNER_URL": "postgresql://h/db"}, "sans DATABASE_URL"),
        (["demo"], {"PORT": "huit mille"}, "« huit mille » n’en est pas un"),
        (["demo", "nonsense"], {}, "« parvis demo » connaît"),
        (["database"], {}, "parvis database roles"),
        (["web", "--fast"], {}, "ne prend pas d’argument"),
    ],
)
def test_an_expected_fault_is_one_sentence(
    words: list[str], variables: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.environ.update(variables)
    code, _, err = _said(words, capsys)
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_a_taken_port_is_named_with_the_way_to_another(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        os.environ["PORT"] = str(port)
        code, _, err = _said(["demo"], capsys)
    assert code == 2
    assert re.search(rf"Le port {port} est déjà pris .*make demo PORT=\d+", err)


def test_a_full_disk_is_one_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor.shutil, "disk_usage", lambda _: SimpleNamespace(free=12_000_000))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        os.environ["PORT"] = str(free.getsockname()[1])
    code, _, err = _said(["demo"], capsys)
    assert code == 2
    assert "12 Mo libres" in err


def test_a_second_demo_on_the_same_data_says_where_the_first_is() -> None:
    environment.data_dir().mkdir()
    assert environment.running_demo() is None
    with environment.alone("http://127.0.0.1:8000"):
        running = environment.running_demo()
        assert running is not None
        assert running.address == "http://127.0.0.1:8000"
        with pytest.raises(Fault, match="tourne déjà à l’adresse http://127.0.0.1:8000"), environment.alone("x"):
            pass
    assert environment.running_demo() is None


def test_the_secret_key_is_made_once_for_its_owner_alone() -> None:
    environment.demo_environment()
    first = os.environ.pop("PARVIS_SECRET_KEY")
    environment.demo_environment()
    assert os.environ["PARVIS_SECRET_KEY"] == first
    assert len(first) >= 50
    assert (environment.data_dir() / "secret-key").stat().st_mode & 0o777 == 0o600


def test_web_and_worker_never_get_the_address_of_the_owner() -> None:
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = "postgresql://h/db"
    assert "DATABASE_OWNER_URL" not in supervisor._environment_of_children(8000)


@pytest.mark.parametrize(
    "address", ["https://parvis.example", "http://192.0.2.1:8000", "http://0.0.0.0", "", "http://"]
)
def test_the_demo_is_refused_on_an_address_others_reach(address: str, settings: object) -> None:
    settings.DEMO, settings.PARVIS_ADDRESS, settings.SECRET_KEY = True, address, "x" * 50  # type: ignore[attr-defined]
    with pytest.raises(startup.StartupRefused, match="ne s’ouvre que sur cette machine"):
        startup.check_environment()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000", "http://127.9.9.9"]
)
def test_the_demo_starts_on_this_machine(address: str, settings: object) -> None:
    settings.DEMO, settings.PARVIS_ADDRESS, settings.SECRET_KEY = True, address, "x" * 50  # type: ignore[attr-defined]
    startup.check_environment()


def test_web_without_a_secret_key_or_with_the_owners_address_is_refused(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Django reads a setting back when it restores it, and refuses an empty key even then.
    settings.DEMO = False  # type: ignore[attr-defined]
    monkeypatch.setattr(django_settings._wrapped, "SECRET_KEY", "")
    monkeypatch.delitem(vars(django_settings), "SECRET_KEY", raising=False)
    with pytest.raises(startup.StartupRefused, match="PARVIS_SECRET_KEY"):
        startup.check_environment()
    monkeypatch.setattr(django_settings._wrapped, "SECRET_KEY", "x" * 50)
    startup.check_environment()
    os.environ["DATABASE_OWNER_URL"] = "postgresql://h/db"
    with pytest.raises(startup.StartupRefused, match="DATABASE_OWNER_URL n’a rien à faire"):
        startup.check_environment()


@pytest.mark.parametrize(
    ("word", "seconds"),
    [("+20d", 20 * 86_400), ("-3h", -3 * 3600), ("10m", 600), ("+2w", 14 * 86_400), ("-1d", -86_400)],
)
def test_the_clock_moves_by_days_hours_minutes_weeks(word: str, seconds: int) -> None:
    assert parse(word).total_seconds() == seconds


@pytest.mark.parametrize("word", ["20", "d", "+-3h", "3 h", "demain", "+20d ", "٣d", ""])
def test_another_word_does_not_move_the_clock(word: str) -> None:
    with pytest.raises(CommandError, match="n’est pas un déplacement"):
        parse(word)
