"""Files of transfers imported at once, and killed in the middle: each pays once, and the sum stays zero."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection, connections

from parvis.establishments.models import Contract, Establishment
from parvis.ground import tenancy
from parvis.ledger.models import BankFile, BankPayment, Movement
from parvis.ledger.payments import importing
from parvis.ledger.payments.importing import import_content
from parvis.ledger.queries import balances
from tests.ledger.owing import AUGUST, OWED, THIRD, owe, ref
from tests.ledger.papers import entry, statement
from tests.plugins.database import owner_connection


@pytest.fixture
def committed(django_db_setup, django_db_blocker, owner):
    """An establishment that other connections see. What was written is taken back by hand: nothing else is flushed."""
    with django_db_blocker.unblock():
        application, connections["default"] = connections["default"], owner_connection()
        try:
            with tenancy.scope(role="parvis_owner"):
                made = Establishment.objects.create(
                    siret=THIRD, siren=THIRD[:9], name="Ici", kind="commune", sort_key="ici"
                )
                for fund in OWED:
                    Contract.objects.create(establishment=made, fund=fund, number=fund, starts_on="2010-01-01")
                owe(made)
            yield made
        finally:
            connections["default"].close()
            connections["default"] = application
            _take_back(owner)


def _take_back(owner):
    kept = ("ledger_line", "ledger_movement")
    for name in kept:
        owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER ledger_row")
    for name in ("ledger_bankpayment", "ledger_bankfile", *kept):
        owner.execute(f"DELETE FROM {name}")
    for name in kept:
        owner.execute(f"ALTER TABLE {name} ENABLE TRIGGER ledger_row")
    place = "(SELECT id FROM establishments_establishment WHERE siret = %s)"
    owner.execute(f"DELETE FROM establishments_contract WHERE establishment_id = {place}", [THIRD])
    owner.execute("DELETE FROM establishments_establishment WHERE siret = %s", [THIRD])


def _as_owner(work):
    """In a thread, on a connection of its own."""

    def inside():
        mine = owner_connection()
        connections["default"] = mine
        try:
            work()
        finally:
            mine.close()

    return inside


def test_files_imported_at_once_pay_once_and_the_sum_stays_zero(committed):
    same = statement(entry(reference=ref(siret=THIRD), number="A1"), entry(label=THIRD, amount="450.00", number="A2"))
    others = [
        statement(entry(reference=ref(siret=THIRD), number="A1"), entry(amount="1.00", label="x", number=f"N{n}"))
        for n in (1, 2)
    ]
    failed = []

    def run(content):
        def work():
            try:
                import_content(content, "r.xml")
            except Exception as fault:  # noqa: BLE001
                failed.append(fault)

        return threading.Thread(target=_as_owner(work))

    threads = [run(content) for content in (same, same, *others)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not failed
    with tenancy.scope(role="parvis_owner"):
        assert BankPayment.objects.count() == 4
        assert Movement.objects.filter(kind="payment").count() == 2
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(amount), count(*) FILTER (WHERE account = 'bank') FROM ledger_line")
            assert cursor.fetchone() == (0, 2)
        assert balances([committed.pk])[committed.pk, "cnracl"] == (400_00, 20_80)


def _command(*files):
    """`parvis payments import` in a process of its own, on the tests' database."""
    address = os.environ["DATABASE_OWNER_URL"].replace("/parvis?", f"/{connection.settings_dict['NAME']}?", 1)
    assert "/test" in address
    return subprocess.Popen(
        [sys.executable, "-m", "parvis.config.command", "payments", "import", *map(str, files)],
        env={**os.environ, "DATABASE_OWNER_URL": address},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


STUCK = """SELECT count(*) FROM pg_locks WHERE relation = 'ledger_bankpayment'::regclass AND NOT granted"""


def test_the_command_killed_in_the_middle_then_run_in_parallel_pays_once_and_the_sum_is_zero(
    committed, owner, tmp_path
):
    paid = [entry(reference=ref(siret=THIRD), amount="1.00", number=f"A{n}") for n in range(40)]
    whole, part = tmp_path / "whole.xml", tmp_path / "part.xml"
    whole.write_bytes(statement(*paid))
    part.write_bytes(statement(*paid[:10], entry(label=THIRD, amount="450.00", number="B1"), name="REL-2"))
    with owner.transaction():
        # It writes its movements, then waits for us before the transfers: there it dies, by nothing that it can catch.
        owner.execute("LOCK TABLE ledger_bankpayment IN SHARE MODE")
        first = _command(whole)
        limit = time.monotonic() + 60
        while not owner.execute(STUCK).fetchone()[0]:
            assert first.poll() is None and time.monotonic() < limit, "it ended before it could be killed"
            time.sleep(0.01)
        first.send_signal(signal.SIGKILL)
        first.communicate(timeout=30)
        assert first.returncode == -signal.SIGKILL
    with tenancy.scope(role="parvis_owner"):
        assert not BankFile.objects.exists() and not Movement.objects.filter(kind="payment").exists()
    both = [_command(whole, part), _command(part, whole)]
    said = [one.communicate(timeout=60)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    with tenancy.scope(role="parvis_owner"):
        assert BankPayment.objects.count() == Movement.objects.filter(kind="payment").count() == 41
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(amount), count(*) FILTER (WHERE account = 'bank') FROM ledger_line")
            assert cursor.fetchone() == (0, 41)
        assert balances([committed.pk])[committed.pk, "cnracl"] == (400_00 + 447_50, 20_80)


def test_killed_in_the_middle_nothing_is_there_and_the_same_command_does_it_then(committed, monkeypatch):
    content = statement(*(entry(reference=ref(siret=THIRD), amount="1.00", number=f"A{n}") for n in range(50)))
    child = os.fork()
    if not child:
        # The child dies after the movements were written, before the transfers are.
        connections["default"] = owner_connection()
        importing._row = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        import_content(content, "r.xml")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    time.sleep(0.2)
    with tenancy.scope(role="parvis_owner"):
        assert not BankFile.objects.exists() and not Movement.objects.filter(kind="payment").exists()
    assert import_content(content, "r.xml").matched == 50
    with tenancy.scope(role="parvis_owner"):
        assert balances([committed.pk])[committed.pk, "cnracl"] == (OWED["cnracl"][AUGUST] + 450_00 + 437_50, 20_80)
