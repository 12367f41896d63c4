"""The accounts: balanced, once, only ever added to, seen by their own establishment and by advisers of the fund."""

import datetime
import uuid

import pytest
from django.db import Error, connection, transaction

from parvis.ground import tenancy
from parvis.journal.actions import SYSTEM, Actor
from parvis.journal.models import Event
from parvis.ledger import actions, queries, sides
from parvis.ledger.actions import Different, Entry, NotThere, record
from parvis.ledger.models import Account, Kind, Line, Movement
from parvis.ledger.sides import Side

OCTOBER = datetime.date(2026, 10, 1)
SOMEBODY = Actor(ref=uuid.UUID(int=7))


def due(place, fund="cnracl", month=OCTOBER, agent=111_00, employer=376_50, key="declaration:1:cnracl:2026-10"):
    return record(
        actor=SYSTEM, establishment=place.pk, fund=fund, kind=Kind.DUE, month=month,
        sides=sides.due(agent, employer), key=key,
    )  # fmt: skip


def at_the_end():
    """What a commit would check."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_what_is_due_and_paid_adds_up_by_month(place):
    with tenancy.scope(establishment=place.pk):
        due(place)
        due(place, month=datetime.date(2026, 9, 15), agent=100_00, employer=300_00, key="declaration:0:cnracl:2026-09")
        record(
            actor=SYSTEM, establishment=place.pk, fund="cnracl", kind=Kind.PAYMENT, month=OCTOBER,
            sides=sides.payment({OCTOBER: 487_50, datetime.date(2026, 9, 1): 500_00}), key="payment:1",
        )  # fmt: skip
        record(
            actor=SYSTEM, establishment=place.pk, fund="cnracl", kind=Kind.SURCHARGE, month=OCTOBER,
            sides=sides.surcharge(25_35), key="surcharge:1",
        )  # fmt: skip
        at_the_end()
        book = queries.book(place.pk, ["cnracl", "rafp"])
        october, september = book.months["cnracl"][OCTOBER], book.months["cnracl"][datetime.date(2026, 9, 1)]
        assert (october.agent, october.employer, october.due, october.balance) == (111_00, 376_50, 487_50, 0)
        assert (september.due, september.paid, september.balance) == (400_00, 500_00, -100_00)
        assert october.charges_balance == 25_35
        assert queries.balances([place.pk]) == {(place.pk, "cnracl"): (-100_00, 25_35)}
        assert [one.amount for one in queries.entries(queries.movements(place.pk, ["cnracl"]))] == [
            25_35, -987_50, 400_00, 487_50,
        ]  # fmt: skip


def test_a_key_says_one_thing_once(place):
    with tenancy.scope(establishment=place.pk):
        first = due(place)
        again = due(place)
        assert (again.id, again.new) == (first.id, False)
        with pytest.raises(Different):
            due(place, agent=1)
        assert Movement.objects.count() == 1
        assert Line.objects.count() == 3
        with pytest.raises(ValueError, match="twice"):
            actions.record_all(
                actor=SYSTEM, entries=[Entry(place.pk, "rafp", Kind.DUE, OCTOBER, sides.due(1, 1), "a")] * 2
            )


def test_a_counter_entry_takes_back_and_leaves_what_was(place):
    with tenancy.scope(establishment=place.pk):
        due(place)
        for _ in range(2):
            back = actions.counter(
                actor=SOMEBODY, establishment=place.pk, fund="cnracl", key="declaration:1:cnracl:2026-10",
                why="Déclaration remplacée",
            )  # fmt: skip
        at_the_end()
        assert not back.new
        assert Movement.objects.count() == 2
        assert queries.book(place.pk, ["cnracl"]).total("cnracl").due == 0
        assert Event.objects.filter(kind="ledger.recorded").count() == 1
        for key in ("counter:declaration:1:cnracl:2026-10", "unknown"):
            with pytest.raises(NotThere):
                actions.counter(actor=SYSTEM, establishment=place.pk, fund="cnracl", key=key, why="Non")


def test_a_transfer_has_its_two_sides_or_is_none(place):
    with tenancy.scope(establishment=place.pk):
        actions.transfer(
            actor=SOMEBODY, establishment=place.pk, giver="rafp", taker="cnracl", amount=10_00, month=OCTOBER,
            key="transfer:1", label="Versé à la RAFP par erreur",
        )  # fmt: skip
        at_the_end()
        assert queries.balances([place.pk]) == {(place.pk, "rafp"): (10_00, 0), (place.pk, "cnracl"): (-10_00, 0)}
        with pytest.raises(Error, match="other side"), transaction.atomic():
            entry = Entry(
                place.pk, "rafp", Kind.TRANSFER, OCTOBER, sides.given(5_00), "alone", pair=uuid.uuid4()
            )  # fmt: skip
            actions.record_all(actor=SYSTEM, entries=[entry])
            at_the_end()


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        (Side(Account.CONTRIBUTIONS, 5),),
        (Side(Account.CONTRIBUTIONS, 5), Side(Account.AGENT_PART, -4)),
        (Side(Account.CONTRIBUTIONS, 5), Side(Account.BANK, -5)),
        (Side(Account.CONTRIBUTIONS, 5), Side(Account.AGENT_PART, -5), Side(Account.EMPLOYER_PART, 0)),
    ],
)
def test_what_does_not_add_up_is_refused_before_it_is_written(place, wrong):
    with tenancy.scope(establishment=place.pk), pytest.raises(ValueError, match="sides"):
        record(actor=SYSTEM, establishment=place.pk, fund="cnracl", kind=Kind.DUE, month=OCTOBER, sides=wrong, key="x")


def test_the_database_itself_refuses_what_is_not_balanced_or_not_whole(place):
    with tenancy.scope(establishment=place.pk):
        made = due(place)
        at_the_end()
        row = {"movement_id": made.id, "establishment_id": place.pk, "fund": "cnracl", "month": OCTOBER}
        with pytest.raises(Error, match="not balanced"), transaction.atomic():
            Line.objects.create(**row, account="bank", amount=5)
            at_the_end()
        with pytest.raises(Error, match="not balanced"), transaction.atomic():
            # Balanced, and yet added later: the movement says how many sides it has.
            Line.objects.create(**row, account="bank", amount=5)
            Line.objects.create(**row, account="contributions", amount=-5)
            at_the_end()
        with pytest.raises(Error, match="ledger_line_place"), transaction.atomic():
            Line.objects.create(**{**row, "fund": "rafp"}, account="bank", amount=5)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ledger_line_place IMMEDIATE")


@pytest.mark.parametrize("table", ["ledger_movement", "ledger_line"])
@pytest.mark.parametrize("act", ["UPDATE {} SET month = '2026-01-01'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nobody_alters_what_was_written_not_even_the_owner(place, table, act):
    due(place)
    at_the_end()
    with pytest.raises(Error, match="only ever added|permission denied"), transaction.atomic():
        connection.cursor().execute(act.format(table))
    with (
        pytest.raises(Error, match="permission denied"),
        tenancy.scope(establishment=place.pk),
        transaction.atomic(),
    ):
        connection.cursor().execute(act.format(table))


def test_an_establishment_sees_its_own_and_an_adviser_the_funds_of_theirs(place, other):
    due(place)
    due(place, fund="rafp", key="r")
    due(other)
    with tenancy.scope(establishment=other.pk):
        assert Movement.objects.count() == 1
        assert set(Line.objects.values_list("establishment_id", flat=True)) == {other.pk}
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            due(place, key="theirs")
    for funds, seen in (("rafp", 1), ("cnracl", 2), ("feh", 0)):
        with tenancy.scope(role=tenancy.ADVISER, funds=[funds]):
            assert Movement.objects.count() == seen
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                due(place, fund=funds, key="by-an-adviser")
    with tenancy.scope():
        assert not Movement.objects.exists()
