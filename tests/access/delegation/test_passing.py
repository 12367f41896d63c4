"""What passes with time: proposals lapse, the end is announced at 60, 30 and 7 days, and told when it comes."""

from typing import Any

import pytest

from parvis.access.delegation import ending
from parvis.access.delegation.actions import narrow
from parvis.access.levels import Level
from parvis.access.models import Delegation
from parvis.ground import clock
from parvis.post.models import Message
from tests.access.delegation.conftest import Centre
from tests.access.delegation.hands import DAY, ORGANISATION, accepted, acting, again, events, proposed, told
from tests.world import World


def of_organisation(centre: Centre, what: str) -> list[list[int]]:
    """Which delegations each letter of that kind to the organisation names."""
    letters = Message.objects.filter(kind="access.delegation_clients", establishment_id=centre.place.pk)
    return [one.detail["delegations"] for one in letters.order_by("id") if one.detail["what"] == what]


def test_proposals_lapse_once_and_both_sides_are_told(world: World, centre: Centre, move: Any, settings: Any) -> None:
    one, two = proposed(centre.chief, world.here, ORGANISATION), proposed(world.stranger, centre.place)
    move(settings.PARVIS_DELEGATION_ANSWER)
    assert ending.lapse() == 0
    move(DAY)
    assert (ending.lapse(), ending.lapse()) == (2, 0)
    assert again(one).lapsed_at is not None and again(two).lapsed_at is not None
    assert told(world.here, "lapsed") == sorted([world.administrator.account_id, world.second.account_id])
    assert told(world.there, "lapsed") == [world.stranger.account_id]
    # One letter to the organisation for the two of them.
    assert of_organisation(centre, "lapsed") == [[one.pk, two.pk]]
    assert events(centre.place).count("delegation.lapsed") == 2


def test_one_that_breaks_does_not_keep_the_others(
    world: World, centre: Centre, move: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = proposed(centre.chief, world.here, ORGANISATION), proposed(world.stranger, centre.place)
    kept = ending.note_lapsed

    def breaks(delegation: Delegation, **more: Any) -> None:
        kept(delegation, **more)
        if delegation.pk == one.pk:
            raise RuntimeError("broken")

    monkeypatch.setattr(ending, "note_lapsed", breaks)
    move(settings.PARVIS_DELEGATION_ANSWER + DAY)
    with pytest.raises(ending.NotDone):
        ending.lapse()
    assert again(one).lapsed_at is None and again(two).lapsed_at is not None
    assert (told(world.here, "lapsed"), of_organisation(centre, "lapsed")) == ([], [[two.pk]])


def test_the_end_is_announced_three_times_then_told(world: World, centre: Centre, move: Any, settings: Any) -> None:
    made = accepted(world.administrator, centre.chief, ends_on=clock.today() + 100 * DAY)
    everybody = [world.administrator.account_id, world.second.account_id]
    counts = []
    for days in (39, 1, 1, 28, 1, 1, 22, 1, 1, 5, 1, 1):
        move(days * DAY)
        counts.append((ending.warn(), ending.warn()))
    # 61, 60, 59 · 31, 30, 29 · 7, 6, 5 days before · the last day, the day after it, the one after that.
    assert [first for first, _ in counts] == [0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0]
    assert {second for _, second in counts} == {0}
    assert told(world.here, "ending") == sorted(everybody * 3)
    assert told(world.here, "over") == sorted(everybody)
    assert of_organisation(centre, "ending") == [[made.pk]] * 3
    assert of_organisation(centre, "over") == [[made.pk]]
    assert events(world.here)[-1] == events(centre.place)[-1] == "delegation.over"


def test_what_was_accepted_with_its_end_in_view_is_not_announced_at_once(
    world: World, centre: Centre, move: Any
) -> None:
    accepted(world.administrator, centre.chief, ends_on=clock.today() + 20 * DAY)
    assert ending.warn() == 0
    move(13 * DAY)
    assert ending.warn() == 1


def test_a_run_that_comes_late_says_the_nearest_alone(world: World, centre: Centre, move: Any) -> None:
    accepted(world.administrator, centre.chief, ends_on=clock.today() + 100 * DAY)
    move(96 * DAY)
    assert (ending.warn(), ending.warn()) == (1, 0)


def test_what_was_replaced_is_not_announced(world: World, centre: Centre, move: Any) -> None:
    accepted(world.administrator, centre.chief, ends_on=clock.today() + 100 * DAY)
    move(30 * DAY)
    accepted(world.administrator, centre.chief, ends_on=clock.today() + 900 * DAY)
    move(50 * DAY)
    assert ending.warn() == 0


def test_an_earlier_end_is_announced_anew(world: World, centre: Centre, move: Any) -> None:
    made = accepted(world.administrator, centre.chief, ends_on=clock.today() + 100 * DAY)
    move(41 * DAY)
    assert ending.warn() == 1
    sooner = clock.today() + 45 * DAY
    left = {"contrats": Level.READ}
    acting(
        world.administrator,
        lambda here: narrow(who=here, ref=made.ref, services=left, ends_on=sooner, letters=False),
    )
    assert ending.warn() == 1
