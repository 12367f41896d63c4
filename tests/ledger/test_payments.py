"""Transfers received: what pays what, what waits and why; the same file twice, two at once, killed in the middle."""

import datetime
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
from parvis.journal.actions import SYSTEM
from parvis.ledger import references, sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import BankFile, BankPayment, Kind, Line, Movement
from parvis.ledger.payments import importing
from parvis.ledger.payments.importing import import_content
from parvis.ledger.payments.matching import WHY, explained
from parvis.ledger.payments.statements import Unreadable
from parvis.ledger.queries import balances
from parvis.ledger.references import Target
from parvis.notices.models import Notice
from tests.ledger.conftest import SIRET
from tests.ledger.papers import RAFP, entry, statement, table
from tests.plugins.database import owner_connection

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (datetime.date(2026, month, 1) for month in (8, 9, 10, 11))
THIRD = "21740242900013"
OWED = {
    "cnracl": {AUGUST: 400_00, SEPTEMBER: 450_00, OCTOBER: 487_50},
    "rafp": {OCTOBER: 90_00},
    "atiacl": {OCTOBER: 12_00},
}


def ref(fund="cnracl", month=OCTOBER, months=1, siret=SIRET):
    return references.reference(Target(fund, month, months, siret))


def owe(place):
    record_all(
        actor=SYSTEM,
        entries=[
            Entry(place.pk, fund, Kind.DUE, month, sides.due(0, amount), f"declaration:{fund}:{month}")
            for fund, months in OWED.items()
            for month, amount in months.items()
        ]
        + [Entry(place.pk, "cnracl", Kind.SURCHARGE, AUGUST, sides.surcharge(20_80), "surcharge:1")],
    )


def mistyped(text):
    return text[:-2] + str((int(text[-2]) + 1) % 10) + text[-1]


CASES = {
    "by its reference": ({"reference": ref()}, "matched", {OCTOBER: 487_50}),
    "by a reference in what was written": (
        {"label": f"COTIS {references.shown(ref())} /INV/"}, "matched", {OCTOBER: 487_50},
    ),
    "a part": ({"reference": ref(), "amount": "100.00"}, "matched", {OCTOBER: 100_00}),
    "too much": ({"reference": ref(), "amount": "500.00"}, "matched", {OCTOBER: 500_00}),
    "before the declaration": (
        {"reference": ref(month=NOVEMBER), "amount": "9.00"}, "matched", {NOVEMBER: 9_00},
    ),
    "a quarter": (
        {"reference": ref(month=datetime.date(2026, 7, 1), months=3), "amount": "850.00"}, "matched",
        {AUGUST: 400_00, SEPTEMBER: 450_00},
    ),
    "surcharges": ({"reference": ref(month=AUGUST, months=0), "amount": "20.80"}, "matched", {AUGUST: 20_80}),
    "by SIRET and amount": ({"label": f"MAIRIE SIRET {SIRET[:9]} {SIRET[9:]}"}, "matched", {OCTOBER: 487_50}),
    "by SIRET and a quarter": ({"label": SIRET, "amount": "850.00"}, "matched", {AUGUST: 400_00, SEPTEMBER: 450_00}),
    "by SIRET and a surcharge": ({"label": SIRET, "amount": "20.80"}, "matched", {AUGUST: 20_80}),
    "the reference of another fund": (
        {"reference": ref("rafp"), "amount": "90.00"}, "wrong_fund", "paie : RAFP, octobre 2026",
    ),
    "the amount of another fund": ({"label": SIRET, "amount": "90.00"}, "wrong_fund", "paie : RAFP, octobre 2026"),
    "two months in one": ({"reference": ref(month=SEPTEMBER), "amount": "937.50"}, "merged", "septembre 2026 (450,00"),
    "two references": ({"label": f"{ref()} {ref(month=AUGUST)}", "amount": "887.50"}, "merged", "août 2026 (400,00"),
    "two funds in one": ({"reference": ref(), "amount": "577.50"}, "merged_funds", "RAFP, octobre 2026 (90,00"),
    "references of two funds": (
        {"label": f"{ref()} {ref('rafp')}", "amount": "600.00"}, "merged_funds", "est de 577,50",
    ),
    "an amount that nothing asks for": (
        {"label": SIRET, "amount": "1.23"}, "amount",
        "il doit en tout 1 337,50 € de cotisations et 20,80 € de majorations et pénalités à ce fonds",
    ),
    "a mistyped reference": ({"reference": mistyped(ref())}, "reference", "mal saisi"),
    "no contract": ({"reference": ref(siret=THIRD)}, "contract", "jamais eu de contrat"),
    "nobody known": ({"label": "cotisations octobre"}, "unknown", "Ni la référence"),
    "a SIRET that is none": ({"label": "20006340200017"}, "unknown", "Ni la référence"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_a_transfer_pays_or_why_it_waits(place, other, case):
    owe(place)
    Establishment.objects.create(siret=THIRD, siren=THIRD[:9], name="Sans", kind="commune", sort_key="sans")
    told, state, wanted = CASES[case]
    if state == "contract":
        Contract.objects.create(
            establishment=Establishment.objects.get(siren=THIRD[:9]), fund="rafp", number="R", starts_on="2020-01-01"
        )
    report = import_content(statement(entry(**told)), "r.xml")
    payment = BankPayment.objects.get()
    if state == "matched":
        assert payment.state == "matched" and payment.establishment_id == place.pk
        paid = {
            line.month: -line.amount for line in Line.objects.filter(movement=payment.movement).exclude(account="bank")
        }
        assert paid == wanted
        assert (report.matched, report.waiting) == (1, 0)
    else:
        assert (payment.state, payment.why, payment.movement) == ("waiting", state, None)
        said = explained("cnracl", payment.why, payment.found, payment.amount)
        assert wanted in " ".join(said.split())
        assert WHY[state]
        assert not Movement.objects.filter(kind="payment").exists()


def test_transfers_of_one_file_see_what_the_others_paid(place):
    owe(place)
    import_content(
        statement(entry(label=SIRET), entry(label=SIRET), entry(reference=ref(month=AUGUST), amount="400.00")), "r"
    )
    assert sorted(BankPayment.objects.values_list("state", "why")) == [
        ("matched", ""), ("matched", ""), ("waiting", "amount"),
    ]  # fmt: skip
    assert balances([place.pk])[place.pk, "cnracl"] == (450_00, 20_80)


def test_a_transfer_without_a_reference_that_would_pay_either_of_two_due_dates_says_so(place):
    owe(place)
    due = sides.due(0, OWED["cnracl"][OCTOBER])
    record_all(actor=SYSTEM, entries=[Entry(place.pk, "cnracl", Kind.DUE, NOVEMBER, due, "declaration:again")])
    import_content(statement(entry(label=SIRET)), "r.xml")
    payment = BankPayment.objects.get()
    assert (payment.why, payment.establishment_id, payment.movement) == ("same", place.pk, None)
    said = explained("cnracl", payment.why, payment.found, payment.amount)
    assert "plusieurs échéances ont ce montant : octobre 2026, novembre 2026." in said and WHY["same"]


def test_the_same_file_and_the_same_transfers_change_nothing(place):
    owe(place)
    content = statement(entry(reference=ref(), number="A1"), entry(label="who", number="A2"))
    import_content(content, "r.xml")
    before = (Movement.objects.count(), BankPayment.objects.count())
    assert import_content(content, "again.xml").already
    # Another statement holds one of them, in another format: it is known by the bank's number.
    report = import_content(table(f"487,50;{ref()};;;A1", "1,00;;;;A3"), "r.csv")
    assert (report.read, report.known, report.waiting) == (2, 1, 1)
    assert (Movement.objects.count(), BankPayment.objects.count()) == (before[0], before[1] + 1)


def test_a_file_that_is_wrong_anywhere_writes_nothing(place):
    owe(place)
    unknown = statement(entry(), iban="FR7630006000011234567890189")
    both = statement(entry(reference=ref())).replace(
        b"</BkToCstmrStmt>", unknown.split(b"</GrpHdr>")[1].split(b"</BkTo")[0] + b"</BkToCstmrStmt>"
    )
    for content in (both, statement(entry(reference=ref()), entry(amount="x"))):
        with pytest.raises(Unreadable):
            import_content(content, "r.xml")
        assert not BankFile.objects.exists() and not BankPayment.objects.exists()
        assert not Movement.objects.filter(kind="payment").exists()


def test_the_establishment_and_the_advisers_of_the_fund_alone_see_a_transfer(place, other):
    owe(place)
    import_content(statement(entry(reference=ref()), entry(label="nobody")), "r.xml")
    import_content(statement(entry(label="nobody either"), iban=RAFP), "s.xml")
    seen = {}
    for name, scope in {
        "here": {"establishment": place.pk}, "there": {"establishment": other.pk},
        "cnracl": {"role": tenancy.ADVISER, "funds": ["cnracl"]}, "rafp": {"role": tenancy.ADVISER, "funds": ["rafp"]},
    }.items():  # fmt: skip
        with tenancy.scope(**scope):
            seen[name] = BankPayment.objects.count()
    assert seen == {"here": 1, "there": 0, "cnracl": 2, "rafp": 1}


# --- Taken back by the bank, and perhaps there twice ------------------------------------------------------------------


def returned(amount="487.50", *, refs="", number="R1", on="2026-11-12", info=True, more=""):
    """A debit of the bank; `info`: with what says that it is a return."""
    made = entry(amount, sign="DBIT", number=number, on=on, more=more)
    told = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" if info else ""
    return made.replace("<EndToEndId>NOTPROVIDED</EndToEndId>", f"<EndToEndId>NOTPROVIDED</EndToEndId>{refs}").replace(
        "</TxDtls>", f"{told}</TxDtls>"
    )


BACK = {
    "by the bank's number": {"refs": "<TxId>A1</TxId>"},
    "by the bank's number, as a reversal": {
        "number": "A1", "more": "<RvslInd>true</RvslInd>", "info": False,
    },
    "by the only reference": {"refs": "", "label": True},
}  # fmt: skip


@pytest.mark.parametrize("case", BACK)
def test_a_transfer_that_the_bank_takes_back_is_to_be_paid_again_and_is_told(place, case):
    told = dict(BACK[case])
    owe(place)
    came = entry(reference=ref(), number="A1")
    back = returned(**{name: value for name, value in told.items() if name != "label"})
    if told.get("label"):
        structured = f"<RmtInf><Strd><CdtrRefInf><Ref>{ref()}</Ref></CdtrRefInf></Strd></RmtInf>"
        back = back.replace("<RmtInf></RmtInf>", structured)
    # In one file, in the next one, and again: once.
    report = import_content(statement(came, back), "r.xml")
    assert (report.matched, report.back, report.waiting, report.places) == (1, 1, 0, {place.pk})
    assert import_content(statement(back, name="REL-2"), "s.xml").known == 1
    first, second = BankPayment.objects.order_by("debit")
    assert (first.state, second.state, second.of_id, second.debit) == ("matched", "matched", first.pk, True)
    assert second.movement.counters_id == first.movement_id and second.movement.on == datetime.date(2026, 11, 12)
    assert balances([place.pk])[place.pk, "cnracl"] == (1337_50, 20_80)
    notice = Notice.objects.get(kind="payment_taken_back")
    assert (notice.establishment_id, notice.detail["amount"]) == (place.pk, 487_50)


def test_a_table_takes_a_transfer_back_as_camt_does(place):
    owe(place)
    rows = table(f"487,50;{ref()};;;A1", f"-487,50;{ref()};VIR REJETE;;R1", "-1,00;;REJET;;", "-90,00;;Pensions;;")
    report = import_content(rows, "r.csv")
    assert (report.matched, report.back, report.waiting, report.aside) == (1, 1, 1, 1)
    assert import_content(rows + b"\r\n", "encore.csv").known == 2
    back = BankPayment.objects.get(debit=True, state="matched")
    assert (back.of.key, back.movement.counters_id) == ("A1", back.of.movement_id)
    assert balances([place.pk])[place.pk, "cnracl"] == (1337_50, 20_80)
    assert Notice.objects.filter(kind="payment_taken_back").count() == 1


def test_what_is_no_return_stays_aside_and_a_return_of_nobody_knows_what_waits(place):
    owe(place)
    two = [entry(reference=ref(month=month), amount="1.00", number=f"A{month:%m}") for month in (AUGUST, SEPTEMBER)]
    plain = entry("500.00", sign="DBIT", number="P1")
    unclear = returned("1.00", number="R1")
    report = import_content(statement(*two, plain, unclear), "r.xml")
    assert (report.aside, report.back, report.waiting) == (1, 0, 1)
    waits = BankPayment.objects.get(state="waiting")
    assert (waits.why, waits.debit, waits.found) == ("return", True, {"reason": "AC04"})
    assert not Movement.objects.exclude(counters=None).exists()


def test_a_return_of_what_waited_ends_the_wait_and_writes_nothing(place):
    import_content(statement(entry(label=f"{SIRET} x", amount="1.23", number="A1")), "r.xml")
    report = import_content(statement(returned("1.23", refs="<TxId>A1</TxId>")), "s.xml")
    assert (report.back, report.waiting) == (1, 0)
    assert set(BankPayment.objects.values_list("state", flat=True)) == {"returned"}
    assert not Movement.objects.exists() and Notice.objects.filter(kind="payment_taken_back").count() == 1


def test_the_very_same_without_a_number_in_two_files_waits_and_is_neither_lost_nor_paid_twice(place):
    owe(place)
    same = entry(reference=ref(), amount="100.00")
    assert import_content(statement(same), "matin.xml").matched == 1
    report = import_content(statement(same, same, name="REL-2"), "soir.xml")
    # The second one of that file is one that the first file did not have.
    assert (report.matched, report.waiting, report.known) == (1, 1, 0)
    assert BankPayment.objects.get(state="waiting").why == "twin"
    assert balances([place.pk])[place.pk, "cnracl"] == (1137_50, 20_80)
    assert import_content(statement(same, same, name="REL-2"), "soir-encore.xml").already


# --- Committed: two at once, and killed ------------------------------------------------------------------------------


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
