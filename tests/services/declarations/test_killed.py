"""`parvis dsn receive` killed in the middle of a file: nothing of it is there; the next run takes it whole, once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.services.declarations.papers import TOWN, dsn

KILLED = "21740002700017"
NAMED = "killed-run"
# What the acts of a declaration write; `procrastinate_jobs` names the establishment in its arguments alone.
WRITTEN = (
    "agents_agent", "agents_affiliation", "agents_post", "agents_monthlybase", "service_declarations_individual",
    "service_declarations_anomaly", "ledger_movement", "ledger_line", "journal_event", "notices_notice",
)  # fmt: skip
OF_PLACE = """SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'establishment_id'
    AND NOT a.attisdropped"""


@pytest.fixture
def place(owner: psycopg.Connection[Any]) -> Iterator[int]:
    """An establishment that other processes see; all that they wrote of it goes with it."""
    row = owner.execute(
        "INSERT INTO establishments_establishment (siret, siren, name, kind, legal_category, insee_code, department, "
        "postcode, parent_siren, sort_key) VALUES (%s, %s, 'Ici', 'commune', '7210', '', '', '', '', 'ici') "
        "RETURNING id",
        [KILLED, KILLED[:9]],
    ).fetchone()
    assert row is not None
    (number,) = row
    for fund in ("cnracl", "ircantec", "rafp"):
        owner.execute(
            "INSERT INTO establishments_contract (establishment_id, fund, number, starts_on) "
            "VALUES (%s, %s, %s, '2010-01-01')",
            [number, fund, fund],
        )
    yield int(number)
    _take_back(owner, number)


def _take_back(owner: psycopg.Connection[Any], place: int) -> None:
    tables = [name for (name,) in owner.execute(OF_PLACE)]
    for name in tables:
        owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    with owner.transaction():
        # Foreign keys are looked at when all is gone.
        for name in tables:
            owner.execute(f"DELETE FROM {name} WHERE establishment_id = %s", [place])
        owner.execute("DELETE FROM service_declarations_sending WHERE name = 'a.txt'")
        owner.execute("DELETE FROM procrastinate_jobs WHERE args->>'establishment' = %s", [str(place)])
        owner.execute("DELETE FROM establishments_establishment WHERE id = %s", [place])
    for name in tables:
        owner.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def _command(tmp_path: Path, folder: Path) -> subprocess.Popen[str]:
    address = os.environ["DATABASE_OWNER_URL"].replace("/parvis?", f"/{connection.settings_dict['NAME']}?", 1)
    assert "/test" in address
    rules = tmp_path / "rules.toml"
    rules.write_text("declaration_batch = 8\n")
    return subprocess.Popen(
        [sys.executable, "-m", "parvis.config.command", "dsn", "receive", str(folder)],
        env={
            **os.environ,
            "DATABASE_OWNER_URL": address,
            "PARVIS_DATA_DIR": str(tmp_path / "data"),
            "PARVIS_RULES": str(rules),
            "PGAPPNAME": NAMED,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _wait(until: Callable[[], bool], still: Callable[[], bool] = lambda: True) -> None:
    limit = time.monotonic() + 30
    while not until():
        assert still() and time.monotonic() < limit
        time.sleep(0.002)


@pytest.mark.usefixtures("db")
def test_a_run_that_is_killed_leaves_nothing_and_the_next_one_takes_the_file_whole_once(
    tmp_path: Path, place: int, owner: psycopg.Connection[Any]
) -> None:
    folder = tmp_path / "dsn"
    folder.mkdir()
    content = dsn(town=replace(TOWN, siren=KILLED[:9], nic=KILLED[9:]), agents=160)
    (folder / "a.txt").write_bytes(content)

    def one(sql: str, *values: Any) -> int:
        row = owner.execute(sql, values).fetchone()
        return int(row[0]) if row else 0

    def writes() -> bool:
        # A transaction that has written bases keeps its lock on their table to its end. Other tests write them too.
        return one(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = %s "
            "AND relation = 'agents_monthlybase'::regclass AND mode = 'RowExclusiveLock' AND granted", NAMED
        ) > 0  # fmt: skip

    def counts() -> dict[str, int]:
        return {name: one(f"SELECT count(*) FROM {name} WHERE establishment_id = %s", place) for name in WRITTEN}

    first = _command(tmp_path, folder)
    _wait(writes, lambda: first.poll() is None)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=30)
    assert first.returncode == -signal.SIGKILL
    _wait(lambda: not writes())
    assert counts() == dict.fromkeys(WRITTEN, 0)
    state = "SELECT count(*) FROM service_declarations_declaration WHERE establishment_id = %s AND state = %s"
    assert one(state, place, "checking") == 1

    second = _command(tmp_path, folder)
    said = second.communicate(timeout=60)[0].replace("\u00a0", " ")
    people = content.count(b"\nS21.G00.30.001,")
    assert second.returncode == 0, said
    assert f"1 fichier reçu, 0 déjà reçu, 0 refusé : 1 déclaration (0 rejetée, 0 sans établissement), {people}" in said
    assert one(state, place, "anomalies") == 1
    kept = counts()
    assert all(kept.values()), kept
    # Each once: those of the Ircantec, their bases, a movement by fund.
    assert kept["agents_agent"] == kept["agents_affiliation"] == kept["agents_post"]
    assert kept["agents_agent"] + kept["service_declarations_individual"] == people
    for sql in (
        "SELECT count(DISTINCT nir_key) - count(*) FROM agents_agent WHERE establishment_id = %s",
        "SELECT count(DISTINCT (agent_id, code, starts_on, contract, rank)) - count(*) FROM agents_monthlybase "
        "WHERE establishment_id = %s",
        "SELECT count(DISTINCT fund) - count(*) FROM ledger_movement WHERE establishment_id = %s",
        "SELECT sum(amount) FROM ledger_line WHERE establishment_id = %s",
    ):
        assert one(sql, place) == 0, sql
