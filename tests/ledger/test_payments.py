"""Transfers received: what pays what, what waits and why; the same file twice, two at once, killed in the middle."""

import datetime
import os
import signal
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
        + [Entry(place.pk, "cnracl", Kind.SURCHARGE, AUGUST, sides.surcharge(20_80), "late:1")],
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
    "an amount that nothing asks for": ({"label": SIRET, "amount": "1.23"}, "amount", "1 337,50"),
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
