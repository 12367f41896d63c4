"""Prepared statements keep to the scope: the same plan, run again and again, answers for whoever asks now."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.ground import tenancy
from parvis.ground.database.prepared import prepared
from tests.world import World

EVERYBODY = "SELECT count(*) FROM access_membership"
NAMED = "SELECT count(*) FROM access_membership WHERE last_name = %s"


def count(sql: str, *values: object) -> int:
    with prepared() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement = %s", [EVERYBODY])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_plan_made_for_one_establishment_shows_nothing_to_another(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        here = count(EVERYBODY)
    for _ in range(8):  # PostgreSQL makes a generic plan after five runs
        with tenancy.scope(establishment=world.here.pk):
            assert count(EVERYBODY) == here > 1
            assert count(NAMED, "Dubois") == 1
        with tenancy.scope(establishment=world.there.pk):
            assert count(EVERYBODY) == 1
            assert count(NAMED, "Dubois") == 0
        with tenancy.scope():
            assert count(EVERYBODY) == 0
        with tenancy.scope(person=world.user.person.pk, establishment=world.there.pk, role=tenancy.PERSON):
            assert count(EVERYBODY) == 1
            assert count(NAMED, "Martin") == 1
    assert kept() == 1


@pytest.mark.django_db
def test_prepared_statements_are_counted_like_all_others(world: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        count(EVERYBODY)
    assert [query["sql"] for query in captured.captured_queries] == [EVERYBODY]
