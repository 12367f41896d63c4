"""The embedded server of the bench, its two databases, and when they have to be made again."""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.data import FULL, SMALL, THOUSAND
from parvis.ground.database import embedded

PROJECT = Path(__file__).resolve().parents[1]
NAMES = {FULL: "parvis", SMALL: "parvis_small", THOUSAND: "parvis_thousand"}
# What the data of a database come from, besides its migrations.
SOURCES = ("bench/data.py", "src/parvis/ground/database/policies.py")


@dataclass(frozen=True, slots=True)
class Database:
    """One of the two databases: how to reach it, what is in it."""

    shape: str
    application_url: str
    owner_url: str
    known: dict[str, Any]

    def environment(self, *, owner: bool) -> dict[str, str]:
        """The environment of a process on this database. Not the demo: no strip, no clock to move."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARVIS_", "DATABASE_"))}
        return {
            **kept,
            "DATABASE_URL": self.application_url,
            **({"DATABASE_OWNER_URL": self.owner_url} if owner else {}),
            "PARVIS_DATA_DIR": str(directory()),
            "PARVIS_SECRET_KEY": "a key for the bench, fifty characters long, not secret",
            "PARVIS_HOSTS": "127.0.0.1",
            # The storm's tries come from many addresses, as a proxy would tell them.
            "PARVIS_PROXIES": "1",
            "PYTHONPATH": os.pathsep.join((str(PROJECT), str(PROJECT / "src"))),
            "WEB_CONCURRENCY": "2",
            "DJANGO_SETTINGS_MODULE": "parvis.config.settings_owner" if owner else "bench.settings",
        }

    def run(self, *words: str, owner: bool) -> str:
        """Run a module of ours on this database; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", *words],
            env=self.environment(owner=owner),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def migrate(self) -> float:
        """`parvis migrate`; how many seconds it took."""
        began = time.perf_counter()
        self.run("parvis.config.command", "migrate", "--verbosity", "0", owner=True)
        return time.perf_counter() - began


def directory() -> Path:
    """Where the bench keeps its databases between runs: `PARVIS_BENCH_DIR`, or `var/bench`."""
    return Path(os.environ.get("PARVIS_BENCH_DIR") or PROJECT / "var" / "bench").absolute()


@contextlib.contextmanager
def server() -> Iterator[embedded.Server]:
    """The embedded server of the bench, as that of `parvis web` without DATABASE_URL."""
    directory().mkdir(parents=True, exist_ok=True)
    with embedded.server(directory() / "postgres") as running:
        yield running


def postmaster() -> int:
    """The first process of the server, whose children answer."""
    return int((directory() / "postgres" / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


def ready(running: embedded.Server, shape: str, file: Path | None, *, rebuild: bool) -> Database:
    """The database of that shape, made where it is missing or was made from something else."""
    name = NAMES[shape]

    def url(address: str) -> str:
        return address.replace("/parvis?", f"/{name}?", 1)

    found = Database(shape, url(running.application_url), url(running.owner_url), {})
    kept = directory() / f"{shape}.json"
    said = json.loads(kept.read_text()) if kept.exists() else {}
    sources = _sources(file if shape == FULL else None)
    # A migration that is new runs on the data as they are; one that has changed since means other data.
    if rebuild or not said or any(sources.get(path) != digest for path, digest in said["sources"].items()):
        print(f"Construction de la base « {shape} »…", flush=True)
        kept.unlink(missing_ok=True)
        with psycopg.connect(running.admin_url.replace("/parvis?", "/postgres?", 1), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {name} OWNER parvis_owner TEMPLATE template0")
        began = time.perf_counter()
        migrated = found.migrate()
        words = ["--employers", str(file)] if file and shape == FULL else []
        said = json.loads(found.run("bench.data", shape, *words, owner=True))
        said |= {"sources": sources, "migrated_empty": migrated, "built": time.perf_counter() - began}
        kept.write_text(json.dumps(said, indent=1))
    elif said["sources"] != sources:
        print(f"Nouvelles migrations sur la base « {shape} » : {found.migrate():.1f} s.", flush=True)
        kept.write_text(json.dumps(said | {"sources": sources}, indent=1))
    return Database(shape, found.application_url, found.owner_url, said)


def _sources(file: Path | None) -> dict[str, str]:
    package = PROJECT / "src" / "parvis"
    paths = [
        *(PROJECT / source for source in SOURCES),
        *package.glob("**/migrations/*.py"),
        *package.glob("**/crossings.py"),
        *([file.absolute()] if file else []),
    ]
    return {os.path.relpath(path, PROJECT): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)}
