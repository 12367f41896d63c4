"""The day on which an account expires, and its status: the same in Python, in SQL, and in every place that asks."""

import datetime
import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from parvis.access.actions.guards import active_administrator_ids
from parvis.access.models import Membership
from parvis.access.queries.account import status_of
from parvis.access.queries.accounts import Filters, accounts
from parvis.access.queries.mine import memberships, my_administrators
from parvis.access.queries.people import administrators
from parvis.access.standing import standing
from parvis.access.status import EXPIRES_SQL, LATEST_CTE, STATUS_SQL, Status, expires_on, months_after, status_on
from parvis.ground import clock, tenancy
from tests.access.expiry.hands import alter, fresh, noon, status
from tests.access.reading import DAY
from tests.world import Someone, World

ZONE = datetime.UTC
MOMENTS = [
    None,
    datetime.datetime(2024, 2, 29, 12, tzinfo=ZONE),
    # The last day of August leads to a February; half past ten in the evening, UTC, is the next day in Paris.
    datetime.datetime(2025, 8, 31, 9, tzinfo=ZONE),
    datetime.datetime(2025, 8, 30, 22, 30, tzinfo=ZONE),
    datetime.datetime(2025, 12, 31, 23, 30, tzinfo=ZONE),
    datetime.datetime(2020, 1, 1, tzinfo=ZONE),
    datetime.datetime(2099, 1, 1, tzinfo=ZONE),
]
ENDS = [None, datetime.date(2027, 2, 27), datetime.date(2027, 2, 28), datetime.date(2021, 6, 30)]
ROW = """(SELECT %(ends_on)s::date AS ends_on, %(created_at)s::timestamptz AS created_at,
  %(confirmed_at)s::timestamptz AS confirmed_at, %(deactivated_at)s::timestamptz AS deactivated_at,
  %(last_visit_at)s::timestamptz AS last_visit_at, %(renewed_at)s::timestamptz AS renewed_at,
  NULL::date AS starts_on, 'utilisateur' AS profile) m"""


def drawn(chance: random.Random) -> SimpleNamespace:
    return SimpleNamespace(
        ends_on=chance.choice(ENDS),
        created_at=chance.choice(MOMENTS[1:]),
        **{name: chance.choice(MOMENTS) for name in ("confirmed_at", "last_visit_at", "renewed_at")},
        deactivated_at=chance.choice([None, None, MOMENTS[1]]),
    )


def test_day_and_status_in_sql_are_those_of_python(db: None) -> None:
    chance = random.Random(18)
    for _ in range(400):
        account = drawn(chance)
        day = expires_on(account)
        for today in (day - DAY, day, day + DAY):
            asked = {**vars(account), "today": today, "months": settings.PARVIS_EXPIRY_MONTHS, "establishment": 0}
            with connection.cursor() as cursor:
                cursor.execute(f"WITH {LATEST_CTE} SELECT {EXPIRES_SQL}, ({STATUS_SQL}) FROM {ROW}", asked)
                found, slug = cursor.fetchone()
            assert found == day, account
            assert Status.of(slug) is status_on(today, account, last_administrator=False), (account, today)


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        ((2025, 5, 24), (2026, 11, 24)),
        ((2025, 8, 31), (2027, 2, 28)),
        ((2026, 8, 31), (2028, 2, 29)),
        ((2024, 2, 29), (2025, 8, 29)),
        ((2025, 6, 30), (2026, 12, 30)),
    ],
)
def test_eighteen_months_end_on_the_same_day_or_on_the_last_of_a_shorter_month(
    begun: tuple[int, int, int], expected: tuple[int, int, int]
) -> None:
    assert months_after(datetime.date(*begun), 18) == datetime.date(*expected)


def test_the_latest_sign_counts_and_an_end_date_comes_first_only_when_earlier() -> None:
    signs = dict.fromkeys(("confirmed_at", "last_visit_at", "renewed_at", "deactivated_at", "ends_on"))
    account = SimpleNamespace(created_at=noon(datetime.date(2026, 1, 10)), **signs)
    assert expires_on(account) == datetime.date(2027, 7, 10)
    for name, day in (("confirmed_at", 11), ("last_visit_at", 12), ("renewed_at", 13)):
        setattr(account, name, noon(datetime.date(2026, 1, day)))
        assert expires_on(account) == datetime.date(2027, 7, day)
    account.ends_on = datetime.date(2027, 7, 14)
    assert expires_on(account) == datetime.date(2027, 7, 13)
    account.ends_on = datetime.date(2026, 12, 1)
    assert expires_on(account) == datetime.date(2026, 12, 1)


def test_deactivation_then_expiry_then_the_password_that_is_missing(world: World) -> None:
    long_ago = clock.now() - 900 * DAY
    alter(world.user, created_at=long_ago, confirmed_at=None)
    assert status(world.user) is Status.EXPIRED
    alter(world.user, renewed_at=clock.now())
    assert status(world.user) is Status.PENDING
    alter(world.user, deactivated_at=clock.now(), renewed_at=None)
    assert status(world.user) is Status.DEACTIVATED


# --- « À renouveler » -----------------------------------------------------------------------------------------------
def past(who: Someone, days: int = 1, **more: Any) -> None:
    """Past the day since so many days, by an end date."""
    alter(who, ends_on=clock.today() - days * DAY, **more)


def test_the_only_administrator_past_the_day_is_to_renew_and_a_user_expires(world: World) -> None:
    past(world.administrator)
    past(world.user)
    assert (status(world.administrator), status(world.user)) == (Status.EXPIRED, Status.EXPIRED)
    alter(world.second, profile="utilisateur")
    assert (status(world.administrator), status(world.user)) == (Status.RENEWING, Status.EXPIRED)


@pytest.mark.parametrize(
    "other",
    [
        {"deactivated_at": datetime.datetime(2026, 1, 1, tzinfo=ZONE)},
        {"confirmed_at": None},
        {"starts_on": datetime.date(2099, 1, 1)},
        {"profile": "utilisateur"},
    ],
)
def test_who_is_no_administrator_today_takes_nobodys_place(world: World, other: dict[str, Any]) -> None:
    past(world.administrator)
    alter(world.second, **other)
    assert status(world.administrator) is Status.RENEWING


def test_of_two_past_the_day_the_later_stays_and_of_two_on_the_same_day_both(world: World) -> None:
    past(world.administrator, 2)
    past(world.second, 5)
    assert (status(world.administrator), status(world.second)) == (Status.RENEWING, Status.EXPIRED)
    past(world.second, 2)
    assert (status(world.administrator), status(world.second)) == (Status.RENEWING, Status.RENEWING)


def test_an_administrator_past_the_day_who_is_deactivated_or_not_begun_is_not_to_renew(world: World) -> None:
    alter(world.second, profile="utilisateur")
    past(world.administrator, deactivated_at=clock.now())
    assert status(world.administrator) is Status.DEACTIVATED
    past(world.administrator, deactivated_at=None, starts_on=None, confirmed_at=None)
    assert status(world.administrator) is Status.EXPIRED


def test_every_place_that_asks_gives_the_same_answer(world: World) -> None:
    """The list, a standing, an account, « Mes établissements », the guards and whom to ask, in a hundred situations."""
    chance = random.Random(60)
    today, now = clock.today(), clock.now()
    people = [world.administrator, world.second, world.user, world.reader]
    for _ in range(100):
        for who in people:
            confirmed = chance.choice([now - 500 * DAY] * 3 + [None])
            alter(
                who,
                profile=chance.choice(["administrateur", "administrateur", "utilisateur"]),
                ends_on=chance.choice([None, today - DAY, today - DAY, today, today + DAY]),
                created_at=now - chance.choice([100, 700]) * DAY,
                confirmed_at=confirmed,
                last_visit_at=chance.choice([None, now - 10 * DAY, now - 600 * DAY]),
                deactivated_at=chance.choice([None] * 4 + [now]),
                starts_on=None,
            )
        found = {who.account_id: fresh(who) for who in people}
        administering = [
            one for one in found.values()
            if one.profile == "administrateur" and one.confirmed_at and one.deactivated_at is None
        ]  # fmt: skip
        latest = max((expires_on(one) for one in administering), default=None)
        expected = {
            number: status_on(today, one, last_administrator=one in administering and expires_on(one) == latest)
            for number, one in found.items()
        }
        active = {one.pk for one in administering if expected[one.pk] in (Status.ACTIVE, Status.RENEWING)}
        with tenancy.scope(establishment=world.here.pk):
            rows = accounts(Filters(), oneself=0, everything=True).rows
            assert {row.id: row.status for row in rows} == expected
            assert {row.id: row.expires_on for row in rows} == {n: expires_on(one) for n, one in found.items()}
            for one in Status:
                kept = accounts(Filters(status=one.slug), oneself=0, everything=True).rows
                assert {row.id for row in kept} == {number for number, held in expected.items() if held is one}
            assert {one.pk: status_of(one) for one in Membership.objects.all()} == expected
            assert set(active_administrator_ids()) == active
            assert {one.name for one in administrators()} == {found[number].name for number in active}
        for who in people:
            with tenancy.scope(person=who.person.pk, establishment=world.here.pk):
                here = standing(who.person.pk, world.here.pk)
                assert here is not None
                assert (here.status, here.expires_on) == (expected[who.account_id], expires_on(found[who.account_id]))
            with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
                (mine,) = memberships()
                assert (mine.status, mine.expires_on) == (here.status, here.expires_on)
                asked = {one.name for one in my_administrators().get(world.here.siret, [])}
                assert asked == {found[number].name for number in active - {who.account_id}}


def test_a_stranger_learns_nothing_of_who_has_to_renew(world: World) -> None:
    alter(world.second, profile="utilisateur")
    past(world.administrator)
    call = "SELECT access_person_renewing(%s, %s)"
    for who, expected in ((world.administrator, [world.administrator.account_id]), (world.stranger, [])):
        with tenancy.scope(person=who.person.pk, role=tenancy.PERSON), connection.cursor() as cursor:
            cursor.execute(call, [clock.today(), settings.PARVIS_EXPIRY_MONTHS])
            assert cursor.fetchone()[0] == expected
