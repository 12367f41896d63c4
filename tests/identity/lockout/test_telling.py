"""Who is told of a lock, and what the e-mails say."""

import datetime
from collections.abc import Callable

import pytest

from parvis.access.models import Profile
from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account
from parvis.identity.browsers import COOKIE
from parvis.identity.models import Browser, Email
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.access.changes.hands import alter
from tests.browsers import trusted
from tests.identity.lockout.hands import FAILURES, LONG, SHORT, SIGN_IN, WRONG_PASSWORD
from tests.jobs import queued, work
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, someone

Later = Callable[[datetime.timedelta], object]
SECOND = datetime.timedelta(seconds=1)
STEPS = (SHORT, LONG, SECOND)


def fail(login: str, client: ReadingClient | None = None) -> None:
    for _ in range(FAILURES):
        (client or ReadingClient()).post(SIGN_IN, {"login": login, "password": WRONG_PASSWORD})
    work()


def to_person(who: Someone) -> list[Envelope]:
    """What the worker would send the person now."""
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        found = Message.objects.filter(kind__startswith="identity.").order_by("id")
        return [made for message in found if (made := LETTERS[message.kind].write(message))]  # type: ignore[misc]


def to_administrators(world: World, where: int | None = None) -> list[Envelope]:
    with tenancy.scope(establishment=where or world.here.pk):
        found = Message.objects.filter(kind="access.colleague_locked").order_by("id")
        return [made for message in found if (made := LETTERS[message.kind].write(message))]  # type: ignore[misc]


def test_the_person_is_told_of_each_step_with_how_long_it_lasts(world: World, later: Later) -> None:
    for lock in STEPS:
        fail(world.user.identifier)
        later(lock + SECOND)
    first, second, third = to_person(world.user)
    assert first.subject == second.subject == "Parvis : connexion suspendue après plusieurs échecs"
    assert third.subject == "Parvis : votre compte est bloqué"
    for made, lasts in ((first, "15\u00a0minutes"), (second, "1\u00a0heure"), (third, "le débloquiez")):
        assert made.to == world.user.membership.email
        for body in (made.text, made.html):
            assert lasts in body
            assert f"{FAILURES} mots de passe ou codes erronés" in body
            assert "/debloquer/" in body
            assert "/mot-de-passe-oublie/" in body
            assert "Ce n’était pas vous" in body


def test_each_verified_address_is_told_and_no_other(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        for address, verified in (("l@mairie.example", True), ("l@ailleurs.example", False)):
            Email.objects.create(
                person_id=world.user.person.pk,
                address=address,
                key=address,
                verified_at=clock.now() if verified else None,
            )
    fail(world.user.identifier)
    assert {made.to for made in to_person(world.user)} == {world.user.membership.email, "l@mairie.example"}


def test_who_administers_is_told_when_the_account_is_blocked_and_not_before(world: World, later: Later) -> None:
    for lock in (SHORT, LONG):
        fail(world.user.identifier)
        assert to_administrators(world) == []
        later(lock + SECOND)
    fail(world.user.identifier)
    told = to_administrators(world)
    assert {made.to for made in told} == {world.administrator.membership.email, world.second.membership.email}
    for made in told:
        assert made.subject == "Parvis : le compte de Léa Martin est bloqué"
        for body in (made.text, made.html):
            assert "Annecy" in body
            assert f"/etablissements/{world.here.siret}/comptes/{world.user.account_id}/" in body
            assert world.user.identifier not in body
    assert to_administrators(world, world.there.pk) == []


def test_the_administrators_of_every_employer_are_told_and_a_closed_account_is_not(
    world: World, later: Later, as_owner: object
) -> None:
    someone(world.there, "Léa", "Martin", person=world.user.person)
    alter(world.second, deactivated_at=clock.now())
    for lock in STEPS:
        fail(world.user.identifier)
        later(lock + SECOND)
    assert {made.to for made in to_administrators(world)} == {world.administrator.membership.email}
    assert {made.to for made in to_administrators(world, world.there.pk)} == {world.stranger.membership.email}


def test_an_only_administrator_who_is_blocked_is_told_alone(world: World, later: Later) -> None:
    alter(world.second, profile=Profile.USER)
    for lock in STEPS:
        fail(world.administrator.identifier)
        later(lock + SECOND)
    assert to_administrators(world) == []
    assert to_person(world.administrator)[-1].subject == "Parvis : votre compte est bloqué"


def test_nobody_is_told_of_a_name_that_nobody_bears_and_the_same_job_is_queued(world: World) -> None:
    for name in (account.draw(), world.user.identifier):
        for _ in range(FAILURES):
            ReadingClient().post(SIGN_IN, {"login": name, "password": WRONG_PASSWORD})
    nobody, existing = queued("identity.tell_lock")
    assert (nobody["person_id"], existing["person_id"]) == (0, world.user.person.pk)
    assert set(nobody) == set(existing)
    work()
    assert len(to_person(world.user)) == 1


def test_refused_tries_tell_nobody_again(world: World) -> None:
    for _ in range(4):
        fail(world.user.identifier)
    assert len(to_person(world.user)) == 1


def test_a_known_browser_that_is_blocked_is_trusted_no_more_and_no_administrator_is_told(
    world: World, later: Later
) -> None:
    mine = trusted(ReadingClient(), world.user.person.pk)
    other = trusted(ReadingClient(), world.user.person.pk)
    assert mine.cookies[COOKIE].value != other.cookies[COOKIE].value
    for lock in STEPS:
        fail(world.user.identifier, mine)
        later(lock + SECOND)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert Browser.objects.filter(trusted_until=None).count() == 1
        assert Browser.objects.exclude(trusted_until=None).count() == 1
    assert "n’est plus un navigateur de confiance" in to_person(world.user)[-1].text
    assert to_administrators(world) == []


@pytest.mark.parametrize("gone", ["unblocked", "deleted"])
def test_a_letter_that_has_lost_its_object_is_not_sent(gone: str, world: World, later: Later, as_owner: object) -> None:
    from parvis.identity import lockout

    for lock in STEPS:
        fail(world.user.identifier)
        later(lock + SECOND)
    assert to_administrators(world)
    if gone == "unblocked":
        lockout.unblock(world.user.person.pk)
        assert to_administrators(world) == []
    else:
        with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
            Email.objects.filter(person_id=world.user.person.pk).update(verified_at=None)
        assert to_person(world.user) == []
