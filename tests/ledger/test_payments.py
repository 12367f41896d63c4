"""Transfers received: what pays what, what waits and why; the same file twice; what the bank takes back."""

import datetime

import pytest

from parvis.establishments.models import Contract, Establishment
from parvis.ground import tenancy
from parvis.journal.actions import SYSTEM
from parvis.ledger import references, sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import BankFile, BankPayment, Kind, Line, Movement
from parvis.ledger.payments.importing import import_content
from parvis.ledger.payments.matching import WHY, explained
from parvis.ledger.payments.statements import Unreadable
from parvis.ledger.queries import balances
from parvis.notices.models import Notice
from tests.ledger.conftest import SIRET
from tests.ledger.owing import AUGUST, NOVEMBER, OCTOBER, OWED, SEPTEMBER, THIRD, owe, ref
from tests.ledger.papers import RAFP, entry, statement, table


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
