"""What SMS and calls cost an establishment in a day, and the cap."""

import datetime
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction

from parvis.ground import clock, tenancy
from parvis.journal.retention import erase
from parvis.post.models import Expense
from parvis.post.telephone import Channel, spend
from parvis.post.telephone.expense import NOBODY
from tests.ground.policies.hands import ask, denied
from tests.world import World

PARALLEL = 10
PLACE = 987_654_321  # no establishment: an amount needs none


@pytest.fixture
def costs(settings: Any) -> Any:
    settings.PARVIS_TELEPHONE_COST = {"sms": 6, "voice": 15}
    settings.PARVIS_TELEPHONE_DAILY_CAP = 40
    return settings


@pytest.fixture
def spent(owner: psycopg.Connection[Any]) -> Iterator[Callable[[int], list[int]]]:
    """The totals of a payer, seen by the owner; what was committed is taken back."""

    def read(payer: int) -> list[int]:
        found = owner.execute("SELECT cents FROM post_expense WHERE establishment_id = %s ORDER BY day", [payer])
        return [cents for (cents,) in found.fetchall()]

    yield read
    owner.execute("DELETE FROM post_expense WHERE establishment_id IN (%s, %s)", [PLACE, NOBODY])


def all_at_once(act: Callable[[], bool], times: int = PARALLEL) -> list[bool]:
    """Real commits at the same moment, each on a connection of its own."""
    ready = threading.Barrier(times)

    def one() -> bool:
        try:
            connections["default"].ensure_connection()
            ready.wait(120)
            return act()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(times) as pool:
        return [future.result(120) for future in [pool.submit(one) for _ in range(times)]]


def test_each_sms_and_call_costs_its_price_until_the_cap_and_no_further(costs: Any, world: World) -> None:
    where = world.here.pk
    with tenancy.scope(establishment=where):
        assert spend(establishment=where, channel=Channel.VOICE)
        assert spend(establishment=where, channel=Channel.VOICE)
        assert not spend(establishment=where, channel=Channel.VOICE), "45 would pass 40"
        assert Expense.objects.get().cents == 30, "what is refused adds nothing"
        assert spend(establishment=where, channel=Channel.SMS), "what still fits is let through"
        assert Expense.objects.get().cents == 36
        assert not spend(establishment=where, channel=Channel.SMS)


def test_what_alone_costs_more_than_the_cap_is_refused_from_the_start(costs: Any, world: World) -> None:
    costs.PARVIS_TELEPHONE_DAILY_CAP = 14
    with tenancy.scope(establishment=world.here.pk):
        assert not spend(establishment=world.here.pk, channel=Channel.VOICE)
        assert not Expense.objects.exists()
        assert spend(establishment=world.here.pk, channel=Channel.SMS)


def test_another_establishment_and_another_day_of_paris_start_from_nothing(
    costs: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs.PARVIS_TELEPHONE_DAILY_CAP = 6
    # Half past eleven in the evening in Paris; one hour later it is the 1st of July there, and still June in UTC.
    instant = datetime.datetime(2026, 6, 30, 21, 30, tzinfo=datetime.UTC)
    monkeypatch.setattr(clock, "now", lambda: instant)
    with tenancy.scope(establishment=world.here.pk):
        assert spend(establishment=world.here.pk, channel=Channel.SMS)
        assert not spend(establishment=world.here.pk, channel=Channel.SMS)
        assert spend(establishment=world.there.pk, channel=Channel.SMS)
        instant += datetime.timedelta(hours=1)
        assert spend(establishment=world.here.pk, channel=Channel.SMS)
        assert sorted(Expense.objects.values_list("day", flat=True)) == [
            datetime.date(2026, 6, 30),
            datetime.date(2026, 7, 1),
        ]


def test_a_person_who_has_entered_no_establishment_spends_as_well(costs: Any, world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert spend(establishment=world.here.pk, channel=Channel.SMS)
    with tenancy.scope(establishment=world.here.pk):
        assert Expense.objects.get().cents == 6


def test_those_for_whom_nobody_pays_share_one_pot_under_the_same_cap(costs: Any, world: World) -> None:
    costs.PARVIS_TELEPHONE_DAILY_CAP = 12
    for who in (world.user, world.stranger, world.reader):
        with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
            assert spend(establishment=NOBODY, channel=Channel.SMS) == (who is not world.reader)


def test_what_is_rolled_back_costs_nothing(costs: Any, world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        with pytest.raises(tenancy.Refused), transaction.atomic():
            assert spend(establishment=world.here.pk, channel=Channel.SMS)
            raise tenancy.Refused("no")
        assert not Expense.objects.exists()


def test_spending_outside_of_any_scope_is_refused(costs: Any, world: World) -> None:
    with pytest.raises(RuntimeError, match="scope"):
        spend(establishment=world.here.pk, channel=Channel.SMS)


def test_stranger_reads_no_amount_of_others_and_writes_none_but_through_the_crossing(costs: Any, world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        spend(establishment=world.here.pk, channel=Channel.SMS)
    with tenancy.scope(person=world.stranger.person.pk, establishment=world.there.pk):
        assert ask("SELECT * FROM post_expense") == []
        for sql in (
            "INSERT INTO post_expense (establishment_id, day, cents) VALUES (1, '2026-01-01', 0)",
            "UPDATE post_expense SET cents = 0",
            "DELETE FROM post_expense",
        ):
            with denied("permission denied"), transaction.atomic():
                ask(sql)
        # The crossing only adds: it gives nothing back to who has reached the cap.
        assert ask("SELECT post_spend(%s, %s, -6, 40)", world.here.pk, clock.today()) == [(False,)]
    with (
        tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON),
        denied("permission denied"),
        transaction.atomic(),
    ):
        ask("SELECT * FROM post_expense")
    with tenancy.scope(establishment=world.here.pk):
        assert Expense.objects.get().cents == 6


@pytest.mark.parametrize("payer", [PLACE, NOBODY])
@pytest.mark.parametrize("role", [tenancy.APP, tenancy.PERSON])
def test_parallel_calls_never_pass_the_cap(
    costs: Any, db: None, spent: Callable[[int], list[int]], payer: int, role: str
) -> None:
    costs.PARVIS_TELEPHONE_DAILY_CAP = 20

    def act() -> bool:
        with tenancy.scope(person=1, role=role):
            return spend(establishment=payer, channel=Channel.SMS)

    assert sorted(all_at_once(act)) == [False] * (PARALLEL - 3) + [True] * 3
    assert spent(payer) == [18]


def test_a_day_is_forgotten_after_sixty_days_and_not_before(as_owner: Any) -> None:
    days = {60: clock.today() - datetime.timedelta(days=60), 61: clock.today() - datetime.timedelta(days=61)}
    # What others of these tests committed on days that were is not counted.
    erase("post.expenses")
    for day in days.values():
        Expense.objects.create(establishment_id=PLACE, day=day, cents=6)
    assert erase("post.expenses") == 1
    assert [one.day for one in Expense.objects.filter(establishment_id=PLACE)] == [days[60]]
    assert erase("post.expenses") == 0
