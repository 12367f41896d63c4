"""Accounts go to who takes an establishment's place: closed there, opened here, month by month, and nothing altered."""

import uuid

import pytest
from django.db import Error, connection, transaction

from parvis.establishments.models import Succession
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM, Actor
from parvis.journal.models import Event
from parvis.ledger import following, sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import Account, BankPayment, Kind, Line, Movement
from parvis.ledger.payments.importing import import_content
from parvis.ledger.queries import balances, book
from tests.ledger.conftest import SIRET
from tests.ledger.owing import AUGUST, OCTOBER, SEPTEMBER, owe, ref
from tests.ledger.papers import entry, statement

SOMEBODY = Actor(ref=uuid.UUID(int=7))
ALL = {"cnracl": (1337_50, 20_80), "rafp": (90_00, 0), "atiacl": (12_00, 0)}


def at_the_end():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def taken_over(place, other):
    """As the adviser's action does, in the one scope, then in the other."""
    Succession.objects.create(
        predecessor=place, successor=other, cause="merger", on="2026-11-01", reason="x", fund="cnracl",
        prepared_at=clock.now(), prepared_by=uuid.uuid4(), done_at=clock.now(),
    )  # fmt: skip
    with tenancy.scope(establishment=place.pk, read_only=True):
        listed = following._listed()
    with tenancy.scope(establishment=place.pk):
        rows = following._taken()
    with tenancy.scope(establishment=other.pk):
        count = following._given(rows, place.name, SOMEBODY)
    at_the_end()
    return listed, count


def left(one):
    return {fund: sums for (_, fund), sums in balances([one.pk]).items() if any(sums)}


def test_what_is_owed_and_what_was_paid_too_much_goes_over_by_month(place, other):
    owe(place)
    paid = sides.payment({SEPTEMBER: 500_00})
    record_all(actor=SYSTEM, entries=[Entry(place.pk, "cnracl", Kind.PAYMENT, SEPTEMBER, paid, "bank:0")])
    before = list(Movement.objects.order_by("pk").values())
    listed, count = taken_over(place, other)
    said = " ".join(listed[0].split())
    assert said == "Compte CNRACL : 837,50 € à payer, 20,80 € de majorations et pénalités" and len(listed) == 3
    assert count == 3 and not left(place)
    assert left(other) == {**ALL, "cnracl": (837_50, 20_80)}
    months = book(other.pk, ["cnracl"]).months["cnracl"]
    assert {month: sums.balance for month, sums in months.items()} == {
        AUGUST: 400_00, SEPTEMBER: -50_00, OCTOBER: 487_50,
    }  # fmt: skip
    assert months[AUGUST].charges_balance == 20_80
    # What happened there is still there, as it was; both sides together are nothing.
    assert list(Movement.objects.filter(pk__lte=before[-1]["id"]).order_by("pk").values()) == before
    assert sum(Line.objects.filter(account=Account.SUCCESSIONS).values_list("amount", flat=True)) == 0
    assert Movement.objects.get(kind=Kind.CAME, fund="rafp").label == f"Repris de {place.name}."
    assert Event.objects.filter(kind="ledger.recorded", establishment_id=other.pk).count() == 3


def test_a_transfer_under_the_old_reference_is_on_the_new_account_and_what_comes_late_goes_over(place, other):
    owe(place)
    taken_over(place, other)
    import_content(statement(entry(reference=ref()), entry(label=f"{SIRET} cotisations", amount="400.00")), "r.xml")
    assert set(BankPayment.objects.values_list("state", "establishment_id")) == {("matched", other.pk)}
    assert left(other) == {**ALL, "cnracl": (450_00, 20_80)}
    # A surcharge that was still to be counted there: by the daily run.
    entry_ = Entry(place.pk, "cnracl", Kind.SURCHARGE, AUGUST, sides.surcharge(5_00), "late:2")
    record_all(actor=SYSTEM, entries=[entry_])
    assert [following.pass_on(place.pk), following.pass_on(place.pk), following.pass_on(other.pk)] == [1, 0, 0]
    at_the_end()
    assert not left(place) and left(other)["cnracl"] == (450_00, 25_80)


@pytest.mark.parametrize("wrong", ["alone", "amount", "fund", "place", "kind"])
def test_the_database_refuses_half_of_it(place, other, wrong):
    pair, held = uuid.uuid4(), {(Account.CONTRIBUTIONS, OCTOBER): 10_00}
    there = Entry(place.pk, "cnracl", Kind.LEFT, OCTOBER, sides.left(held), "left:1", pair=pair)
    here = {
        "amount": Entry(other.pk, "cnracl", Kind.CAME, OCTOBER, sides.came({**held, (Account.CHARGES, OCTOBER): 1}),
                        "came:1", pair=pair),
        "fund": Entry(other.pk, "rafp", Kind.CAME, OCTOBER, sides.came(held), "came:1", pair=pair),
        "place": Entry(place.pk, "cnracl", Kind.CAME, OCTOBER, sides.came(held), "came:1", pair=pair),
        "kind": Entry(other.pk, "cnracl", Kind.LEFT, OCTOBER, sides.came(held), "left:2", pair=pair),
    }  # fmt: skip
    with pytest.raises(Error, match="lacks its other side"), transaction.atomic():
        record_all(actor=SYSTEM, entries=[there, *([here[wrong]] if wrong in here else [])])
        at_the_end()


def test_an_adviser_of_other_funds_is_told_no_amount(place):
    owe(place)
    with tenancy.scope(establishment=place.pk, read_only=True, funds=["rafp"]):
        listed = sorted(" ".join(one.split()) for one in following._listed())
    assert listed == ["Compte RAFP : 90,00 € à payer", *["Comptes avec d’autres fonds"] * 2]
