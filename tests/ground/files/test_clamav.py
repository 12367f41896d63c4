"""The real antivirus daemon: what it recognises is refused, and nothing passes while it does not answer."""

import logging
from typing import Any

import pytest

from parvis.ground.files import accepted, clamd
from parvis.ground.tenancy import Refused
from tests.ground.files import made
from tests.ground.files.conftest import Daemon
from tests.ground.files.made import upload

INFECTED = made.raw_pdf(b"<< /Length 53 >>\nstream\n" + made.KNOWN_TO_CLAMAV + b"\nendstream")


@pytest.fixture(params=["socket", "port"])
def listening(request: pytest.FixtureRequest, clamav: Daemon, settings: Any) -> Daemon:
    settings.PARVIS_CLAMAV = clamav.path if request.param == "socket" else f"127.0.0.1:{clamav.port}"
    return clamav


def test_what_the_daemon_recognises_is_refused(listening: Daemon) -> None:
    assert clamd.ping().startswith("ClamAV ")
    assert clamd.found(INFECTED).startswith("Parvis.Test")
    with pytest.raises(Refused, match="reconnu comme dangereux") as why:
        accepted(upload(INFECTED, "arrêté.pdf"), field="files")
    assert why.value.field == "files"


def test_what_it_does_not_know_passes(listening: Daemon) -> None:
    assert accepted(upload(made.pdf()), field="files").kind == "pdf"


def test_without_a_daemon_the_same_file_is_only_inspected(settings: Any) -> None:
    settings.PARVIS_CLAMAV = ""
    assert accepted(upload(INFECTED), field="files").content == INFECTED


def test_nothing_passes_while_the_daemon_does_not_answer(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.PARVIS_CLAMAV = "/nowhere/clamd.ctl"
    with caplog.at_level(logging.ERROR), pytest.raises(Refused, match="réessayez dans quelques minutes"):
        accepted(upload(made.pdf()), field="files")
    settings.PARVIS_CLAMAV = "not an address"
    with pytest.raises(clamd.Unreachable):
        clamd.ping()


def test_a_file_beyond_the_daemons_limit_is_not_called_clean(listening: Daemon) -> None:
    with pytest.raises(clamd.Unreachable):
        clamd.found(b"x" * 2_000_000)
