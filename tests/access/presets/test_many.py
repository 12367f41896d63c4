"""The rights of many accounts in one action: as one by one, all or nothing, one event each."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.actions.changes import set_rights
from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import ONESELF
from parvis.access.actions.many import GONE, set_rights_of_many
from parvis.access.levels import Level
from parvis.access.models import Membership, Right
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.accounts.hands import crowd
from tests.access.reading import DAY, acting, events
from tests.world import Someone, World

NEW = [
    Grant("mon-etablissement", Level.READ, ends_on=datetime.date(2031, 5, 4)),
    Grant("correspondants", Level.WRITE, origin="paie"),
    Grant("contrats", Level.NONE),
]


def held(who: Someone) -> dict[str, tuple[Any, ...]]:
    with tenancy.scope(establishment=who.membership.establishment_id):
        rows = Right.objects.filter(membership_id=who.account_id)
        return {one.service: (one.level, one.starts_on, one.ends_on, one.granted_by, one.origin) for one in rows}


def test_many_are_set_as_one_by_one_with_the_same_event_each(world: World) -> None:
    with acting(world.administrator) as who:
        changed = set_rights_of_many(who=who, changes={world.user.account_id: NEW, world.reader.account_id: NEW})
    assert changed == sorted([world.user.account_id, world.reader.account_id])
    together = held(world.user)
    assert together == held(world.reader)
    by = world.administrator.membership.ref
    assert together == {
        "mon-etablissement": (1, None, datetime.date(2031, 5, 4), by, ""),
        "correspondants": (2, None, None, by, "paie"),
    }
    (event,) = events(world.here.pk, world.user.membership.ref)
    with acting(world.administrator) as who:
        set_rights(who=who, account_id=world.user.account_id, grants=[
            Grant("mon-etablissement", Level.WRITE), Grant("contrats", Level.READ)
        ])  # fmt: skip
        set_rights(who=who, account_id=world.user.account_id, grants=NEW)
    assert held(world.user) == together
    single = events(world.here.pk, world.user.membership.ref)[-1]
    assert (event.kind, event.actor, event.before, event.after) == (
        *(single.kind, single.actor),
        {"rights": {"mon-etablissement": {"level": 2}, "contrats": {"level": 1}}},
        single.after,
    )


def test_who_stays_as_they_are_has_no_event_and_keeps_who_gave(world: World) -> None:
    before = held(world.user)
    same = [Grant("mon-etablissement", Level.WRITE), Grant("contrats", Level.READ)]
    with acting(world.administrator) as who:
        changed = set_rights_of_many(who=who, changes={world.user.account_id: same, world.reader.account_id: []})
    assert changed == [world.reader.account_id]
    assert held(world.user) == before
    assert held(world.reader) == {}
    assert events(world.here.pk, world.user.membership.ref) == []
    with acting(world.administrator) as who:
        assert set_rights_of_many(who=who, changes={}) == []


def test_model_that_gives_what_is_held_becomes_its_origin_and_nothing_else(world: World) -> None:
    before = held(world.user)
    same = [Grant("mon-etablissement", Level.WRITE), Grant("contrats", Level.READ, origin="autre")]
    with acting(world.administrator) as who:
        assert set_rights_of_many(who=who, changes={world.user.account_id: same}, origin="rh") == []
        # A list that names no model takes no origin away.
        plain = [Grant(one.service, one.level) for one in same]
        assert set_rights_of_many(who=who, changes={world.user.account_id: plain}) == []
    after = held(world.user)
    assert {code: row[4] for code, row in after.items()} == {"mon-etablissement": "rh", "contrats": "autre"}
    assert {code: row[:4] for code, row in after.items()} == {code: row[:4] for code, row in before.items()}


def test_oneself_a_missing_account_a_stranger_or_a_foreign_service_changes_nobody(world: World) -> None:
    before = held(world.user)
    refusals = [
        ({world.administrator.account_id: []}, ONESELF.format(who="un autre administrateur ou une autre administrat")),
        ({10**9: []}, GONE),
        ({world.stranger.account_id: []}, GONE),
    ]
    for wrong, said in refusals:
        with acting(world.administrator) as who, pytest.raises(Refused) as refusal:
            set_rights_of_many(who=who, changes={world.user.account_id: NEW, **wrong})
        assert refusal.value.message.startswith(said[:60])
    for grant in (Grant("inconnu", Level.READ), Grant("contrats", Level.WRITE)):
        with acting(world.administrator) as who, pytest.raises(Refused):
            set_rights_of_many(who=who, changes={world.user.account_id: [], world.reader.account_id: [grant]})
    assert held(world.user) == before
    assert events(world.here.pk) == []


def test_right_outside_of_the_catalogue_stays(as_owner: object, world: World) -> None:
    Right.objects.create(
        establishment=world.here, membership=world.user.membership, service="ancien", level=1, granted_at=clock.now()
    )
    with acting(world.administrator) as who:
        set_rights_of_many(who=who, changes={world.user.account_id: []})
    assert set(held(world.user)) == {"ancien"}


def test_number_of_statements_does_not_grow_with_that_of_accounts(as_owner: object, world: World) -> None:
    crowd(world.here, 40)
    with tenancy.scope(establishment=world.here.pk):
        numbers = list(
            Membership.objects.filter(email__endswith="@foule.example").order_by("id").values_list("id", flat=True)
        )

    def statements(chosen: list[int], grants: list[Grant]) -> int:
        with acting(world.administrator) as who, CaptureQueriesContext(connection) as captured:
            assert set_rights_of_many(who=who, changes=dict.fromkeys(chosen, grants)) == chosen
        return len(captured)

    ends = Grant("contrats", Level.READ, ends_on=clock.today() + DAY)
    first = [statements(numbers[:2], grants) for grants in (NEW, [ends], [])]
    assert [statements(numbers[2:], grants) for grants in (NEW, [ends], [])] == first
