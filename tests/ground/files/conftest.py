"""The real ClamAV daemon, with one signature of the tests' own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ground.files.made import KNOWN_TO_CLAMAV

MISSING = (
    "clamd is missing: these tests speak to the real daemon. « sh tests/install_clamd.sh » installs Debian's "
    "clamav-daemon (« make test » does so by itself), or PARVIS_CLAMD names another one."
)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Daemon:
    """A daemon that runs: where it listens."""

    def __init__(self, folder: Path) -> None:
        program = os.environ.get("PARVIS_CLAMD") or shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
        if not program:
            pytest.fail(MISSING)
        # Paths of sockets are short: a folder of pytest's may be too deep.
        self.path, self.port = f"{folder}/c.sock", _free_port()
        signatures = folder / "signatures"
        signatures.mkdir()
        (signatures / "parvis.ndb").write_text(f"Parvis.Test:0:*:{KNOWN_TO_CLAMAV.hex()}\n")
        (folder / "clamd.conf").write_text(
            f"Foreground yes\nDatabaseDirectory {signatures}\nLocalSocket {self.path}\nTCPSocket {self.port}\n"
            f"TCPAddr 127.0.0.1\nTemporaryDirectory {folder}\nStreamMaxLength 1M\nLogFile {folder}/log\n"
        )
        self.process = subprocess.Popen(
            [program, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 60
        while not self._listens():
            said = (folder / "log").read_text() if (folder / "log").exists() else ""
            assert self.process.poll() is None and time.monotonic() < end, f"clamd did not start: {said}"
            time.sleep(0.1)

    def _listens(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(self.path)
                line.sendall(b"zPING\0")
                return line.recv(10) == b"PONG\0"
        except OSError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="session")
def clamav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """The real clamd; nothing is skipped where it is missing."""
    daemon = Daemon(tmp_path_factory.mktemp("clamav"))
    yield daemon
    daemon.stop()
