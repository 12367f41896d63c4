"""Proposing, from either side: what is checked, what is written, who is told."""

from typing import Any

import pytest

from parvis.access.delegation.actions import propose, withdraw
from parvis.access.delegation.state import State, state_of
from parvis.access.levels import Level
from parvis.access.models import Delegation, DelegationService
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.delegation.conftest import Centre
from tests.access.delegation.hands import DAY, GIVER, ORGANISATION, accepted, acting, again, events, proposed, told
from tests.world import World


def test_the_giver_proposes_and_both_sides_are_told(world: World, centre: Centre) -> None:
    made = proposed(world.administrator, centre.place, letters=True)
    assert (made.establishment_id, made.organisation_id) == (world.here.pk, centre.place.pk)
    assert (made.proposed_side, made.proposed_name, made.letters) == (GIVER, "Claire Dubois", True)
    assert state_of(again(made)) is State.PROPOSED
    with tenancy.scope(establishment=world.here.pk):
        levels = dict(DelegationService.objects.values_list("service", "level"))
    assert levels == {"contrats": Level.READ, "correspondants": Level.WRITE}
    assert events(world.here) == events(centre.place) == ["delegation.proposed"]
    # Not to who proposes: to her colleague, and to those of the other side.
    assert told(world.here, "proposed") == [world.second.account_id]
    assert told(centre.place, "proposed") == [centre.chief.account_id]


def test_the_organisation_proposes_in_the_givers_rows(world: World, centre: Centre) -> None:
    made = proposed(centre.chief, world.here, ORGANISATION)
    assert (made.establishment_id, made.organisation_id) == (world.here.pk, centre.place.pk)
    assert made.proposed_side == ORGANISATION
    assert told(world.here, "proposed") == sorted([world.administrator.account_id, world.second.account_id])
    assert told(centre.place, "proposed") == []


def test_who_proposes_to_many_tells_its_own_once(world: World, centre: Centre) -> None:
    from tests.access.delegation.hands import terms

    acting(
        world.administrator,
        lambda here: propose(who=here, other_id=centre.place.pk, terms=terms(), side=GIVER, own_letters=False),
    )
    assert told(world.here, "proposed") == []
    assert told(centre.place, "proposed") == [centre.chief.account_id]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"services": {}}, "services"),
        ({"services": {"contrats": Level.NONE}}, "services"),
        ({"services": {"inconnu": Level.READ}}, ""),
        ({"services": {"contrats": Level.WRITE}}, ""),  # a service without « Modification »
        ({"starts_on": clock.today() - DAY}, "starts_on"),
        ({"ends_on": clock.today() - DAY}, "ends_on"),
        ({"ends_on": clock.today().replace(year=clock.today().year + 3)}, "ends_on"),
        ({"reason": " \u200b "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"agreement": "x" * 121}, "agreement"),
    ],
)
def test_what_is_not_possible_is_refused_and_nothing_is_written(
    world: World, centre: Centre, changes: dict[str, Any], field: str
) -> None:
    for who, to, side in ((world.administrator, centre.place, GIVER), (centre.chief, world.here, ORGANISATION)):
        with pytest.raises(Refused) as refusal:
            proposed(who, to, side, **changes)
        assert refusal.value.field == field
    assert not Delegation.objects.exists()
    assert events(world.here) == []


def test_three_years_to_the_day_are_possible(world: World, centre: Centre) -> None:
    today = clock.today()
    last = today.replace(year=today.year + 3) - DAY
    assert proposed(world.administrator, centre.place, ends_on=last).ends_on == last


def test_only_who_is_marked_receives(world: World, centre: Centre) -> None:
    with pytest.raises(Refused, match="Abondance ne peut pas encore agir pour d’autres"):
        proposed(world.administrator, world.there)
    with pytest.raises(Refused, match="Annecy ne peut pas encore agir pour d’autres"):
        proposed(world.administrator, world.there, ORGANISATION)
    with pytest.raises(Refused, match="à lui-même"):
        proposed(centre.chief, centre.place)


def test_who_does_not_administer_proposes_nothing(world: World, centre: Centre) -> None:
    for who, to, side in ((world.user, centre.place, GIVER), (centre.agent, world.here, ORGANISATION)):
        with pytest.raises(Refused, match="administre"):
            proposed(who, to, side)


def test_one_open_proposal_per_pair_whoever_made_it(world: World, centre: Centre) -> None:
    made = proposed(world.administrator, centre.place)
    for who, to, side in ((world.second, centre.place, GIVER), (centre.chief, world.here, ORGANISATION)):
        with pytest.raises(Refused, match="attend déjà une réponse"):
            proposed(who, to, side)
    # Another pair is not held up by it.
    proposed(world.stranger, centre.place)
    acting(world.second, lambda here: withdraw(who=here, ref=made.ref))
    proposed(centre.chief, world.here, ORGANISATION)


def test_five_hundred_open_proposals_per_organisation(world: World, centre: Centre, settings: Any) -> None:
    settings.PARVIS_DELEGATION_OPEN = 1
    made = proposed(centre.chief, world.here, ORGANISATION)
    with pytest.raises(Refused, match="attendent déjà une réponse"):
        proposed(centre.chief, world.there, ORGANISATION)
    with pytest.raises(Refused, match="attendent déjà une réponse"):
        proposed(world.stranger, centre.place)
    acting(centre.chief, lambda here: withdraw(who=here, ref=made.ref))
    proposed(world.stranger, centre.place)


def test_a_proposal_whose_time_is_over_makes_room(world: World, centre: Centre, move: Any, settings: Any) -> None:
    settings.PARVIS_DELEGATION_OPEN = 1
    made = proposed(world.administrator, centre.place)
    move(settings.PARVIS_DELEGATION_ANSWER)
    assert state_of(again(made)) is State.PROPOSED
    move(DAY)
    assert state_of(again(made)) is State.LAPSED
    today = clock.today()
    proposed(centre.chief, world.here, ORGANISATION, starts_on=today, ends_on=today + DAY)
    assert again(made).lapsed_at is not None
    assert events(world.here) == ["delegation.proposed", "delegation.lapsed", "delegation.proposed"]
    assert told(centre.place, "lapsed") == [centre.chief.account_id]


def test_while_one_holds_a_proposal_renews_it(world: World, centre: Centre) -> None:
    held = accepted(world.administrator, centre.chief)
    made = proposed(centre.chief, world.here, ORGANISATION)
    assert made.replaces_id == held.pk
    assert state_of(again(held)) is State.IN_FORCE


def test_the_organisation_asks_without_learning_what_the_giver_has(world: World, centre: Centre) -> None:
    """Abondance has no contract with Ircantec: its answer says so, the proposal does not."""
    from parvis.access import registry

    asked = {service.code: Level.READ for service in registry.catalogue({"ircantec"}) if Level.READ in service.levels}
    made = proposed(centre.chief, world.there, ORGANISATION, services=asked)
    with tenancy.scope(establishment=world.there.pk):
        assert set(DelegationService.objects.filter(delegation=made).values_list("service", flat=True)) == set(asked)
