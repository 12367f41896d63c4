"""Bases by month: added in batches, once; replaced and corrected with a trace; never altered, by nobody."""

import datetime
import uuid

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from parvis.agents import sheet
from parvis.agents.actions import Base, close_replacement, write_month
from parvis.agents.models import Agent, MonthlyBase
from parvis.agents.queries import declared_no_longer
from parvis.ground import tenancy
from tests.agents.conftest import SEPTEMBER, declared

LAST, NEVER = datetime.date(2026, 9, 30), datetime.date(2020, 1, 1)


def base(agent: int, amount: int = 250_000, **more: object) -> Base:
    values = {"fund": "ircantec", "code": "28", "starts_on": SEPTEMBER, "ends_on": LAST}
    values |= {"agent_part": amount * 28 // 1000, "employer_part": amount * 42 // 1000}
    return Base(agent=agent, amount=amount, **(values | more))


@pytest.fixture
def write(world):
    def add(declaration: uuid.UUID, *bases: Base, replaces: uuid.UUID | None = None, month=SEPTEMBER):
        return write_month(
            establishment=world.here.pk, month=month, declaration=declaration, bases=bases, replaces=replaces
        )

    return add


def current(agent: int) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.code, b.amount FROM agents_monthlybase b WHERE b.agent_id = %s AND NOT b.withdrawn AND NOT "
            "EXISTS (SELECT FROM agents_monthlybase n WHERE n.supersedes_id = b.id) ORDER BY b.code, b.amount",
            [agent],
        )
        return cursor.fetchall()


def test_a_batch_is_written_once_in_one_statement(world, agent, write):
    first = uuid.uuid4()
    rows = [base(agent, 100_000 + rank, rank=rank) for rank in range(40)]
    with tenancy.scope(establishment=world.here.pk):
        with CaptureQueriesContext(connection) as seen:
            assert write(first, *rows).added == 40
        assert len([one for one in seen if "INSERT" in one["sql"]]) == 1
        again = write(first, *rows)
        assert (again.added, again.already) == (0, 40)
        assert MonthlyBase.objects.count() == 40
        assert declared_no_longer(world.here.pk, SEPTEMBER, NEVER, ("ircantec",)) == {agent}
        assert declared_no_longer(world.here.pk, SEPTEMBER, NEVER, ("cnracl",)) == set()
        assert write(first).added == 0


def test_what_replaces_a_declaration_takes_its_place_and_leaves_a_trace(world, agent, enrolled, write):
    other = next(iter(enrolled(declared(2)).values()))
    first, second, third = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    with tenancy.scope(establishment=world.here.pk):
        write(first, base(agent, 200_000), base(other, 300_000))
        # The second one says otherwise of one, and no longer names the other.
        write(second, base(agent, 210_000), replaces=first)
        assert close_replacement(establishment=world.here.pk, declaration=second, replaces=first) == 1
        assert close_replacement(establishment=world.here.pk, declaration=second, replaces=first) == 0
        assert current(agent) == [("28", 210_000)]
        assert current(other) == []
        assert declared_no_longer(world.here.pk, SEPTEMBER, NEVER, ("ircantec",)) == {agent}
        write(third, base(agent, 220_000), replaces=second)
        assert close_replacement(establishment=world.here.pk, declaration=third, replaces=second) == 0
        assert current(agent) == [("28", 220_000)]
        assert MonthlyBase.objects.count() == 5
        # A correction of one row.
        row = MonthlyBase.objects.get(declaration=third)
        write(uuid.uuid4(), base(agent, 221_000, supersedes=row.pk))
        assert current(agent) == [("28", 221_000)]
        page = sheet.sheet(Agent.objects.get(pk=agent))
        assert [(line.amount, line.note) for line in page.lines] == [("2\u202f210,00\u00a0€", "Corrigée")]
        assert page.replaced == 3
        everything = sheet.sheet(Agent.objects.get(pk=agent), with_replaced=True)
        assert len([line for line in everything.lines if line.replaced]) == 3


def test_a_later_regularisation_is_a_row_of_its_own(world, agent, write):
    august = {"starts_on": datetime.date(2026, 8, 1), "ends_on": datetime.date(2026, 8, 31)}
    with tenancy.scope(establishment=world.here.pk):
        write(uuid.uuid4(), base(agent, 250_000), base(agent, -5_000, **august))
        page = sheet.sheet(Agent.objects.get(pk=agent))
    assert [(line.amount, line.note) for line in page.lines] == [
        ("2\u202f500,00\u00a0€", ""),
        ("−50,00\u00a0€", "Régularisation de août 2026"),
    ]
    assert page.totals[0].amount == "2\u202f450,00\u00a0€"


def test_the_application_neither_alters_nor_erases_a_base(world, agent, write):
    with tenancy.scope(establishment=world.here.pk):
        write(uuid.uuid4(), base(agent))
        for change in ("UPDATE agents_monthlybase SET amount = 1", "DELETE FROM agents_monthlybase"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)


def test_what_makes_no_sense_is_refused_by_the_database(world, agent, write):
    from django.db import IntegrityError

    for wrong in (
        {"ends_on": datetime.date(2026, 8, 1)},
        {"agent": 0},
    ):
        with (
            tenancy.scope(establishment=world.here.pk),
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            write(uuid.uuid4(), base(**({"agent": agent} | wrong)))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with tenancy.scope(establishment=world.here.pk), pytest.raises(IntegrityError):
        write(uuid.uuid4(), base(agent), month=LAST)
