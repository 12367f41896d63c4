"""Files come in once, whole or not at all; what they say is checked, kept, and due."""

import datetime
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from parvis.agents.models import Affiliation, Agent, MonthlyBase
from parvis.dsn.generation.anomalies import Anomaly as Fault
from parvis.ground import clock
from parvis.ledger.models import Line, Movement
from parvis.notices.models import Notice
from parvis.services.declarations import receiving
from parvis.services.declarations.models import Anomaly, Declaration, Individual, Sending
from parvis.services.declarations.outcome import reports_on
from parvis.services.declarations.queries import declared_months
from parvis.services.declarations.todo import missing_month
from tests.services.declarations.papers import AGENTS, MONTH, SEED, TOWN, civil_servants, dsn, handed

APRIL, MAY = datetime.date(2026, 4, 1), datetime.date(2026, 5, 1)


def counts() -> tuple[int, ...]:
    models: tuple[Any, ...] = (
        Declaration,
        Individual,
        Anomaly,
        MonthlyBase,
        Movement,
        Line,
        Agent,
        Affiliation,
        Notice,
    )
    return tuple(model.objects.count() for model in models)


def codes(**which: Any) -> list[str]:
    return sorted(Anomaly.objects.filter(**which).values_list("code", flat=True))


def in_force() -> dict[str, int]:
    """Cents of the bases that count, by fund."""
    sums: dict[str, int] = {}
    rows = MonthlyBase.objects.exclude(pk__in=MonthlyBase.objects.exclude(supersedes=None).values("supersedes"))
    for one in rows:
        sums[one.fund] = sums.get(one.fund, 0) + one.amount
    return sums


def owed(fund: str) -> int:
    return sum(Line.objects.filter(fund=fund, account="contributions").values_list("amount", flat=True))


def test_a_right_month_is_processed_its_bases_kept_and_what_is_due_recorded(town):
    report = handed(dsn())
    one = Declaration.objects.get()
    assert (one.state, one.individuals, one.applied) == ("processed", report.individuals, report.individuals)
    assert not Anomaly.objects.exists()
    assert Sending.objects.get().state == "done"
    servants = civil_servants()
    assert MonthlyBase.objects.filter(code="48").count() == len(servants)
    # Those of the Ircantec are affiliated by being declared; nobody else is made up.
    assert Agent.objects.count() == report.individuals
    assert Affiliation.objects.filter(scheme="ircantec", state="active").count() == report.individuals - len(servants)
    for fund, (agent, employer) in one.due.items():
        assert owed(fund) == agent + employer > 0
    assert in_force() == {"cnracl": one.bases["48"][1], "rafp": one.bases["49"][1], "ircantec": one.bases["28"][1]}


def test_the_same_file_twice_and_a_killed_run_change_nothing_more(town, monkeypatch):
    content = dsn(anomalies={Fault.WRONG_AMOUNT: 2, Fault.UNKNOWN_AGENT: 1})
    with monkeypatch.context() as patch:
        patch.setattr(receiving.outcome, "finish", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            handed(content)
    # What is seen of a killed run: that the file is there, and nothing of what it says.
    assert [one.state for one in Declaration.objects.all()] == ["checking"]
    assert counts()[1:6] == (0,) * 5
    handed(content)
    once = counts()
    again = handed(content, "autre-nom.txt")
    assert (counts(), again.already, again.files) == (once, 1, 0)
    assert Declaration.objects.get().state == "anomalies"


def test_what_lies_in_the_folder_is_received_until_its_own_control_begins(town, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(dsn())
    (tmp_path / "b.txt").write_bytes(dsn(APRIL))
    (tmp_path / "c.txt").write_bytes(dsn(MAY))
    seen = []

    def looked(work):
        def inside(file, stream):
            seen.append([(one.month.month, one.state) for one in Declaration.objects.order_by("month")])
            return work(file, stream)

        return inside

    monkeypatch.setattr(receiving._File, "work", looked(receiving._File.work))
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(receiving.outcome, "finish", lambda *_, **__: 1 / 0)
        receiving.receive(tmp_path)
    assert seen == [[(3, "checking"), (4, "received"), (5, "received")]]
    # What waits is not said to be missing, and a kill leaves it as it was.
    may = [one for one in declared_months(town.pk) if one.month == MAY]
    assert [(one.state, one.coming) for one in may] == [("Reçue", True)]
    assert missing_month(datetime.date(2026, 7, 1), APRIL, 14, {MAY}) is None
    assert missing_month(datetime.date(2026, 7, 1), APRIL, 14) is not None
    report = receiving.receive(tmp_path)
    assert (report.files, report.already, report.declarations) == (3, 0, 3)
    assert seen[-1] == [(3, "processed"), (4, "processed"), (5, "checking")]
    assert list(Declaration.objects.order_by("month").values_list("state", flat=True)) == ["processed"] * 3
    assert receiving.receive(tmp_path).already == 3


def test_a_file_that_changes_while_others_are_checked_is_read_as_it_is_then(town, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(dsn())
    (tmp_path / "b.txt").write_bytes(dsn(APRIL)[:-40])
    register = receiving.registering.register

    def registered(files):
        register(files)
        assert set(Declaration.objects.values_list("state", flat=True)) == {"received"}
        (tmp_path / "b.txt").write_bytes(dsn(APRIL))

    monkeypatch.setattr(receiving.registering, "register", registered)
    report = receiving.receive(tmp_path)
    assert (report.files, report.refused) == (2, 0)
    assert list(Declaration.objects.values_list("state", flat=True)) == ["processed"] * 2


@pytest.mark.parametrize("cut", ["middle", "letters"])
def test_a_broken_file_changes_nothing_and_says_where(town, cut):
    lines = dsn().splitlines(keepends=True)
    content = (
        b"".join(lines[: len(lines) // 2])
        if cut == "middle"
        else b"".join([*lines[:90], b"caf\xc3\xa9\n", *lines[90:]])
    )
    told: list[str] = []
    report = receiving.Report()
    receiving.receive_file(io.BytesIO(content), "casse.txt", report=report, tell=told.append)
    assert counts()[1:7] == (0, 0, 0, 0, 0, len(civil_servants()) + _former())
    one = Declaration.objects.get()
    assert (one.state, one.order, one.reports_on) == ("rejected", 1, clock.today())
    assert one.problems[0]["line"] > 0
    assert "ligne" in told[0]
    if cut == "letters":
        assert one.problems[0]["line"] == 91


def _former() -> int:
    """Civil servants of the town who are not there in the month."""
    return Agent.objects.count() - len(civil_servants())


def test_replacing_takes_back_bases_dues_and_anomalies(town):
    handed(dsn(anomalies={Fault.WRONG_AMOUNT: 1}))
    first = Declaration.objects.get()
    before = first.due["cnracl"]
    refused = handed(dsn(order=2))
    assert refused.rejected == 1
    assert Declaration.objects.get(state="rejected").problems[0]["code"] == "DSN-DEJA"
    handed(dsn(kind="03", order=3))
    first.refresh_from_db()
    now = Declaration.objects.get(state="processed")
    assert (first.state, now.replaces) == ("replaced", first.ref)
    assert [one.state for one in Anomaly.objects.all()] == ["closed"]
    assert now.due["cnracl"][0] == before[0] - 1000
    assert owed("cnracl") == sum(now.due["cnracl"])
    assert in_force()["cnracl"] == now.bases["48"][1]
    handed(dsn(kind="05", order=4))
    assert owed("cnracl") == 0
    assert in_force() == dict.fromkeys(("cnracl", "rafp", "ircantec"), 0)
    # What is older than what is there replaces nothing.
    assert handed(dsn(kind="03", order=2, agents=5)).rejected == 1


def test_what_is_due_says_when_it_first_came_of_how_many_and_what_a_correction_added(town, monkeypatch):
    days = [datetime.datetime(2026, month, day, 12, tzinfo=clock.PARIS) for month, day in ((4, 9), (5, 20), (6, 2))]

    def sent(day, content):
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda: day)
            handed(content)
        return Movement.objects.filter(fund="cnracl", kind="due", counters=None).latest("pk").detail

    first = sent(days[0], dsn())
    assert first["received_on"] == "2026-04-09" and "raised" not in first
    assert 0 < first["agents"] == len(civil_servants()) < first["persons"]
    second = sent(days[1], dsn(kind="03", order=2, anomalies={Fault.WRONG_AMOUNT: 1}))
    assert (second["received_on"], second["raised"]) == ("2026-04-09", [["2026-05-20", 1000]])
    third = sent(days[2], dsn(kind="03", order=3))
    assert third["received_on"] == "2026-04-09" and "raised" not in third


def test_fractions_make_one_month_and_a_test_has_no_effect(town):
    handed(dsn(test=True, anomalies={Fault.UNKNOWN_AGENT: 1, Fault.WRONG_AMOUNT: 1}))
    tried = Declaration.objects.get()
    assert (tried.state, tried.test) == ("anomalies", True)
    assert codes() == ["CotCnr01", "IdenAgent003"]
    assert set(Anomaly.objects.values_list("state", flat=True)) == {"told"}
    assert (MonthlyBase.objects.count(), Movement.objects.count(), Notice.objects.count()) == (0, 0, 0)
    handed(dsn(fraction=1, fractions=2))
    handed(dsn(fraction=2, fractions=2, order=2))
    halves = Declaration.objects.filter(test=False)
    assert {one.state for one in halves} == {"processed"}
    assert owed("cnracl") == sum(sum(one.due["cnracl"]) for one in halves)
    assert not Anomaly.objects.exclude(state="told").exists()


def test_an_establishment_that_nobody_knows_is_told_and_left_out(town):
    report = handed(dsn(town=replace(TOWN, siren="200000172", nic="00001")))
    assert (report.strangers, Declaration.objects.count()) == (1, 0)


def test_months_are_compared_and_what_comes_back_is_counted(town):
    faults = {Fault.WRONG_AMOUNT: 1}
    handed(dsn(anomalies=faults))
    handed(dsn(APRIL, anomalies={**faults, Fault.AGENT_MISSING: 1}))
    assert codes(month=APRIL) == ["AbsPer01", "CotCnr01"]
    handed(dsn(MAY, anomalies=faults))
    assert Anomaly.objects.get(month=MAY, code="CotCnr01").times == 3
    # The month before is closed by itself where the next one is right.
    june, august = datetime.date(2026, 6, 1), datetime.date(2026, 8, 1)
    handed(dsn(june))
    assert Anomaly.objects.get(month=MAY, code="CotCnr01").state == "closed"
    handed(dsn(august))
    assert codes(month=august) == ["MoisPer01"]
    handed(dsn(datetime.date(2026, 7, 1)))
    assert Anomaly.objects.get(month=august, code="MoisPer01").state == "corrected"


@pytest.mark.parametrize(
    ("headcount", "received", "expected"),
    [
        (60, datetime.date(2026, 4, 3), datetime.date(2026, 4, 8)),
        (12, datetime.date(2026, 4, 3), datetime.date(2026, 4, 18)),
        (12, datetime.date(2026, 4, 25), datetime.date(2026, 4, 25)),
    ],
)
def test_reports_are_dated_from_the_eighth_or_the_eighteenth(headcount, received, expected):
    assert reports_on(MONTH, headcount, received) == expected


PLANTED = {
    Fault.UNKNOWN_AGENT: "IdenAgent003",
    Fault.WRONG_NIR: "IdenAgent003",
    Fault.SWAPPED_NAMES: "IdenAgent004",
    Fault.WRONG_HOURS: "DurHebdoPo05",
    Fault.WRONG_AMOUNT: "CotCnr01",
    Fault.WRONG_RATE: "CotCnr02",
    Fault.RAFP_CEILING: "CotRafp01",
    Fault.WRONG_SLICE: "CotIrc01",
    Fault.OVERLAP: "ChevPer01",
    Fault.MISSING_BASE: "AssCot01",
    Fault.IMPOSSIBLE_AGE: "AgeAgent001",
}


@pytest.mark.parametrize("fault", PLANTED, ids=lambda one: one.name)
def test_what_is_planted_is_found(town, fault):
    handed(dsn(anomalies={fault: 1}))
    found = codes()
    assert PLANTED[fault] in found, found
    # Nobody else is suspected, and nothing of the NIR is shown whole.
    assert len(set(Anomaly.objects.values_list("individual", flat=True))) == 1
    shown = " ".join(f"{one.found} {one.expected} {one.who}" for one in Anomaly.objects.all())
    assert not [one for one in civil_servants() if one.identity.nir in shown]
    assert (AGENTS, SEED) == (14, 3)


def test_the_command_says_what_came_and_what_was_refused(town, tmp_path):
    (tmp_path / "a.txt").write_bytes(dsn())
    (tmp_path / "b.txt").write_bytes(dsn(APRIL)[:-40])
    (tmp_path / "c.txt").write_bytes(dsn(order=2))
    (tmp_path / ".part").write_bytes(b"x")
    out, wrong = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("dsn", "receive", str(tmp_path), stdout=out, stderr=wrong)
    assert ended.value.code == 1
    said = out.getvalue().replace("\u00a0", " ")
    assert "3 fichiers reçus, 0 déjà reçu, 1 refusé : 2 déclarations (1 rejetée" in said
    assert re.search(r"b\.txt : ligne \d+", wrong.getvalue())
    assert "c.txt : déclaration 1" in wrong.getvalue()
    assert {one.state for one in Declaration.objects.all()} == {"processed", "rejected"}
    out = io.StringIO()
    call_command("dsn", "receive", str(tmp_path), stdout=out)
    assert "3 déjà reçus" in out.getvalue().replace("\u00a0", " ")
    with pytest.raises(SystemExit):
        call_command("dsn", "receive", str(tmp_path / "nulle-part"), stderr=io.StringIO())
