"""Reading bank statements: what is a transfer received, what is left aside, what is hostile, what is broken."""

import datetime
import time

import pytest

from parvis.ledger.payments import camt, tabular
from parvis.ledger.payments.importing import read
from parvis.ledger.payments.statements import Unreadable
from tests.ledger.papers import CNRACL, NAMESPACE, entry, statement, table

BATCH = """<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><DtTm>2026-11-04T10:00:00</DtTm></BookgDt><NtryRef>N1</NtryRef><NtryDtls>
<TxDtls><Amt Ccy="EUR">{}</Amt></TxDtls><TxDtls><AmtDtls><TxAmt>
<Amt Ccy="EUR">20.00</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls></Ntry>"""


@pytest.mark.parametrize("version", ["02", "04", "08", "12"])
def test_transfers_received_are_read_whatever_the_version(version):
    content = statement(
        entry(reference="RF18 5390", label="cotis  octobre", payer="Trésorerie d’Annecy", number="A1"),
        entry(sign="DBIT"), entry(more="<RvslInd>true</RvslInd>"), entry(status="<Sts>PDNG</Sts>"),
        BATCH.format("10.00"), namespace=NAMESPACE[:-2] + version,
    )  # fmt: skip
    [found] = camt.read(content)
    first, *batch = found.received
    assert (found.iban, found.aside) == (CNRACL, 3)
    assert (first.key, first.amount, first.on) == ("A1", 487_50, datetime.date(2026, 11, 4))
    assert (first.reference, first.label, first.payer) == ("RF18 5390", "cotis octobre", "Trésorerie d’Annecy")
    assert [(one.key, one.amount) for one in batch] == [("N1/1", 10_00), ("N1/2", 20_00)]


def test_two_entries_that_say_the_same_are_two_and_stay_so():
    once = camt.read(statement(entry(), entry(), entry(amount="1.00")))[0].received
    again = camt.read(statement(entry(amount="1.00"), entry(), name="OTHER"))[0].received
    assert len({one.key for one in once}) == 3
    assert {one.key for one in again} < {one.key for one in once}


LAUGHS = "<!DOCTYPE lolz [<!ENTITY a 'lol'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        LAUGHS,
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/p'> %p;]>",
        "<!DOCTYPE Document>",
    ],
)
def test_a_hostile_file_is_refused_at_once_and_reads_nothing(head):
    began = time.monotonic()
    for label in ("&a;", "&j;", "x"):
        content = statement(entry(label="LABEL"), head=head).replace(b"LABEL", label.encode())
        for coded in (content, content.decode().replace("UTF-8", "UTF-16").encode("utf-16")):
            with pytest.raises(Unreadable) as refused:
                read(coded)
            assert "root:" not in str(refused.value)
    assert time.monotonic() - began < 2


def test_deep_and_long_files_do_not_bring_the_reader_down():
    with pytest.raises(Unreadable):
        read(b"<a>" * 100_000)
    with pytest.raises(Unreadable):
        read(statement(entry(label="x" * 11_000_000)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<?xml version='1.0'?><a/>", "CAMT.053"),
        (statement(namespace="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"), "CAMT.053"),
        (statement(entry())[:-30], "coupé ou mal formé"),
        (statement(entry(), iban=""), "de quel compte"),
        (statement(entry(amount="12,50")), "n’est pas un montant"),
        (statement(entry(amount="-12.50")), "n’est pas un montant"),
        (statement(entry(amount="1e9")), "n’est pas un montant"),
        (statement(entry(amount="0.00")), "plus grand que zéro"),
        (statement(entry(amount="1.001")), "centimes"),
        (statement(entry(currency="USD")), "en euros"),
        (statement(entry(on="2026-02-30")), "n’est pas une date"),
        (statement(BATCH.format("11.00")), "somme de ses opérations"),
        (statement(entry(number="A"), entry(number="A")), "deux fois"),
        (f"<Document xmlns='{NAMESPACE}'/>".encode(), "aucun relevé"),
        (b"", "vide"),
        (b"iban;date\r\nFR;04/11/2026", "montant.» manque"),
        (table("12,345;;;;"), "centimes"),
        (table("douze;;;;"), "n’est pas un montant"),
        (table("--1,00;;;;"), "n’est pas un montant"),
        (table("-0,00;;REJET;;"), "plus grand que zéro"),
        (table("12,50;;;;").replace(b"04/11", b"31/11"), "n’est pas une date"),
        (table(), "aucune ligne"),
    ],
)
def test_a_wrong_file_is_refused_whole_and_says_why(content, said):
    with pytest.raises(Unreadable, match=said):
        read(content)


def test_the_line_of_what_is_wrong_is_told():
    with pytest.raises(Unreadable, match=r"Ligne \d+"):
        read(statement(entry(), entry(amount="x")))
    with pytest.raises(Unreadable, match="Ligne 3"):
        read(table("1,00;;;;", "x;;;;"))


def test_a_table_as_spreadsheets_write_it():
    content = table("1 234,56;RF18;Cotisations é;Trésorerie;N1", '"12";;"=1+1";;')
    first, second = tabular.read(content)[0].received
    assert (first.amount, first.reference, first.label, first.key) == (1_234_56, "RF18", "Cotisations é", "N1")
    assert (second.amount, second.label) == (12_00, "=1+1")


def test_a_debit_of_a_table_takes_a_transfer_back_only_where_the_bank_says_so():
    """The same rule as in CAMT.053: `statements.counted`."""
    head, *rest = table(
        "-487,50;RF18;COTIS;;R1;A1;AC04", "−1,00;;REJET VIR SEPA;;;;", "2,00-;;Annulé;;;;",  # noqa: RUF001
        "-500,00;;PENSIONS;;P1;;", "3,00;;PENSION REVENUE;;;;MD07", "+4,00;;RETOUR DE COTIS;;;;",
    ).split(b"\r\n")  # fmt: skip
    [found] = tabular.read(b"\r\n".join([head + b";origine;motif", *rest]))
    first, *others, came = found.received
    assert (first.debit, first.amount, first.key, first.originals, first.reason) == (
        True, 487_50, "retour:R1", ("A1", "R1"), "AC04",
    )  # fmt: skip
    assert [(one.debit, one.amount) for one in others] == [(True, 1_00), (True, 2_00)]
    assert (came.debit, came.amount, found.aside) == (False, 4_00, 2)
