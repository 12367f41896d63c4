"""An administrator unblocks a colleague: who may, what changes, who is told."""

from typing import Any

import pytest

from parvis.access.actions.unblocking import unblock
from parvis.access.models import Profile
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity import lockout
from parvis.identity.models import Email, Totp
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.access.changes.hands import alter
from tests.access.reading import acting, kinds, words
from tests.access.unblocking.hands import SignedIn, block, sign_in, where
from tests.identity.lockout.hands import FAILURES, SHORT, take
from tests.world import Someone, World, someone


def letters(world: World) -> list[Envelope]:
    with tenancy.scope(establishment=world.here.pk):
        found = Message.objects.filter(kind="access.unblocked").order_by("id")
        return [made for message in found if (made := LETTERS[message.kind].write(message))]  # type: ignore[misc]


def test_an_administrator_unblocks_after_a_page_that_asks(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    assert sign_in(blocked) == 429
    browser = signed_in(world.administrator)
    asked = browser.get(where(world, blocked))
    assert "Débloquer le compte de Léa Martin" in words(asked)
    assert "de vive voix" in words(asked)
    assert lockout.blocked_among([blocked.person.pk]), "a GET changes nothing"
    answer = browser.post(where(world, blocked))
    assert answer["Location"] == where(world, blocked, "")
    page = browser.get(answer["Location"]).content.decode()
    assert "Le compte de Léa Martin est débloqué" in page
    assert "Ce compte est bloqué" not in page
    assert sign_in(blocked) == 302
    assert kinds(world.here.pk, blocked.membership.ref)[-1] == "account.unblocked"


def test_the_steps_begin_again_with_the_first(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    signed_in(world.administrator).post(where(world, blocked))
    taken = take(FAILURES + 1, person_id=blocked.person.pk)
    assert [one.refused for one in taken] == [False] * FAILURES + [True]
    assert taken[-1].locked_until is not None
    assert abs((taken[-1].locked_until - clock.now() - SHORT).total_seconds()) < 5


def test_neither_password_nor_factor_changes(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    signed_in(world.administrator).post(where(world, blocked))
    with tenancy.scope(person=blocked.person.pk, role=tenancy.PERSON):
        assert Totp.objects.count() == 1


def test_the_person_is_told_by_whom_on_each_verified_address(
    world: World, signed_in: SignedIn, blocked: Someone
) -> None:
    with tenancy.scope(person=blocked.person.pk, role=tenancy.PERSON):
        for address, at in (("l@mairie.example", clock.now()), ("l@ailleurs.example", None)):
            Email.objects.create(person_id=blocked.person.pk, address=address, key=address, verified_at=at)
    signed_in(world.administrator).post(where(world, blocked))
    made = letters(world)
    assert {one.to for one in made} == {blocked.membership.email, "l@mairie.example"}
    for one in made:
        assert one.subject == "Parvis : votre compte est débloqué"
        for body in (one.text, one.html):
            assert "Claire Dubois (Annecy) a débloqué votre compte" in body
            assert "Vous n’aviez rien demandé" in body


def test_an_address_taken_away_meanwhile_is_told_nothing(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    signed_in(world.administrator).post(where(world, blocked))
    with tenancy.scope(person=blocked.person.pk, role=tenancy.PERSON):
        Email.objects.update(verified_at=None)
    assert letters(world) == []


# --- Refusals --------------------------------------------------------------------------------------------------------
def test_a_user_a_reader_and_the_person_may_not(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    for who in (world.reader, blocked):
        assert signed_in(who).post(where(world, blocked)).status_code == 403
    assert lockout.blocked_among([blocked.person.pk])


def test_an_administrator_of_another_establishment_finds_no_such_page(
    world: World, signed_in: SignedIn, blocked: Someone
) -> None:
    assert signed_in(world.stranger).post(where(world, blocked)).status_code == 404
    there = f"/etablissements/{world.there.siret}/comptes/{blocked.account_id}/debloquer/"
    assert signed_in(world.stranger).post(there).status_code == 404
    assert lockout.blocked_among([blocked.person.pk])


def test_an_administrator_of_another_employer_of_the_person_may(
    as_owner: object, world: World, signed_in: SignedIn, blocked: Someone
) -> None:
    there = someone(world.there, "Léa", "Martin", person=blocked.person)
    answer = signed_in(world.stranger).post(
        f"/etablissements/{world.there.siret}/comptes/{there.account_id}/debloquer/"
    )
    assert answer.status_code == 302
    assert sign_in(blocked) == 302


def test_nobody_unblocks_oneself_that_way(world: World, signed_in: SignedIn) -> None:
    block(world.administrator)
    assert signed_in(world.administrator).post(where(world, world.administrator)).status_code == 403
    with acting(world.administrator) as who, pytest.raises(Refused):
        unblock(who=who, account_id=world.administrator.account_id)
    assert lockout.blocked_among([world.administrator.person.pk])


@pytest.mark.parametrize("whose", ["active", "pending"])
def test_what_is_not_blocked_says_so_and_writes_nothing(
    whose: str, world: World, signed_in: SignedIn, as_owner: Any
) -> None:
    who = world.user if whose == "active" else someone(world.here, "Zoé", "Blanc", confirmed=False)
    answer = signed_in(world.administrator).post(where(world, who))
    assert answer.status_code == 200
    assert "n’est pas, ou n’est plus, bloqué" in words(answer)
    assert "account.unblocked" not in kinds(world.here.pk, who.membership.ref)
    assert letters(world) == []


def test_two_administrators_who_press_at_once_unblock_once(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    first, second = signed_in(world.administrator), signed_in(world.second)
    assert first.post(where(world, blocked)).status_code == 302
    assert second.post(where(world, blocked)).status_code == 200
    assert kinds(world.here.pk, blocked.membership.ref).count("account.unblocked") == 1


def test_a_person_who_is_erased_leaves_no_counter(world: World, signed_in: SignedIn, as_owner: Any) -> None:
    who = block(someone(world.here, "Noé", "Vidal"))
    signed_in(world.administrator).post(where(world, who, "supprimer/"))
    with as_owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM identity_counter WHERE key = %s", [f"p:{who.person.pk}"])
        assert cursor.fetchone() == (0,)


def test_a_former_administrator_may_no_longer(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    browser = signed_in(world.second)
    alter(world.second, profile=Profile.USER)
    assert browser.post(where(world, blocked)).status_code == 403
    assert lockout.blocked_among([blocked.person.pk])
