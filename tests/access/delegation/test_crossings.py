"""Crossings, each tried by a stranger."""

from typing import Any

import pytest

from parvis.access.delegation.actions import attach
from parvis.access.delegation.document import Document
from parvis.access.models import Delegation
from parvis.ground import clock, tenancy
from tests.access.delegation.conftest import Centre
from tests.access.delegation.hands import ORGANISATION, accepted, acting, proposed
from tests.ground.policies.hands import ask, denied
from tests.world import World

MONTHS = 18
TABLES = ("access_delegation", "access_delegationservice", "access_delegationdocument", "access_delegatevisit")


@pytest.fixture
def held(world: World, centre: Centre) -> Delegation:
    """Annecy's delegation to the centre, with its agreement; the agent works under it."""
    made = accepted(world.administrator, centre.chief)
    acting(world.administrator, lambda here: attach(who=here, ref=made.ref, document=Document("a.pdf", b"%PDF-")))
    return made


def paths(function: str, *values: Any) -> set[Any]:
    return {row[0] for row in ask(f"SELECT {function}", *values)}


def test_stranger_reads_no_row_of_others_and_changes_none(world: World, centre: Centre, held: Delegation) -> None:
    for role in (tenancy.APP, tenancy.PORTFOLIO):
        with tenancy.scope(person=world.stranger.person.pk, establishment=world.there.pk, role=role):
            for table in TABLES:
                assert ask(f"SELECT 1 FROM {table}") == []
    with tenancy.scope(establishment=world.there.pk):
        assert not Delegation.objects.filter(pk=held.pk).update(letters=True)
        with denied("row-level security"):
            ask(
                "INSERT INTO access_delegatevisit (establishment_id, organisation_id, member, last_at) "
                "VALUES (%s, %s, gen_random_uuid(), now())",
                world.here.pk,
                centre.place.pk,
            )
    # The organisation reads what it was given, and writes nothing of it.
    with tenancy.scope(establishment=centre.place.pk, role=tenancy.PORTFOLIO):
        assert ask("SELECT ref FROM access_delegation") == [(held.ref,)]
        for statement in ("UPDATE access_delegation SET letters = true", "DELETE FROM access_delegationservice"):
            with denied():
                ask(statement)


def test_stranger_works_for_nobody(world: World, centre: Centre, held: Delegation) -> None:
    today = clock.today()
    sql = "(access_mandates(%s, %s, %s, %s)).member"
    assert paths(sql, centre.agent.person.pk, world.here.pk, today, MONTHS) == {centre.agent.membership.ref}
    for who, where in (
        (world.stranger, world.here),
        (centre.aside, world.here),
        (centre.agent, world.there),
        (world.user, world.here),
    ):
        assert paths(sql, who.person.pk, where.pk, today, MONTHS) == set()


def test_stranger_does_not_enter_by_the_delegation_of_others(world: World, centre: Centre, held: Delegation) -> None:
    entered = "SELECT access_enter(%s, %s)"
    assert ask(entered, centre.agent.person.pk, world.here.siret) == [(world.here.pk,)]
    assert ask(entered, world.stranger.person.pk, world.here.siret) == [(None,)]
    assert ask(entered, centre.agent.person.pk, world.there.siret) == [(None,)]
    # Nor the giver's people the organisation.
    assert ask(entered, world.administrator.person.pk, centre.place.siret) == [(None,)]


def test_stranger_sees_no_delegates_of_others(world: World, centre: Centre, held: Delegation) -> None:
    today = clock.today()
    for where, found in ((world.here, {centre.agent.membership.ref}), (world.there, set()), (centre.place, set())):
        with tenancy.scope(establishment=where.pk):
            assert paths("(access_delegates(%s, %s)).member", today, MONTHS) == found
    for where, client, found in (
        (centre.place, world.here, {centre.agent.membership.ref}),
        (centre.place, world.there, set()),
        (world.there, world.here, set()),
        (world.here, world.here, set()),
    ):
        with tenancy.scope(establishment=where.pk, role=tenancy.PORTFOLIO):
            assert paths("(access_client_mandates(%s, %s, %s)).member", client.pk, today, MONTHS) == found
            if found != set() or client is world.there:
                continue
            assert paths("(access_organisation_mandates(%s, %s, 0)).member", today, MONTHS) == set()
    with tenancy.scope(establishment=world.here.pk), denied():
        ask("SELECT access_client_mandates(%s, %s, %s)", world.here.pk, today, MONTHS)


def test_stranger_knows_the_names_of_her_own_clients_alone(world: World, centre: Centre, held: Delegation) -> None:
    for where, found in ((centre.place, {centre.place.pk, world.here.pk}), (world.there, {world.there.pk})):
        with tenancy.scope(establishment=where.pk, role=tenancy.PORTFOLIO):
            ((clients,),) = ask("SELECT access_clients()")
            assert set(clients) == found
            assert paths("id FROM establishments_establishment") == found
    for who, found in ((centre.agent, {world.here.siret}), (world.stranger, set()), (centre.aside, set())):
        with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
            assert paths("siret FROM access_person_clients(%s, %s)", clock.today(), MONTHS) == found


def test_stranger_learns_of_no_administrators(world: World, centre: Centre, held: Delegation) -> None:
    sql = "SELECT name FROM access_organisation_administrators(%s, %s, %s, %s)"
    today = clock.today()
    assert ask(sql, centre.agent.person.pk, centre.place.pk, today, MONTHS) == [("Sophie Roche",)]
    assert ask(sql, world.stranger.person.pk, centre.place.pk, today, MONTHS) == []
    assert ask(sql, centre.agent.person.pk, world.here.pk, today, MONTHS) == []


def test_the_directory_says_what_is_public_and_no_more(world: World, centre: Centre) -> None:
    rows = ask("SELECT * FROM access_directory(%s, true, '', 10)", [])
    assert rows == [
        (centre.place.pk, centre.place.siret, centre.place.name, "commune", "", ""),
    ]
    assert ask("SELECT siret FROM access_directory(%s, false, '', 1)", ["%"]) == []
    assert ask("SELECT * FROM access_employers(%s)", [world.here.pk, 0]) == [
        (world.here.pk, world.here.siret, "Annecy", False)
    ]


def test_stranger_waits_for_nobody_elses_proposals(world: World, centre: Centre) -> None:
    made = proposed(centre.chief, world.here, ORGANISATION)
    given = proposed(world.stranger, centre.place)
    waiting = "SELECT access_waiting_proposals(%s, 30)"
    for where, found in ((world.here, [made]), (centre.place, [given]), (world.there, [])):
        with tenancy.scope(establishment=where.pk):
            ((rows,),) = ask(waiting, clock.today())
            assert [row[0] for row in rows or []] == [str(one.ref) for one in found]
    # Yes or no is all that anybody learns of how many wait.
    sql = "SELECT access_proposal_place(%s, %s, %s, %s)"
    long_ago = clock.now().replace(year=2020)
    assert ask(sql, centre.place.pk, 3, long_ago, clock.today()) == [(True,)]
    assert ask(sql, centre.place.pk, 2, long_ago, clock.today()) == [(False,)]
