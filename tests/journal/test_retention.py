"""How long events are kept: as long as their type says, and never less than a year whatever asks."""

import datetime

import pytest
from django.db import DatabaseError

from parvis.ground import clock, tenancy
from parvis.ground.retention import years_before
from parvis.journal.kinds import KINDS
from parvis.journal.models import Event
from parvis.journal.retention import erase_old_events

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def owned(as_owner: object) -> None:
    """All of it runs as the owner."""


def event(kind: str, at: datetime.datetime) -> int:
    return Event.objects.create(kind=kind, at=at, person_id=1, origin="web").pk


def left(*ids: int) -> set[int]:
    return set(Event.objects.filter(pk__in=ids).values_list("pk", flat=True))


@pytest.mark.parametrize("kind", ["identity.signed_in", "identity.password_changed", "account.created"])
def test_an_event_goes_when_the_time_of_its_type_is_over(kind: str) -> None:
    limit = years_before(clock.now(), KINDS[kind].kept_years)
    old, young = event(kind, limit - DAY), event(kind, limit + DAY)
    assert erase_old_events() == 1
    assert left(old, young) == {young}
    assert erase_old_events() == 0


def test_an_event_of_a_type_that_nobody_declares_stays() -> None:
    unknown = event("gone.with_its_package", years_before(clock.now(), 40))
    erase_old_events()
    assert left(unknown) == {unknown}


def test_not_even_the_retention_role_erases_what_is_younger_than_a_year() -> None:
    young = event("identity.signed_in", clock.now() - 300 * DAY)
    with pytest.raises(DatabaseError, match="append-only"), tenancy.scope(role=tenancy.RETENTION):
        Event.objects.filter(pk=young).delete()
    assert left(young) == {young}


def test_no_other_role_erases_what_is_old() -> None:
    old = event("identity.signed_in", years_before(clock.now(), 5))
    for role in (tenancy.APP, tenancy.PERSON, "parvis_owner"):
        with pytest.raises(DatabaseError), tenancy.scope(person=1, role=role):
            Event.objects.filter(pk=old).delete()
    assert left(old) == {old}


def test_every_type_is_kept_for_a_year_at_least() -> None:
    assert {kind.code for kind in KINDS.values() if kind.kept_years < 1} == set()
