"""« Quatre yeux »: a second adviser decides, who neither asked nor edited; nobody of another fund sees it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from parvis.access.models import Membership
from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding, adviser_of
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import Person
from parvis.journal.models import Event
from tests.world import World


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A kind of act whose carrying out is noted here."""
    carried: list[str] = []
    kind = four_eyes.ActKind(
        "test.act", "Acte d’essai", lambda act: [("Objet", act.subject)], lambda who, act: carried.append(act.subject)
    )
    monkeypatch.setitem(four_eyes._KINDS, "test.act", kind)
    return carried


@contextmanager
def office(person: Person, world: World) -> Iterator[AdviserStanding]:
    who = adviser_of(person.pk)
    assert who is not None
    where = world.here.pk
    with tenancy.scope(person=person.pk, establishment=where, role=tenancy.ADVISER, funds=who.funds):
        yield who


def asked(world: World, by: str = "first") -> SensitiveAct:
    with office(world.advisers[by], world) as who:
        return four_eyes.ask(
            who=who, kind="test.act", fund="cnracl", establishment_id=world.here.pk, subject="7", reason="Départ"
        )


def test_second_level_approves_and_it_is_carried_out_once(world: World, done: list[str]) -> None:
    act = asked(world)
    with office(world.advisers["second"], world) as who:
        four_eyes.approve(who=who, act_id=act.pk, note="Pièces vues")
        with pytest.raises(Refused, match="déjà décidé"):
            four_eyes.approve(who=who, act_id=act.pk)
        assert list(Event.objects.filter(object=act.pk).order_by("id").values_list("kind", "actor")) == [
            ("adviser.act_opened", act.opened_by.ref),
            ("adviser.act_approved", who.ref),
        ]
    assert done == ["7"]


@pytest.mark.parametrize(("by", "decides"), [("first", "first"), ("second", "second"), ("supervisor", "supervisor")])
def test_nobody_decides_what_they_asked_for(world: World, done: list[str], by: str, decides: str) -> None:
    act = asked(world, by)
    with office(world.advisers[decides], world) as who, pytest.raises(Refused):
        four_eyes.approve(who=who, act_id=act.pk)
    assert done == []


def test_first_level_decides_nothing(world: World, done: list[str]) -> None:
    act = asked(world, "second")
    with office(world.advisers["first"], world) as who, pytest.raises(Refused, match="second niveau"):
        four_eyes.approve(who=who, act_id=act.pk)
    assert done == []


def test_who_edited_the_case_does_not_decide_it(world: World, done: list[str]) -> None:
    act = asked(world)
    with office(world.advisers["second"], world) as who:
        four_eyes.note_edit(who=who, act=act)
        with pytest.raises(Refused, match="modifié ce dossier"):
            four_eyes.approve(who=who, act_id=act.pk)
    with office(world.advisers["supervisor"], world) as who:
        four_eyes.approve(who=who, act_id=act.pk)
    assert done == ["7"]


def test_an_adviser_of_another_fund_sees_no_act(world: World, done: list[str]) -> None:
    act = asked(world)
    with office(world.advisers["other"], world) as who:
        assert not four_eyes.waiting_acts().exists()
        with pytest.raises(Refused, match="n’existe pas"):
            four_eyes.approve(who=who, act_id=act.pk)
    assert done == []


def test_the_same_act_is_not_asked_twice_and_refusing_says_why(world: World, done: list[str]) -> None:
    act = asked(world)
    with pytest.raises(Refused, match="attend déjà"):
        asked(world, "second")
    with office(world.advisers["supervisor"], world) as who:
        with pytest.raises(Refused, match="Dites pourquoi"):
            four_eyes.refuse(who=who, act_id=act.pk, note=" ")
        assert four_eyes.refuse(who=who, act_id=act.pk, note="Pièce illisible").state == "refused"
    assert asked(world, "second").state == "waiting"
    assert done == []


def test_the_database_itself_wants_two(world: World, done: list[str]) -> None:
    act = asked(world)
    with office(world.advisers["first"], world), pytest.raises(IntegrityError), transaction.atomic():
        SensitiveAct.objects.filter(pk=act.pk).update(
            state="approved", decided_by_id=act.opened_by_id, decided_at=act.opened_at
        )


def test_an_adviser_reads_contracts_and_accounts_of_their_funds_alone(world: World) -> None:
    def seen(who: str) -> tuple[int, int]:
        with office(world.advisers[who], world), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM establishments_contract WHERE establishment_id = %s", [world.here.pk])
            (contracts,) = cursor.fetchone()
            return contracts, Membership.objects.count()

    assert seen("first") == (3, 4)
    assert seen("other") == (0, 0)


def test_no_adviser_becomes_a_member_and_no_member_an_adviser(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk), pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=world.user.account_id).update(person_id=world.advisers["first"].pk)
