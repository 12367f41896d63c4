"""Links · A person in two establishments."""

from collections.abc import Callable
from typing import Any

from parvis.access.actions import changes, creation, lifecycle
from parvis.access.actions.links import Attempt, State, open_link
from parvis.access.models import Link, Profile
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import Person
from parvis.journal.models import Event
from tests.access.parallel.hands import (
    PASSWORD,
    ROUNDS,
    Made,
    account,
    acting,
    against,
    at_once,
    in_two_places,
    place,
    waiting,
)
from tests.world import Someone, someone


def test_five_wrong_identifiers_at_once_kill_the_link_for_the_right_one(committed: Callable[[Made], Any]) -> None:
    where = committed(place)
    for _ in range(ROUNDS):
        target, token = committed(lambda: waiting(where))
        answers: list[Attempt] = at_once(*[lambda t=token: open_link(token=t, identifier="AAAAAAAA")] * 5)
        assert sorted(answer.tries_left for answer in answers) == [0, 1, 2, 3, 4]
        assert [answer.state for answer in answers].count(State.KILLED) == 1
        last = open_link(token=token, identifier=target.identifier, password=PASSWORD)
        assert (last.state, last.accepted) == (State.KILLED, False)
        assert account(where, target).person_id is None
        with tenancy.scope(establishment=where.pk):
            assert Link.objects.get(membership=target.membership).tries == 5
            assert Event.objects.filter(kind="link.killed", object=target.membership.ref).count() == 1


def test_right_identifier_among_six_at_once_opens_only_a_link_that_still_lives(
    committed: Callable[[Made], Any],
) -> None:
    where = committed(place)
    for _ in range(ROUNDS):
        target, token = committed(lambda: waiting(where))
        wrong = [lambda t=token: open_link(token=t, identifier="AAAAAAAA")] * 5
        right = [lambda t=token, i=target.identifier: open_link(token=t, identifier=i, password=PASSWORD)]
        *others, mine = at_once(*wrong, *right)
        with tenancy.scope(establishment=where.pk):
            link = Link.objects.get(membership=target.membership)
        assert (link.killed_at is None) == mine.accepted == (link.used_at is not None)
        assert (account(where, target).person_id is not None) == mine.accepted
        assert sum(answer.state is State.KILLED for answer in others) == (not mine.accepted)


def test_two_openings_of_one_link_at_once_make_one_person(committed: Callable[[Made], Any]) -> None:
    where = committed(place)
    for _ in range(ROUNDS):
        target, token = committed(lambda: waiting(where))
        answers: list[Attempt] = at_once(
            *[lambda t=token, i=target.identifier: open_link(token=t, identifier=i, password=PASSWORD)] * 3
        )
        assert sorted(answer.state.value for answer in answers) == ["used", "used", "valid"]
        (winner,) = [answer for answer in answers if answer.accepted]
        assert account(where, target).person_id == winner.person_id


def test_link_opened_while_its_email_is_corrected_is_either_used_or_dead(committed: Callable[[Made], Any]) -> None:
    """Never both: an account opened from the old address would hold the new one as verified."""
    where, a = committed(lambda: (spot := place(), someone(spot, "Alix", "Essai", Profile.ADMINISTRATOR)))
    for _ in range(ROUNDS):
        target, token = committed(lambda: waiting(where))
        names = creation.Coordinates.__dataclass_fields__
        corrected = creation.Coordinates(
            **{**{name: getattr(target.membership, name) for name in names}, "email": "juste@essai.example"}
        )
        opened, _ = at_once(
            lambda t=token, i=target.identifier: open_link(token=t, identifier=i, password=PASSWORD),
            acting(
                a,
                lambda who, one=target, c=corrected: changes.change_coordinates(  # type: ignore[misc]
                    who=who, account_id=one.account_id, coordinates=c
                ),
            ),
        )
        found = account(where, target)
        assert opened.state in (State.VALID, State.SUPERSEDED)
        assert (found.person_id is not None) == opened.accepted
        if opened.accepted:
            # Then the correction came second, and was proposed.
            assert found.email == target.membership.email


def test_link_opened_while_its_account_is_deleted_leaves_all_or_nothing(committed: Callable[[Made], Any]) -> None:
    where, a = committed(lambda: (spot := place(), someone(spot, "Alix", "Essai", Profile.ADMINISTRATOR)))
    for _ in range(ROUNDS):
        target, token = committed(lambda: waiting(where))
        opened, deleted = at_once(
            lambda t=token, i=target.identifier: open_link(token=t, identifier=i, password=PASSWORD),
            acting(a, lambda who, one=target: lifecycle.delete(who=who, account_id=one.account_id)),  # type: ignore[misc]
        )
        assert deleted == "Zoé Essai"
        assert opened.state in (State.VALID, State.UNKNOWN)
        if opened.accepted:
            with tenancy.scope(person=opened.person_id, role=tenancy.PERSON):
                assert not Person.objects.exists()


def test_two_deletions_of_ones_two_accounts_at_once_erase_the_person(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        chiefs, accounts = committed(in_two_places)
        answers = at_once(*[against("delete", chief, one) for chief, one in zip(chiefs, accounts, strict=True)])
        assert answers == ["Zoé Essai", "Zoé Essai"]
        person = accounts[0].person.pk
        left = committed(lambda who=person: (
            Person.objects.filter(pk=who).count(),
            Event.objects.filter(kind="identity.erased", person_id=who).count(),
        ))  # fmt: skip
        assert left == (0, 1)


def test_account_attached_while_the_persons_last_other_one_is_deleted_keeps_or_refuses(
    committed: Callable[[Made], Any],
) -> None:
    for _ in range(ROUNDS):

        def make() -> tuple[Someone, Someone, Someone, str]:
            there, here = place(), place()
            chief, known = someone(there, "Alix", "Essai", Profile.ADMINISTRATOR), someone(there, "Zoé", "Essai")
            fresh, token = waiting(here)
            return chief, known, fresh, token

        chief, known, fresh, token = committed(make)
        attached, deleted = at_once(
            lambda t=token, i=fresh.identifier, p=known.person: open_link(token=t, identifier=i, person=p),
            against("delete", chief, known),
        )
        assert deleted == "Zoé Essai"
        person = known.person.pk
        exists = committed(lambda who=person: Person.objects.filter(pk=who).exists())
        assert exists == (not isinstance(attached, Refused))
        found = account(fresh.membership.establishment, fresh)
        assert found.person_id == (person if exists else None)
