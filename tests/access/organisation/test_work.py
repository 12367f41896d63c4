"""Who works for which client: one by one and by portfolio; the lowest link of a path, the highest of several."""

import pytest

from parvis.access.actions import lifecycle
from parvis.access.actions.changes import change_profile
from parvis.access.levels import Level
from parvis.access.models import Assignment, Membership, Portfolio, PortfolioMember, Profile
from parvis.access.organisation.actions.assignments import assign, unassign
from parvis.access.organisation.actions.portfolios import (
    add_clients,
    create_portfolio,
    delete_portfolio,
    remove_clients,
    rename_portfolio,
    set_member,
)
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from tests.access.organisation.hands import DAY, Centre, doing, employers, give, level_at
from tests.access.reading import events
from tests.world import Someone, World


def assigned(centre: Centre, who: Someone, *clients: int, level: Level = Level.WRITE) -> int:
    wanted = [centre.clients[index].pk for index in clients]
    return doing(centre.chief, lambda here: assign(who=here, account_id=who.account_id, clients=wanted, level=level))


def portfolio(centre: Centre, *clients: int, name: str = "Secteur du lac") -> Portfolio:
    made = doing(centre.chief, lambda here: create_portfolio(who=here, name=name))
    wanted = [centre.clients[index].pk for index in clients]
    if wanted:
        doing(centre.chief, lambda here: add_clients(who=here, ref=made.ref, clients=wanted))
    return made


def member(centre: Centre, made: Portfolio, who: Someone, level: Level) -> bool:
    return doing(centre.chief, lambda here: set_member(who=here, ref=made.ref, account_id=who.account_id, level=level))


def test_the_lowest_link_of_a_path_counts(centre: Centre) -> None:
    assigned(centre, centre.agent, 0, level=Level.WRITE)
    assert level_at(centre.agent, centre.clients[0], "correspondants") is Level.WRITE
    assert level_at(centre.agent, centre.clients[0], "contrats") is Level.READ
    assert level_at(centre.agent, centre.clients[0], "mon-etablissement") is Level.NONE
    assigned(centre, centre.agent, 0, level=Level.READ)
    assert level_at(centre.agent, centre.clients[0], "correspondants") is Level.READ


def test_the_highest_of_several_paths_counts(centre: Centre) -> None:
    assigned(centre, centre.agent, 0, level=Level.READ)
    made = portfolio(centre, 0)
    member(centre, made, centre.agent, Level.WRITE)
    assert level_at(centre.agent, centre.clients[0]) is Level.WRITE
    member(centre, made, centre.agent, Level.NONE)
    assert level_at(centre.agent, centre.clients[0]) is Level.READ


def test_a_portfolio_is_obeyed_from_the_next_request_on(centre: Centre) -> None:
    made = portfolio(centre, 0)
    member(centre, made, centre.agent, Level.WRITE)
    assert level_at(centre.agent, centre.clients[0]) is Level.WRITE
    wanted = [centre.clients[0].pk]
    doing(centre.chief, lambda here: remove_clients(who=here, ref=made.ref, clients=wanted))
    assert level_at(centre.agent, centre.clients[0]) is Level.NONE
    doing(centre.chief, lambda here: add_clients(who=here, ref=made.ref, clients=wanted))
    assert level_at(centre.agent, centre.clients[0]) is Level.WRITE
    doing(centre.chief, lambda here: delete_portfolio(who=here, ref=made.ref))
    assert level_at(centre.agent, centre.clients[0]) is Level.NONE
    with tenancy.scope(establishment=centre.place.pk):
        assert not PortfolioMember.objects.exists()


def test_leaving_the_team_ends_the_access(centre: Centre) -> None:
    made = portfolio(centre, 0)
    member(centre, made, centre.agent, Level.WRITE)
    assert member(centre, made, centre.agent, Level.NONE)
    assert level_at(centre.agent, centre.clients[0]) is Level.NONE
    assert not member(centre, made, centre.agent, Level.NONE)


def test_a_deactivated_or_deleted_member_works_for_nobody(centre: Centre) -> None:
    assigned(centre, centre.agent, 0)
    member(centre, portfolio(centre, 0, 1), centre.agent, Level.WRITE)
    doing(centre.chief, lambda here: lifecycle.deactivate(who=here, account_id=centre.agent.account_id))
    assert level_at(centre.agent, centre.clients[0]) is Level.NONE
    with pytest.raises(Refused, match="désactivé"):
        assigned(centre, centre.agent, 1)
    doing(centre.chief, lambda here: lifecycle.delete(who=here, account_id=centre.agent.account_id))
    with tenancy.scope(establishment=centre.place.pk):
        assert not Assignment.objects.exists()
        assert not PortfolioMember.objects.exists()


def test_an_administrator_may_give_themselves_work(centre: Centre) -> None:
    """docs/decisions/0011: what the client delegated is the bound, and both journals say who."""
    assert assigned(centre, centre.chief, 0) == 1
    assert level_at(centre.chief, centre.clients[0]) is Level.WRITE
    (event,) = events(centre.place.pk, kind="assignment.")
    assert (event.actor, event.object) == (centre.chief.membership.ref, centre.chief.membership.ref)


def test_only_accounts_of_the_organisation_get_work(centre: Centre, world: World) -> None:
    for foreign in (world.user, world.administrator, world.stranger):
        with pytest.raises(Refused, match="n’existe plus"):
            assigned(centre, foreign, 0)
        with pytest.raises(Refused, match="n’existe plus"):
            member(centre, portfolio(centre, name=foreign.membership.last_name), foreign, Level.READ)
    with tenancy.scope(establishment=centre.place.pk):
        assert not Assignment.objects.exists()


def test_only_who_gave_a_delegation_is_worked_for(centre: Centre, world: World) -> None:
    over, asked, ended, ahead = employers(4, start=100)
    give(centre.place, [over], ends_on=centre.chief.membership.created_at.date() - DAY)
    give(centre.place, [asked], accepted_at=None)
    give(centre.place, [ended], ended_at=centre.chief.membership.created_at)
    give(centre.place, [ahead], starts_on=centre.chief.membership.created_at.date() + 9 * DAY)
    made = portfolio(centre, name="Vide")
    for nobody in (over, asked, ended, world.there):
        with pytest.raises(Refused, match="ne vous a pas donné de délégation"):
            doing(
                centre.chief,
                lambda here, one=nobody: assign(
                    who=here, account_id=centre.agent.account_id, clients=[one.pk], level=Level.READ
                ),
            )
        with pytest.raises(Refused, match="ne vous a pas donné de délégation"):
            doing(centre.chief, lambda here, one=nobody: add_clients(who=here, ref=made.ref, clients=[one.pk]))
    centre.clients.append(ahead)
    assert assigned(centre, centre.agent, -1) == 1


def test_one_refused_client_leaves_all_undone(centre: Centre, world: World) -> None:
    wanted = [centre.clients[0].pk, world.there.pk]
    with pytest.raises(Refused):
        doing(
            centre.chief,
            lambda here: assign(who=here, account_id=centre.agent.account_id, clients=wanted, level=Level.READ),
        )
    assert level_at(centre.agent, centre.clients[0], "contrats") is Level.NONE
    assert events(centre.place.pk, kind="assignment.") == []


@pytest.mark.parametrize("who", ["agent", "here"])
def test_who_does_not_administer_an_organisation_gives_nothing(who: str, centre: Centre, world: World) -> None:
    actor = centre.agent if who == "agent" else world.administrator
    with pytest.raises(Refused, match="n’agit pas pour d’autres"):
        doing(
            actor,
            lambda here: assign(
                who=here, account_id=actor.account_id, clients=[centre.clients[1].pk], level=Level.READ
            ),
        )
    with pytest.raises(Refused, match="n’agit pas pour d’autres"):
        doing(actor, lambda here: create_portfolio(who=here, name="À moi"))


def test_none_is_no_level_of_work(centre: Centre) -> None:
    with pytest.raises(Refused, match="Ce niveau n’existe pas"):
        assigned(centre, centre.agent, 0, level=Level.NONE)


def test_each_act_leaves_one_event_from_which_the_levels_can_be_told(centre: Centre) -> None:
    assert assigned(centre, centre.agent, 0, 1, level=Level.READ) == 2
    assert assigned(centre, centre.agent, 0, 1, level=Level.READ) == 0
    assert assigned(centre, centre.agent, 1, 2) == 2
    wanted = [one.pk for one in centre.clients]
    doing(centre.chief, lambda here: unassign(who=here, account_id=centre.agent.account_id, clients=wanted))
    found = events(centre.place.pk, centre.agent.membership.ref)
    first, second, third = (one.siret for one in centre.clients[:3])
    assert [event.kind for event in found] == ["assignment.given", "assignment.given", "assignment.withdrawn"]
    assert found[0].after == {"level": 1, "clients": [first, second]} or set(found[0].after["clients"]) == {
        first,
        second,
    }
    assert found[1].before == {"levels": {second: 1}}
    assert set(found[1].after["clients"]) == {second, third}
    assert found[2].before == {"levels": {first: 1, second: 2, third: 2}}


def test_portfolios_are_named_once_and_their_acts_recorded(centre: Centre) -> None:
    made = portfolio(centre, 0, 1)
    for name, why in (("  secteur DU lac ", "porte déjà ce nom"), (" ", "Donnez un nom"), ("x" * 81, "abrégez-le")):
        with pytest.raises(Refused, match=why) as refusal:
            portfolio(centre, name=name)
        assert refusal.value.field == "name"
    member(centre, made, centre.agent, Level.READ)
    member(centre, made, centre.agent, Level.WRITE)
    doing(centre.chief, lambda here: rename_portfolio(who=here, ref=made.ref, name="Secteur Nord"))
    doing(centre.chief, lambda here: delete_portfolio(who=here, ref=made.ref))
    with pytest.raises(Refused, match="n’existe plus"):
        doing(centre.chief, lambda here: rename_portfolio(who=here, ref=made.ref, name="Autre"))
    found = events(centre.place.pk, kind="portfolio.")
    assert [event.kind.partition(".")[2] for event in found] == [
        "created",
        "clients_added",
        "member_set",
        "member_set",
        "renamed",
        "deleted",
    ]
    assert found[3].before == {"level": 1}
    assert found[5].before["members"] == {str(centre.agent.membership.ref): 2}
    assert found[5].before["clients"] == sorted(one.siret for one in centre.clients[:2])


def test_work_that_an_administrator_gave_outlives_them(centre: Centre) -> None:
    assigned(centre, centre.agent, 0)
    doing(
        centre.second,
        lambda here: change_profile(who=here, account_id=centre.chief.account_id, profile=Profile.USER),
    )
    assert level_at(centre.agent, centre.clients[0]) is Level.WRITE


def test_without_the_mark_nobody_works_any_more(centre: Centre, as_owner: object) -> None:
    assigned(centre, centre.agent, 0)
    centre.place.acts_for_others = False
    centre.place.save(update_fields=["acts_for_others"])
    assert level_at(centre.agent, centre.clients[0]) is Level.NONE
    with tenancy.scope(establishment=centre.place.pk):
        assert Membership.objects.filter(pk=centre.agent.account_id).exists()
