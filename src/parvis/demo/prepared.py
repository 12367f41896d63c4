"""Whether the demo's database was prepared by this very code: then starting again neither migrates nor seeds.

Loading Django to find nothing to do would take longer than anything else. What was prepared is noted in the data
directory; the database is asked all the same, for it may have been dropped, restored or emptied meanwhile.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import psycopg

from parvis.demo.people import CENTRE

NOTE, TOLD = "prepared", "demo.json"
_PACKAGE = Path(__file__).resolve().parents[1]
# What writes tables and rows: a change in any of it prepares anew.
_WRITES = ("*/migrations/*.py", "*/*/migrations/*.py", "**/crossings.py", "demo/*.py", "demo/data/*")
_ASKED = """SELECT (SELECT count(*) FROM django_migrations),
  EXISTS (SELECT FROM establishments_establishment WHERE siret = %s)"""


def is_prepared(data: Path) -> bool:
    """Whether the note says so, the database has as many migrations as it had then, and the demo's rows."""
    note = data / NOTE
    if not (note.exists() and (data / TOLD).exists()):
        return False
    try:
        return note.read_text() == _now()
    except psycopg.Error:
        return False


def tell_address(data: Path, address: str) -> None:
    """Write in `demo.json` where the demo is this time."""
    told = json.loads((data / TOLD).read_text())
    if told["address"] != address:
        mailbox = told["mailbox"] and told["mailbox"].replace(told["address"], address, 1)
        write_privately(data / TOLD, {**told, "address": address, "mailbox": mailbox})


def write_privately(path: Path, content: dict[str, Any]) -> None:
    """As JSON, all of it or nothing; nobody else on the machine may read it."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
        file.write("\n")
    os.replace(fresh, path)


def note_prepared(data: Path) -> None:
    """Note that this code has prepared the database as it is now."""
    (data / NOTE).write_text(_now())


def _now() -> str:
    digest = hashlib.sha256()
    digest.update(os.environ.get("EMAIL_URL", "").encode() + b"\0")
    for path in sorted({path for pattern in _WRITES for path in _PACKAGE.glob(pattern)}):
        digest.update(str(path.relative_to(_PACKAGE)).encode() + b"\0" + path.read_bytes() + b"\0")
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        row = connection.execute(_ASKED, [CENTRE]).fetchone()
    return f"{digest.hexdigest()} {row}"
