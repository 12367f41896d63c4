"""Months beside each other: received in their order, mended by later ones, confirmed, cancelled; who comes back."""

import datetime
import re
import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import OperationalError

from parvis.agents import nir
from parvis.agents.actions import Base, write_month
from parvis.agents.models import Affiliation, Agent, MonthlyBase, Post
from parvis.dsn.generation.anomalies import Anomaly as Fault
from parvis.dsn.generation.posts import CNRACL, staff
from parvis.dsn.shapes import Base as DeclaredBase
from parvis.dsn.shapes import Contribution
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.services.declarations import actions, comparing, outcome, receiving, taking
from parvis.services.declarations.amounts import shares_of
from parvis.services.declarations.models import Anomaly, Declaration, Individual, Sending
from tests.plugins.database import owner_connection
from tests.services.declarations.papers import AGENTS, MONTH, SEED, TOWN, dsn, handed
from tests.services.declarations.test_correcting import BASE, acting, one
from tests.world import HERE

APRIL, MAY = datetime.date(2026, 4, 1), datetime.date(2026, 5, 1)


# --- In their order, whatever the number of processes ----------------------------------------------------------------


def test_an_employers_months_wait_for_the_process_that_has_one_of_them_and_come_in_their_order(
    town, tmp_path, monkeypatch
):
    elsewhere = replace(TOWN, siren="200000172", nic="00001")
    (tmp_path / "a.txt").write_bytes(dsn(APRIL))
    (tmp_path / "b.txt").write_bytes(dsn())
    (tmp_path / "c.txt").write_bytes(dsn(APRIL, town=elsewhere))
    done: list[str] = []
    real = receiving._receive

    def noted(stream: Any, name: str, *rest: Any, **more: Any) -> None:
        done.append(name)
        real(stream, name, *rest, **more)

    monkeypatch.setattr(receiving, "_receive", noted)
    holds, over = threading.Event(), threading.Event()

    def busy() -> None:
        # Another process, in the middle of March.
        with closing(owner_connection()) as other, other.cursor() as cursor:
            mine = sorted(taking.locks_of("of another file", {HERE}))
            cursor.execute("SELECT pg_advisory_lock(hashtext('parvis dsn'), l) FROM unnest(%s::int[]) l", [mine])
            holds.set()
            over.wait(20)

    thread = threading.Thread(target=busy)
    thread.start()
    assert holds.wait(20)
    threading.Thread(target=lambda: (time.sleep(0.3), over.set())).start()
    report = receiving.receive(tmp_path)
    thread.join()
    assert done == ["c.txt", "b.txt", "a.txt"]
    assert (report.files, report.already, report.strangers) == (3, 0, 1)
    # Each is compared with the one before, which was there whole.
    assert set(Declaration.objects.values_list("month", "state")) == {(MONTH, "processed"), (APRIL, "processed")}
    assert receiving.receive(tmp_path).already == 3


def test_a_file_of_several_employers_takes_all_their_locks_in_one_order_or_none(town):
    own = taking.locks_of("a", {"1" * 14, "2" * 14})
    assert len(own) == 3
    sql = "SELECT l, pg_try_advisory_lock(hashtext('parvis dsn'), l) FROM unnest(%s::int[]) l"
    with closing(owner_connection()) as other, other.cursor() as cursor:
        with taking.held(own) as mine:
            assert mine
            cursor.execute(sql, [sorted(own)])
            assert {free for _, free in cursor.fetchall()} == {False}
        cursor.execute(sql, [sorted(own)[:1]])
        assert cursor.fetchone()[1]
        with taking.held(own) as mine:
            assert not mine
        cursor.execute(sql, [sorted(own)[1:]])
        assert {free for _, free in cursor.fetchall()} == {True}


@pytest.mark.parametrize("fault", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
def test_what_the_database_stopped_is_begun_again_and_never_lost(town, monkeypatch, settings, fault):
    real, left = outcome.finish, [2]

    def stopped(*args: Any, **more: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise OperationalError from fault("stopped")
        real(*args, **more)

    monkeypatch.setattr(taking.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(receiving.outcome, "finish", stopped)
    report = handed(dsn())
    assert (report.refused, report.declarations, Declaration.objects.get().state) == (0, 1, "processed")
    # Stopped each time: it is kept for the next run, which does it.
    left[0] = settings.PARVIS_DSN_TRIES
    assert handed(dsn(APRIL)).refused == 1
    assert Sending.objects.get(state="pending")
    assert handed(dsn(APRIL)).declarations == 1
    assert not Sending.objects.filter(state="pending").exists()


# --- What a later month mends ----------------------------------------------------------------------------------------


def states() -> dict[datetime.date, str]:
    return dict(Declaration.objects.values_list("month", "state"))


def test_what_is_found_no_more_is_closed_in_all_months_before_and_their_declarations_follow(town):
    for month in (MONTH, APRIL):
        handed(dsn(month, anomalies={Fault.WRONG_AMOUNT: 1}))
    assert set(states().values()) == {"anomalies"}
    handed(dsn(MAY))
    assert set(Anomaly.objects.values_list("state", flat=True)) == {"closed"}
    assert set(states().values()) == {"processed"}


def test_who_is_absent_has_mended_nothing(town):
    handed(dsn(anomalies={Fault.WRONG_AMOUNT: 1}))
    declared = Individual.objects.values_list("agent_id", flat=True)
    former = Agent.objects.exclude(pk__in=MonthlyBase.objects.values("agent")).exclude(pk__in=declared).first()
    Individual.objects.update(agent=former, nir_key="of nobody in April")
    handed(dsn(APRIL))
    assert Anomaly.objects.get().state == "open"
    assert states() == {MONTH: "anomalies", APRIL: "processed"}


def test_somebody_absent_who_is_declared_again_is_absent_no_more(town):
    handed(dsn())
    handed(dsn(APRIL, anomalies={Fault.AGENT_MISSING: 1}))
    assert Anomaly.objects.get().code == "AbsPer01"
    handed(dsn(MAY))
    assert Anomaly.objects.get(code="AbsPer01").state == "closed"
    assert states()[APRIL] == "processed"


def test_who_left_is_absent_no_more_once_that_is_declared_and_looked_at_again(town, writer, signed_in):
    handed(dsn())
    handed(dsn(APRIL, anomalies={Fault.AGENT_MISSING: 1}))
    absent, client = Anomaly.objects.get(), signed_in(writer)
    chosen = {"anomalie": [str(absent.ref)], "geste": "controler"}
    client.post(f"{BASE}anomalies/suivre/", chosen)
    assert "Rien n’a changé" in client.get(f"{BASE}anomalies/").content.decode()
    Affiliation.objects.filter(agent=absent.agent_id).update(
        left_on=MONTH.replace(day=31), leaving="mutation", state="ended"
    )
    client.post(f"{BASE}anomalies/suivre/", chosen)
    assert (Anomaly.objects.get().state, states()[APRIL]) == ("corrected", "processed")
    assert Event.objects.get(kind="declaration.checked_again").after["code"] == "AbsPer01"


def test_what_payroll_alone_mends_is_closed_by_a_base_attached_to_its_month(town):
    row = one(Fault.MISSING_BASE)
    assert Anomaly.objects.get().code == "AssCot01"
    handed(dsn(APRIL))
    assert (Anomaly.objects.get().state, states()[MONTH]) == ("open", "anomalies")
    april = Declaration.objects.get(month=APRIL)
    late = Base(row.agent_id, "cnracl", "48", MONTH, MONTH.replace(day=31), 200_000, 22_200, 75_300, rank=9)
    with tenancy.scope(role="parvis_owner", establishment=town.pk):
        write_month(establishment=town.pk, month=APRIL, declaration=april.ref, bases=[late])
        comparing.again(town.pk, APRIL, whole=True)
    row.refresh_from_db()
    assert (Anomaly.objects.get().state, row.applied, states()[MONTH]) == ("closed", True, "processed")
    # What March had declared beside it is written as it was.
    written = set(MonthlyBase.objects.filter(agent=row.agent, month=MONTH).values_list("code", flat=True))
    assert "48" not in written
    assert Declaration.objects.get(month=MONTH).applied <= Declaration.objects.get(month=MONTH).individuals


def test_what_payroll_alone_mends_is_closed_on_somebodys_word(town, writer, reader, signed_in):
    row = one(Fault.MISSING_BASE)
    wrong = Anomaly.objects.get()
    with pytest.raises(Refused):
        acting(writer, actions.mended_in_payroll, ref=wrong.ref)
    acting(writer, actions.leave_to_payroll, refs=[wrong.ref])
    path, client = f"{BASE}anomalies/{wrong.ref}/corrigee-en-paie/", signed_in(writer)
    assert path in client.get(f"{BASE}a-corriger-en-paie/").content.decode()
    assert path not in signed_in(reader).get(f"{BASE}a-corriger-en-paie/").content.decode()
    assert signed_in(reader).post(path).status_code == 403
    assert "tel quel au compte de l’agent" in client.get(path).content.decode()
    assert Anomaly.objects.get().state == "payroll"
    assert client.post(path).headers["Location"] == f"{BASE}a-corriger-en-paie/"
    row.refresh_from_db()
    assert (Anomaly.objects.get().state, row.applied, states()[MONTH]) == ("closed", True, "processed")
    assert Event.objects.get(kind="declaration.payroll_done").after["code"] == "AssCot01"
    # Looked at again it stays closed: what was declared has not changed.
    assert acting(writer, actions.look_again, ref=row.ref).left == ()
    assert client.get(path).status_code == 302
    assert client.post(path).status_code == 302


def test_what_can_be_corrected_here_and_blocks_is_not_closed_by_a_word(town, writer):
    one(Fault.WRONG_NIR)
    wrong = Anomaly.objects.get()
    acting(writer, actions.leave_to_payroll, refs=[wrong.ref])
    with pytest.raises(Refused, match="faites-la ici"):
        acting(writer, actions.mended_in_payroll, ref=wrong.ref)


# --- Cancelled, and come back ----------------------------------------------------------------------------------------


def test_what_a_cancellation_says_of_somebody_is_not_written(town):
    handed(dsn())
    held = MonthlyBase.objects.count()
    content = dsn(kind="03", order=5).replace(b"S20.G00.05.002,'03'", b"S20.G00.05.002,'04'")
    report = handed(content)
    cancel = Declaration.objects.get(kind="04")
    assert (report.rejected, report.individuals, cancel.individuals, cancel.due) == (0, 0, 0, {})
    assert set(Declaration.objects.values_list("state", flat=True)) == {"replaced"}
    added = MonthlyBase.objects.filter(declaration=cancel.ref)
    assert added.count() == held
    assert set(added.values_list("withdrawn", "amount")) == {(True, 0)}


def contract_agent() -> Any:
    return next(o for o in staff(TOWN, seed=SEED, agents=AGENTS) if o.regime != CNRACL and o.present(APRIL))


def begun(content: bytes, number: str, day: str) -> bytes:
    """The same file, where the contract of somebody began on another day."""
    before, mark, rest = content.partition(f"S21.G00.30.001,'{number}'".encode())
    assert mark
    return before + mark + re.sub(rb"(S21\.G00\.40\.001,)'\d+'", rb"\1'%s'" % day.encode(), rest, count=1)


def test_a_contract_agent_who_comes_back_is_affiliated_by_being_declared(town, writer):
    handed(dsn())
    who = contract_agent()
    agent = Agent.objects.get(nir_key=nir.key(who.identity.nir))
    Affiliation.objects.filter(agent=agent).update(left_on=MONTH.replace(day=20), leaving="contract_end", state="ended")
    Post.objects.filter(agent=agent).update(ends_on=MONTH.replace(day=20))
    # Declared under the contract that has ended: that is for somebody to look at.
    handed(dsn(APRIL))
    row = Individual.objects.get()
    assert (row.applied, Anomaly.objects.get().code) == (False, "IdenAgent002")
    Declaration.objects.filter(month=APRIL).update(kind="01")
    handed(begun(dsn(APRIL, kind="03", order=7), who.identity.nir, "01042026"))
    assert Anomaly.objects.exclude(state="closed").count() == 0
    held = Affiliation.objects.filter(agent=agent, scheme="ircantec").order_by("entered_on")
    assert [(one.state, one.entered_on) for one in held][1:] == [("active", APRIL)]
    assert held[1].number not in ("", held[0].number)
    assert Post.objects.filter(agent=agent, ends_on=None).count() == 1
    assert MonthlyBase.objects.filter(agent=agent, month=APRIL, code="28", withdrawn=False).exists()


# --- Who pays what ---------------------------------------------------------------------------------------------------

AGENT, EMPLOYER, NEITHER = (100, 0), (0, 100), (0, 0)
PAYERS = {
    "48": {
        AGENT: "300 302 303 304 306 308 309 326",
        EMPLOYER: "301 305 307 310 325 327",
        # Those of the State, of other schemes, and codes that do not exist.
        NEITHER: "311 312 313 314 315 316 317 318 319 320 321 323 324 060 061 076 999",
        (-100, 0): "114",
        (0, -100): "322",
    },
    "49": {AGENT: "311", EMPLOYER: "312", NEITHER: "300 301 114 320 060 313"},
    # 2.80 % of 10 euros are the agent's, whatever the employer pays.
    "28": {(28, 72): "060", NEITHER: "300 301 311 312 114 322"},
}


@pytest.mark.parametrize("base", PAYERS)
def test_each_contribution_is_due_by_whom_the_norm_says_and_others_schemes_are_not_due(base):
    for expected, codes in PAYERS[base].items():
        for code in codes.split():
            made = DeclaredBase(
                1, base, MONTH, MONTH, 1000, None, None, (Contribution(2, code, None, 1000, 100, None),)
            )
            assert shares_of(made, MONTH) == expected, code


def test_a_reduction_takes_from_its_part_whatever_its_sign_and_is_given_back_with_its_base():
    for amount, own, expected in ((-100, 1000, -100), (100, 1000, -100), (100, -1000, 100), (-100, -1000, 100)):
        made = DeclaredBase(1, "48", MONTH, MONTH, own, None, None, (Contribution(2, "114", None, own, amount, None),))
        assert shares_of(made, MONTH) == (expected, 0)
