"""What time and mergers do to agents: erased when their time is over, handed over whole, never altered meanwhile."""

import datetime
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from parvis.agents.actions import Base, write_month
from parvis.agents.models import Affiliation, Agent, MonthlyBase, Post
from parvis.establishments.models import Succession
from parvis.ground import clock, tenancy
from parvis.journal.retention import erase
from tests.agents.conftest import SEPTEMBER, declared

LAST = datetime.date(2026, 9, 30)


@pytest.fixture(autouse=True)
def owned(as_owner):
    """All of it runs as the owner."""


def declare_base(where: int, agent: int) -> None:
    with tenancy.scope(establishment=where):
        write_month(
            establishment=where,
            month=SEPTEMBER,
            declaration=uuid.uuid4(),
            bases=[Base(agent, "ircantec", "28", SEPTEMBER, LAST, 250_000)],
        )


def test_an_agent_is_erased_with_everything_when_the_time_of_a_career_is_over(world, enrolled):
    long_ago = datetime.date(clock.today().year - 82, 1, 1)
    gone, here, young = declared(1, born_on=long_ago), declared(2, born_on=long_ago), declared(3)
    ids = enrolled(gone, here, young)
    with tenancy.scope(role="parvis_owner"):
        for key in (gone.key, young.key):
            Affiliation.objects.filter(agent_id=ids[key]).update(
                left_on=datetime.date(2026, 1, 31), leaving="contract_end", state="ended"
            )
    for number in ids.values():
        declare_base(world.here.pk, number)
    assert erase("agents.agents") == 1
    with tenancy.scope(establishment=world.here.pk):
        assert set(Agent.objects.values_list("pk", flat=True)) == {ids[here.key], ids[young.key]}
        assert MonthlyBase.objects.count() == Post.objects.count() == 2


def test_agents_go_to_the_successor_and_a_twin_keeps_both_rows(world, enrolled):
    ours = enrolled(declared(1))
    theirs = enrolled(declared(1), declared(2), where=world.there.pk)
    for number in theirs.values():
        declare_base(world.there.pk, number)
    with tenancy.scope(role="parvis_owner"):
        Succession.objects.create(
            predecessor=world.there,
            successor=world.here,
            cause="commune",
            on=datetime.date(2026, 10, 1),
            fund="cnracl",
            prepared_at=clock.now(),
            prepared_by=uuid.uuid4(),
            done_at=clock.now(),
        )
    with tenancy.scope(establishment=world.here.pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT agents_succeed(%s)", [world.there.pk])
            assert cursor.fetchone()[0] == 2
        twin = Agent.objects.get(pk=theirs[declared(1).key])
        assert twin.same_as_id == ours[declared(1).key]
        assert Agent.objects.count() == 3
        assert MonthlyBase.objects.count() == 2
        # Once more: there is nothing left to come.
        with connection.cursor() as cursor:
            cursor.execute("SELECT agents_succeed(%s)", [world.there.pk])
            assert cursor.fetchone()[0] == 0


def test_a_base_is_altered_and_erased_by_nobody(world, enrolled):
    number = next(iter(enrolled(declared(1)).values()))
    declare_base(world.here.pk, number)
    for statement in (
        "UPDATE agents_monthlybase SET amount = amount + 1",
        "UPDATE agents_monthlybase SET establishment_id = %s",
        "DELETE FROM agents_monthlybase",
    ):
        with (
            tenancy.scope(role="parvis_owner"),
            pytest.raises(DatabaseError, match="never altered"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [world.there.pk] if "%s" in statement else None)
