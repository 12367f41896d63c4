"""`parvis demo`: start everything the demo needs, in the foreground, and stop everything at the end."""

import contextlib
import ctypes
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from parvis.config import environment
from parvis.config.environment import Fault
from parvis.demo.prepared import is_prepared, note_prepared, tell_address
from parvis.ground.database import embedded

HOST = "127.0.0.1"
LEAST_FREE = 300_000_000
READY_TIMEOUT = 60.0
STOP_TIMEOUT = 25.0
_DEATH_SIGNAL = 1  # prctl: PR_SET_PDEATHSIG


@dataclass(slots=True)
class Child:
    """A process of the demo."""

    name: str
    process: subprocess.Popen[bytes]


class Stopped(Exception):
    """Someone asked for the end."""


def run() -> None:
    """Run the demo until SIGINT, SIGTERM or SIGHUP. Raises Fault where it cannot run."""
    began = time.monotonic()
    data = environment.data_dir()
    port = environment.port()
    data.mkdir(parents=True, exist_ok=True)
    _own_database()
    os.environ.setdefault("PARVIS_ADDRESS", f"http://localhost:{port}")
    address = os.environ["PARVIS_ADDRESS"].rstrip("/")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    if not environment.is_loopback(address):
        raise Fault(f"La démonstration ne s’ouvre que sur cette machine, pas à l’adresse {address}.")
    with contextlib.suppress(Stopped), environment.alone(address):
        _check_port(port)
        _check_disk(data)
        environment.demo_environment()
        outside = _environment_of_children(port)
        with environment.database(owner=True) as server, _children() as children:
            if not is_prepared(data):
                _prepare_database()
                note_prepared(data)
            tell_address(data, address)
            for name, word in (("le site", "web"), ("le traitement des envois", "worker")):
                children.append(Child(name, _start(word, outside)))
            _wait_ready(port, children)
            print(told(data, address), flush=True)
            print(f"Prêt en {time.monotonic() - began:.1f} s. Ctrl+C arrête tout.".replace(".", ",", 1), flush=True)
            _watch(children, server)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Once: what follows must not be cut short by a second signal.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _own_database() -> None:
    if environment.own_server() and not os.environ.get("DATABASE_OWNER_URL"):
        raise Fault("DATABASE_OWNER_URL manque : avec un serveur à vous, la démonstration a besoin des deux adresses.")


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise Fault(f"Le port {port} est réservé : choisissez-en un autre, « make demo PORT=8001 ».") from None
        except OSError:
            other = port + 1 if port < 65535 else 8000
            raise Fault(
                f"Le port {port} est déjà pris par un autre programme : arrêtez-le, ou choisissez un autre port, "
                f"par exemple « make demo PORT={other} »."
            ) from None


def _check_disk(data: Path) -> None:
    free = shutil.disk_usage(data).free
    if free < LEAST_FREE:
        raise Fault(
            f"Le disque est presque plein : {free // 1_000_000} Mo libres dans {data}, il en faut "
            f"{LEAST_FREE // 1_000_000}. Libérez de la place, ou choisissez un autre PARVIS_DATA_DIR."
        )


def _environment_of_children(port: int) -> dict[str, str]:
    """Taken before the embedded server's addresses are set: web and worker join it by themselves, as the application.

    They so hold the server too: were this process killed, the last of them stops it.
    """
    outside = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return outside | {"PORT": str(port), "PARVIS_BIND": HOST}


def _prepare_database() -> None:
    """Migrate and seed, as the owner, in this process: a process more would cost a second."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "parvis.config.settings_owner"
    import django
    from django.core.management import call_command
    from django.db import connection, connections
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Création des tables…", flush=True)
        # The help centre is read for the search after it.
        call_command("migrate", verbosity=0, interactive=False)
    else:
        from parvis.information.help.indexing import index_pages

        index_pages()
    with open(os.devnull, "w") as nowhere:
        call_command("seed", stdout=nowhere)
    connections.close_all()


def _start(word: str, outside: dict[str, str]) -> subprocess.Popen[bytes]:
    mine = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def die_with_parent() -> None:
        # However this process ends, its children get SIGTERM.
        if libc is not None:
            libc.prctl(_DEATH_SIGNAL, int(signal.SIGTERM))
            if os.getppid() != mine:
                os._exit(1)

    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "parvis.config.command", word],
        env=outside,
        stdin=subprocess.DEVNULL,
        # What they have to say goes to the standard error.
        stdout=subprocess.DEVNULL,
        # Ctrl+C reaches this process alone, which then stops them in order.
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509
    )


@contextlib.contextmanager
def _children() -> Iterator[list[Child]]:
    children: list[Child] = []
    try:
        yield children
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in children:
            child.process.terminate()
        limit = time.monotonic() + STOP_TIMEOUT
        for child in children:
            try:
                child.process.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()


def _wait_ready(port: int, children: list[Child]) -> None:
    limit = time.monotonic() + READY_TIMEOUT
    while not _answers(port):
        _check_children(children)
        if time.monotonic() > limit:
            raise Fault(f"Le site ne répond pas après {READY_TIMEOUT:.0f} s.")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _check_children(children: list[Child]) -> None:
    for child in children:
        if child.process.poll() is not None:
            code = child.process.returncode
            raise Fault(f"La démonstration s’arrête : {child.name} s’est terminé sans qu’on le demande (code {code}).")


def _watch(children: list[Child], server: embedded.Server | None) -> None:
    while True:
        _check_children(children)
        if server is not None and not server.alive():
            raise Fault("La démonstration s’arrête : PostgreSQL s’est terminé. Relancez « make demo ».")
        time.sleep(0.5)


def told(data: Path, address: str) -> str:
    """What the terminal says: the address, the mailbox and the people of `demo.json`, as a table."""
    try:
        demo = json.loads((data / "demo.json").read_text())
    except (OSError, ValueError):
        demo = {}
    heads = ("Personne", "Rôle", "Établissement", "SIRET", "Identifiant", "Mot de passe")
    keys = ("name", "role", "establishment", "siret", "identifier", "password")
    rows = [tuple(str(person.get(key) or "") for key in keys) for person in demo.get("people", ())]
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    lines = ["", f"  Parvis     {demo.get('address') or address}"]
    if demo.get("mailbox"):
        lines.append(f"  Courriels  {demo['mailbox']}")
    if demo:
        lines.append(f"  Codes      {demo.get('address') or address}/demo/codes")
    lines.append("")
    if rows:
        for row in (heads, tuple("─" * width for width in widths), *rows):
            lines.append("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        lines.append("")
    return "\n".join(lines)
