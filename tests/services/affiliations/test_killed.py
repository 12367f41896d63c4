"""A merger's file, whose process is killed in the middle: nothing is half done, and pressing again does all of it."""

import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from parvis.agents.models import Affiliation, Agent, Post
from parvis.journal.models import Event
from parvis.services.affiliations.files import actions
from parvis.services.affiliations.models import AgentFile
from tests.services.affiliations.conftest import number
from tests.services.affiliations.test_files import TITLES, line
from tests.services.conftest import Employers

MANY = 40
LAST = datetime.date(2026, 10, 31)
# What the page's button does, in a process of its own under the application's role.
CONFIRM = """
import sys, django
django.setup()
from parvis.access.standing import standing
from parvis.ground import tenancy
from parvis.services.affiliations.files.actions import confirm
person, place = map(int, sys.argv[1:3])
with tenancy.scope(person=person, establishment=place):
    confirm(who=standing(person, place), file_id=sys.argv[3])
"""
TABLES = ("agents_post", "agents_affiliation", "agents_agent", "service_affiliations_agentfile", "journal_event")


@pytest.fixture
def committed(rows: Employers, django_db_blocker: Any) -> Iterator[Employers]:
    """What separate processes see: everything commits, and is taken back."""
    with django_db_blocker.unblock():
        yield rows
    rows.owner.execute("ALTER TABLE journal_event DISABLE TRIGGER USER")
    for table in TABLES:
        rows.owner.execute(f"DELETE FROM {table} WHERE establishment_id = ANY(%s)", [[*rows.establishments.values()]])
    rows.owner.execute("ALTER TABLE journal_event ENABLE TRIGGER USER")


def _confirming(rows: Employers, file: AgentFile) -> subprocess.Popen[str]:
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    given = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    return subprocess.Popen(
        [sys.executable, "-c", CONFIRM, str(rows.persons["redactrice"]), str(rows.here), str(file.pk)],
        env={**given, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "parvis.config.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _until(process: subprocess.Popen[str], owner: psycopg.Connection[Any], sql: str, *values: Any) -> Any:
    limit = time.monotonic() + 60
    while (found := owner.execute(sql, values).fetchone()) is None:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < limit
        time.sleep(0.02)
    return found[0]


def _previewed(rows: Employers, content: str, way: str, **told: str) -> AgentFile:
    with rows.scope("redactrice"):
        file = actions.read_file(content.encode(), way=way)
        return actions.preview(who=rows.standing("redactrice"), file=file, way=way, told=told)


def _state(rows: Employers) -> tuple[int, ...]:
    with rows.scope("redactrice"):
        return (
            Affiliation.objects.filter(left_on=None).count(),
            Post.objects.filter(ends_on=None).count(),
            AgentFile.objects.exclude(confirmed_at=None).count(),
            Event.objects.filter(kind="agent.left").count(),
            Event.objects.filter(kind="agents.moved").count(),
        )


def test_a_merger_is_killed_in_the_middle_and_done_whole_by_the_next_one(committed: Employers) -> None:
    rows, owner = committed, committed.owner
    entering = _previewed(rows, TITLES + "".join(line(rank) for rank in range(1, MANY + 1)), "list")
    with rows.scope("redactrice"):
        actions.confirm(who=rows.standing("redactrice"), file_id=entering.pk)
        last = Post.objects.order_by("-pk").values_list("pk", flat=True)[0]
    before = _state(rows)
    assert before == (2 * MANY, MANY, 1, 0, 0)
    nirs = "NIR\n" + "".join(f"{number(rank)}\n" for rank in range(1, MANY + 1))
    leaving = _previewed(rows, nirs, "out", on=LAST.isoformat(), employer="Évian", act="Arrêté du 12 octobre 2026")
    # Somebody holds one of the posts: the affiliations are written, and the posts wait.
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], dbname=str(connection.settings_dict["NAME"])) as holder:
        holder.execute("SELECT id FROM agents_post WHERE id = %s FOR UPDATE", [last])
        process = _confirming(rows, leaving)
        backend = _until(
            process,
            owner,
            "SELECT w.pid FROM pg_locks w WHERE NOT w.granted AND %s = ANY(pg_blocking_pids(w.pid)) AND EXISTS (SELECT "
            "FROM pg_locks h WHERE h.pid = w.pid AND h.granted AND h.mode = 'RowExclusiveLock' "
            "AND h.relation = 'agents_affiliation'::regclass)",
            holder.info.backend_pid,
        )
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    while owner.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [backend]).fetchone() is not None:
        time.sleep(0.02)
    assert _state(rows) == before
    with rows.scope("redactrice"):
        actions.confirm(who=rows.standing("redactrice"), file_id=leaving.pk)
    done = (0, 0, 2, MANY, 1)
    assert _state(rows) == done
    with rows.scope("redactrice"):
        assert set(Affiliation.objects.values_list("leaving", "left_on")) == {("mass", LAST)}
        assert set(Post.objects.values_list("ends_on", flat=True)) == {LAST}
        assert Agent.objects.count() == MANY
        # Pressed once more: done already.
        assert actions.confirm(who=rows.standing("redactrice"), file_id=leaving.pk).sealed == ""
    assert _state(rows) == done
