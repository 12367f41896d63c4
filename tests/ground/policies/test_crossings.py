"""Crossings, each tried by a stranger."""

import pytest

from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from tests.ground.policies.hands import _take, ask, denied
from tests.world import World


def test_stranger_enters_her_own_establishment_and_no_other(world: World) -> None:
    her = world.stranger.person.pk
    assert ask("SELECT access_enter(%s, %s)", her, world.there.siret) == [(world.there.pk,)]
    for siret in (world.here.siret, "99999999999999", ""):
        assert ask("SELECT access_enter(%s, %s)", her, siret) == [(None,)]
    assert ask("SELECT access_enter(0, %s)", world.here.siret) == [(None,)]


def test_stranger_learns_of_her_own_memberships_alone(world: World) -> None:
    assert ask("SELECT access_person_establishments(), access_person_memberships()") == [([], [])]
    with tenancy.scope(person=world.stranger.person.pk, establishment=world.here.pk, role=tenancy.PERSON):
        assert ask("SELECT access_person_establishments()") == [([world.there.pk],)]
        assert ask("SELECT access_person_memberships()") == [([world.stranger.account_id],)]


@pytest.mark.parametrize("function", ["access_link_by_token", "identity_link_by_token"])
@pytest.mark.parametrize("typed", ["", "%", "x" * 64, "' OR true --"])
def test_stranger_without_the_token_finds_no_link(world: World, function: str, typed: str) -> None:
    assert ask(f"SELECT * FROM {function}(%s)", typed) == []


def test_stranger_without_the_number_finds_no_person(world: World) -> None:
    assert ask("SELECT * FROM identity_person_by_id(0)") == []
    assert ask("SELECT * FROM identity_person_by_id(NULL)") == []


def test_stranger_without_identifier_or_verified_email_finds_nobody_to_sign_in(world: World) -> None:
    for code, email in (("", ""), (None, None), ("%", "%"), ("AAAAAAAA", "nobody@nowhere.example")):
        assert ask("SELECT * FROM identity_for_sign_in(%s, %s)", code, email) == []
        assert ask("SELECT * FROM identity_for_reset(%s, %s)", code, email) == []


def test_stranger_who_declares_an_email_unverified_neither_signs_in_nor_bars_its_owner(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        ((email,),) = ask("SELECT key FROM identity_email")
    _take(world.stranger.person.pk, email, verified=False)
    assert [row[0] for row in ask("SELECT * FROM identity_for_sign_in('', %s)", email)] == [world.user.person.pk]
    assert [row[0] for row in ask("SELECT * FROM identity_for_reset('', %s)", email)] == [world.user.person.pk]


def test_email_that_two_people_verified_signs_nobody_in_and_sends_to_both(world: World) -> None:
    both = {world.user.person.pk, world.reader.person.pk}
    for person in both:
        _take(person, "mairie@annecy.example", verified=True)
    assert ask("SELECT * FROM identity_for_sign_in('', 'mairie@annecy.example')") == []
    assert {row[0] for row in ask("SELECT * FROM identity_for_reset('', 'mairie@annecy.example')")} == both


def test_refused_sign_in_leaves_an_event_that_no_establishment_reads(world: World) -> None:
    ask("SELECT identity_note_refusal(%s, %s)", world.user.person.pk, clock.now())
    ask("SELECT identity_note_refusal(NULL, %s)", clock.now())
    for place in (world.here, world.there):
        with tenancy.scope(establishment=place.pk):
            assert not Event.objects.filter(kind="identity.sign_in_refused").exists()
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert not Event.objects.filter(kind="identity.sign_in_refused").exists()
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert Event.objects.filter(kind="identity.sign_in_refused").count() == 1


def test_stranger_erases_nobody_who_still_belongs_somewhere(world: World) -> None:
    with tenancy.scope(person=world.stranger.person.pk, establishment=world.there.pk):
        assert ask("SELECT access_forget_person(%s, %s)", world.user.person.pk, clock.now()) == [(False,)]
        ask(
            "SELECT access_withdraw(%s, %s, %s, %s)",
            world.user.identifier,
            world.user.person.pk,
            world.user.membership.email,
            world.user.membership.phone,
        )
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        for table in ("identity_person", "identity_credential", "identity_email", "identity_phone"):
            assert ask(f"SELECT count(*) FROM {table}") == [(1,)], table
        assert not Event.objects.filter(kind="identity.erased").exists()


def test_person_role_may_not_erase(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        with denied():
            ask("SELECT access_forget_person(%s, now())", world.user.person.pk)
        with denied():
            ask(
                "SELECT access_withdraw(%s, %s, %s, %s)",
                world.user.identifier,
                world.user.person.pk,
                world.user.membership.email,
                world.user.membership.phone,
            )


def test_stranger_learns_nothing_and_lifts_nothing_by_the_counters(world: World) -> None:
    person = world.user.person.pk
    for _ in range(15):
        ask("SELECT * FROM identity_take_try(0, '', %s, now(), 1, '{}'::interval[])", f"p:{person}")
    # Another one's browser, or an empty token, is nobody's.
    for browser in ("", "x" * 64):
        ((key, *_),) = ask(
            "SELECT * FROM identity_take_try(%s, %s, 'n:probe', now(), 5, '{}'::interval[])", person, browser
        )
        assert key == "n:probe"
    assert ask("SELECT identity_blocked(%s)", [world.stranger.person.pk]) == []
    ask("SELECT identity_reset_counter(%s, '')", world.stranger.person.pk)
    ask("SELECT identity_unblock(%s)", world.stranger.person.pk)
    ask("SELECT identity_give_back('p:0', 0, 5, '', now())")
    ((_, _, refused, *_),) = ask(
        "SELECT * FROM identity_take_try(0, '', %s, now(), 1, '{}'::interval[])", f"p:{person}"
    )
    assert refused
