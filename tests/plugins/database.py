"""The tests' database: made as the owner, used as the application.

Everything runs on an embedded server of its own, started for the run and thrown away with it, unless `DATABASE_URL` and
`DATABASE_OWNER_URL` are given. Django's one connection creates and migrates the test database as `parvis_owner`; the
tests themselves run as `parvis_app`, under the policies, as in production. No test reaches beyond this machine.

What must stand before Django reads its settings is done when this module is imported.
"""

import atexit
import contextlib
import fcntl
import ipaddress
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest

from parvis.ground.database import embedded
from parvis.ground.database.addresses import postgres_settings
from parvis.ground.database.places import EmbeddedError
from tests.plugins import kept_tables

_PREFIX = "parvis-test-"
_COPY = "test_parvis_tables"
# Names the file that says that the copy is there.
_MADE = "PARVIS_TEST_TABLES_MADE"
_started = contextlib.ExitStack()
# Where pytest gives up before it is configured, its own end never comes.
atexit.register(_started.close)


def _is_xdist_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def _temporary_folder() -> Path:
    """A folder that PostgreSQL, which does not run as root, can reach; removed at the end of the run."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    folder.chmod(0o711)
    _started.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _sweep() -> None:
    """Take away what runs that were killed left: servers nobody uses, in folders older than an hour."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, EmbeddedError):
            if folder.stat().st_uid == os.geteuid() and folder.stat().st_mtime < time.time() - 3600:
                if (folder / "postgres").exists():
                    embedded.remove(folder / "postgres")
                shutil.rmtree(folder, ignore_errors=True)


def _drop_copy() -> None:
    """On a server that is not thrown away with the run."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_COPY}")


def _keep_tables(server: Path) -> None:
    """The server begins with the tables of the last run, where they are the same; else keeps those of this one."""
    which, made = kept_tables.digest(), server.with_name("tables-made")
    # Workers of pytest-xdist inherit both.
    os.environ[_MADE] = str(made)
    if kept_tables.take(server, which):
        made.touch()
    else:
        _started.callback(lambda: kept_tables.keep(server, which) if made.exists() else None)


def _prepare_environment() -> None:
    folder = _temporary_folder()
    if not _is_xdist_worker():
        _sweep()
        if not (os.environ.get("DATABASE_URL") and os.environ.get("DATABASE_OWNER_URL")):
            # Callbacks run in the reverse order: kept, then removed, once the server has stopped.
            _keep_tables(folder / "postgres")
            server = _started.enter_context(embedded.server(folder / "postgres", fsync=False))
            # Workers of pytest-xdist inherit them, and with them this very server.
            os.environ["DATABASE_URL"] = server.application_url
            os.environ["DATABASE_OWNER_URL"] = server.owner_url
        else:
            _started.callback(_drop_copy)
    for name in (
        "EMAIL_URL",
        "PORT",
        "PARVIS_HOSTS",
        "PARVIS_FROM",
        "PARVIS_LOG_FORMAT",
        "PARVIS_PROVIDERS",
        "PARVIS_CLAMAV",
    ):
        os.environ.pop(name, None)
    os.environ["PARVIS_DATA_DIR"] = str(folder)
    os.environ["PARVIS_DEMO"] = "1"
    os.environ["PARVIS_ADDRESS"] = "http://127.0.0.1:8000"
    os.environ["PARVIS_SECRET_KEY"] = "a key for tests, fifty characters long and not secret"
    os.environ["DJANGO_SETTINGS_MODULE"] = "parvis.config.settings_owner"


_prepare_environment()
django.setup()


def pytest_unconfigure() -> None:
    """Stop the server, unless something else uses it, and remove the folder."""
    _started.close()


def _login(variable: str) -> dict[str, Any]:
    read = postgres_settings(os.environ[variable])
    return {key: read[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}


@pytest.fixture(scope="session")
def _tables(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], None]:
    """Whoever first needs the tables makes them, and a copy that others begin with; a later run too, on our own server.

    Whoever comes meanwhile, of pytest-xdist's workers, waits. What is returned is to be called once the worker's own
    database stands.
    """
    from django.db import connection

    base = tmp_path_factory.getbasetemp()
    # The folder above is that of the run for pytest-xdist's workers, of everybody's runs for who works alone.
    turn = ((base.parent if _is_xdist_worker() else base) / "tables").open("a+")
    fcntl.flock(turn, fcntl.LOCK_EX)
    turn.seek(0)
    kept = os.environ.get(_MADE)
    made = _COPY if kept and Path(kept).exists() else turn.read()
    # None: as Django does by itself.
    connection.settings_dict["TEST"]["TEMPLATE"] = made or None

    def stand() -> None:
        if not made and (kept or _is_xdist_worker()):
            mine = connection.settings_dict["NAME"]
            _only_test_database(connection)
            connection.close()
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{_COPY}"')
                cursor.execute(f'CREATE DATABASE "{_COPY}" TEMPLATE "{mine}"')
            turn.write(_COPY)
            if kept:
                Path(kept).touch()
        turn.close()

    return stand


@pytest.fixture(scope="session")
def django_db_setup(_tables: Callable[[], None], django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After pytest-django has made the database as the owner: become the application, until it is dropped."""
    from django.db import connection

    with django_db_blocker.unblock():
        _tables()

    def become(variable: str) -> None:
        with django_db_blocker.unblock():
            connection.close()
            connection.settings_dict.update(_login(variable))

    become("DATABASE_URL")
    yield
    become("DATABASE_OWNER_URL")


def owner_connection() -> Any:
    """A new Django connection to the test database under the owner's role, to be put in place of the default one."""
    from django.db import connections

    application = connections["default"]
    _only_test_database(application)
    return type(application)({**application.settings_dict, **_login("DATABASE_OWNER_URL")}, "default")


def _only_test_database(connection: Any) -> None:
    name = connection.settings_dict["NAME"]
    if not str(name).startswith("test"):
        raise RuntimeError(f"Only a test database may be written as its owner, not “{name}”.")


def _connect_as_owner(**options: Any) -> psycopg.Connection[Any]:
    from django.db import connection

    _only_test_database(connection)
    return psycopg.connect(os.environ["DATABASE_OWNER_URL"], dbname=connection.settings_dict["NAME"], **options)


@pytest.fixture
def owner(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """A plain connection as the owner, outside of Django and of the test's transaction: for the catalogue."""
    with _connect_as_owner(autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session", autouse=True)
def _flush_as_owner() -> Iterator[None]:
    """Tests that commit are flushed by the owner: the application may not, and the journal's trigger refuses anyone.

    The queue's tables are emptied with the rest; Django's bookkeeping after a flush writes what only the owner may.
    """
    from django.core.management.commands import flush
    from django.db.backends.postgresql.operations import DatabaseOperations

    def execute_sql_flush(_self: DatabaseOperations, sql_list: list[str]) -> None:
        with _connect_as_owner() as connection:
            connection.execute("SET lock_timeout = '20s'")
            # The journal, the accounts: triggers refuse anyone to empty what is only ever added to.
            guarded = connection.execute(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE '%\\_truncate' "
                "AND NOT tgisinternal"
            ).fetchall()
            queue = connection.execute(
                "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relkind = 'r' "
                "AND relnamespace = 'public'::regnamespace AND relname LIKE 'procrastinate%'"
            ).fetchone()
            for table, trigger in guarded:
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            for statement in sql_list:
                connection.execute(statement)
            if queue and queue[0]:
                connection.execute(f"TRUNCATE {queue[0]}")
            for table, trigger in guarded:
                connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_, **__: None)
        yield


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        # A socket of this machine's file system.
        return True
    if address[0] in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""

    def guarded(name: str) -> Callable[..., Any]:
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any) -> Any:
            if not _is_here(address):
                raise RuntimeError(f"A test tried to reach {address[0]!r}: tests stay on this machine.")
            return original(self, address)

        return connect

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(name))
        yield
