"""PostgreSQL without a server: a real one, from a wheel's binaries, living in the data directory.

Several processes share it: each holds a shared lock on `users.lock`, and the last to leave stops it. The kernel drops
the lock of a process that is killed, so that nobody is ever counted who is not there. `gate.lock` is held exclusively
over every start and stop. No password anywhere: the socket is in a directory of ours, and PostgreSQL asks the kernel
who is at the other end (`peer`).

The wheel's Python code is never imported: it makes system users and opens parent directories (docs/architecture.md).
"""

import contextlib
import fcntl
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from parvis.ground.database import places, roles
from parvis.ground.database.places import EmbeddedError, Place

DATABASE = "parvis"
START_TIMEOUT = 120
_VERSIONED = {
    "shared_buffers": "256MB",
    "max_connections": "60",
    "jit": "off",
    "listen_addresses": "",
    # Nothing personal in the server's log: no statement, no value of a refused row.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
}
# Tests run fifty hands at once, several workers beside each other.
_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "250"}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, for as long as the context that gave it."""

    place: Place

    @property
    def application_url(self) -> str:
        return self._url(roles.APPLICATION)

    @property
    def owner_url(self) -> str:
        return self._url(roles.OWNER)

    @property
    def admin_url(self) -> str:
        return self._url("postgres")

    def alive(self) -> bool:
        """Whether its first process still runs."""
        return _postmaster(self.place) is not None

    def _url(self, user: str) -> str:
        return f"postgresql:///{DATABASE}?host={quote(str(self.place.sockets), safe='/')}&user={user}"


@contextlib.contextmanager
def server(root: Path, *, fsync: bool = True) -> Iterator[Server]:
    """Start, or join, the server whose files are in `root`; stop it at the end unless another process uses it.

    `fsync=False` is for tests: a power cut may lose everything. Raises EmbeddedError, one French sentence.
    """
    place = places.place(root)
    running = Server(place)
    mine = os.getpid()
    try:
        users = _open_lock(place.home / "users.lock")
    except OSError as fault:
        raise EmbeddedError(places.sentence(fault, place.home)) from None
    try:
        with _gate(place):
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                if _postmaster(place) is None:
                    _start(place, fsync)
                _prepare(running)
            except OSError as fault:
                raise EmbeddedError(places.sentence(fault, place.home)) from None
        yield running
    finally:
        # A forked child shares the lock but does not answer for it.
        if os.getpid() == mine:
            with contextlib.suppress(OSError), _gate(place):
                _leave(place, users)
            os.close(users)


def remove(root: Path) -> None:
    """Stop the server in `root` and erase its data. Raises EmbeddedError while another process uses it."""
    place = places.place(root)
    users = _open_lock(place.home / "users.lock")
    try:
        with _gate(place):
            if not _leave(place, users):
                raise EmbeddedError("La base de données est utilisée par un autre programme : arrêtez-le d’abord.")
            # The locks stay: someone may be waiting for them.
            for directory in (place.data, place.home / "data.new"):
                shutil.rmtree(directory, ignore_errors=True)
            (place.home / "server.log").unlink(missing_ok=True)
    finally:
        os.close(users)


def _leave(place: Place, users: int) -> bool:
    """Stop the server if nobody else holds the shared lock; whether that was so. Called under the gate."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    if _postmaster(place) is not None:
        _run(place, "pg_ctl", "stop", "-D", str(place.data), "-m", "fast", "-t", "60", "-s")
    return True


@contextlib.contextmanager
def _gate(place: Place) -> Iterator[None]:
    handle = _open_lock(place.home / "gate.lock")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _start(place: Place, fsync: bool) -> None:
    _clear(place)
    if not (place.data / "global" / "pg_control").exists() or not (place.data / "PG_VERSION").exists():
        _create(place, fsync)
    _check_version(place)
    _who_may_enter(place)
    settings = _VERSIONED | ({} if fsync else _HASTY) | {"unix_socket_directories": str(place.sockets)}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    log = place.home / "server.log"
    code, said = _run(
        place,
        *("pg_ctl", "start", "-D", str(place.data), "-w", "-s"),
        *("-t", str(START_TIMEOUT), "-l", str(log), "-o", options),
    )
    if code:
        told = log.read_text(errors="replace").strip().splitlines() if log.exists() else said
        raise EmbeddedError(_failure("PostgreSQL ne démarre pas", told, f"Le détail est dans {log}."))


def _create(place: Place, fsync: bool) -> None:
    # In a directory beside, renamed at the end: an initdb that was cut short leaves nothing that looks like a base.
    fresh = place.home / "data.new"
    for leftover in (fresh, place.data):
        shutil.rmtree(leftover, ignore_errors=True)
    code, said = _run(
        place,
        *("initdb", "-D", str(fresh), "-U", "postgres", "-E", "UTF8"),
        *("--locale-provider=builtin", "--locale=C.UTF-8", "--auth=reject", "--auth-local=peer"),
        *([] if fsync else ["--no-sync"]),
    )
    if code:
        raise EmbeddedError(_failure("PostgreSQL ne peut pas créer ses fichiers", said, f"Dossier : {place.home}."))
    fresh.rename(place.data)


def _check_version(place: Place) -> None:
    found = (place.data / "PG_VERSION").read_text().strip()
    if found != places.MAJOR:
        raise EmbeddedError(
            f"La base de {place.home} a été créée par PostgreSQL {found}, la version installée est {places.MAJOR} : "
            "remettez la démonstration à zéro (« make demo-reset ») ou revenez à la version précédente."
        )


def _who_may_enter(place: Place) -> None:
    """Only the user who runs Parvis, as one of three roles, and only through the socket."""
    user = pwd.getpwuid(os.geteuid()).pw_name.replace('"', '""')
    allowed = ("postgres", roles.OWNER, roles.APPLICATION)
    place.write(place.data / "pg_hba.conf", "local all all peer map=parvis\n")
    place.write(place.data / "pg_ident.conf", "".join(f'parvis "{user}" {role}\n' for role in allowed))


def _prepare(running: Server) -> None:
    """Roles and database. Called under the gate; cheap when both are there."""
    address = running.admin_url.replace(f"/{DATABASE}?", "/postgres?", 1)
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                roles.prepare(connection)
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {roles.OWNER} TEMPLATE template0")
            else:
                roles.prepare(connection)
    except psycopg.OperationalError as fault:
        raise EmbeddedError(_failure("PostgreSQL a démarré mais ne répond pas", str(fault).splitlines(), "")) from None


def _postmaster(place: Place) -> int | None:
    """The process id of the server on this data directory, None where it does not live.

    `postmaster.pid` is not proof: its process may be dead and not reaped, or its number taken by another.
    """
    try:
        pid = int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    process = Path("/proc") / str(pid)
    if not Path("/proc/self/stat").exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            return pid
        return None
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return pid if state != "Z" and os.fsencode(place.data) in words else None


def _clear(place: Place) -> None:
    """After a postmaster that was killed: wait for its children to go, then take away what it left."""
    if not (place.data / "postmaster.pid").exists() or not Path("/proc/self/cwd").exists():
        return
    limit = time.monotonic() + 30
    while _used(place.data):
        if time.monotonic() > limit:
            raise EmbeddedError(f"Un ancien PostgreSQL occupe encore {place.data} : arrêtez-le, puis recommencez.")
        time.sleep(0.05)
    for left in (place.data / "postmaster.pid", place.sockets / ".s.PGSQL.5432.lock", place.sockets / ".s.PGSQL.5432"):
        left.unlink(missing_ok=True)


def _used(data: Path) -> bool:
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                if os.readlink(process / "cwd") == str(data):
                    return True
    return False


def _run(place: Place, tool: str, *arguments: str) -> tuple[int, list[str]]:
    """Run one of PostgreSQL's tools as the server's user; its code and what it said.

    Output goes to a file: the server would inherit a pipe and keep it open. A session of its own: Ctrl-C in the
    terminal stops web and worker, which then stop the server in order.
    """
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(  # noqa: S603
            [str(place.binaries / tool), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=place.home,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            **place.identity,
        )
        output.seek(0)
        return done.returncode, output.read().decode(errors="replace").strip().splitlines()


def _failure(what: str, said: list[str], where: str) -> str:
    text = "\n".join(said)
    if "No space left on device" in text or "could not resize shared memory" in text:
        return f"{what} : le disque est plein. Libérez de la place, puis recommencez."
    cause = next((line for line in reversed(said) if "FATAL" in line or "error:" in line), said[-1] if said else "")
    return " ".join(part for part in (f"{what} : {cause.strip() or 'sans autre précision'}.", where) if part)
