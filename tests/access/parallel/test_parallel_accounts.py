"""Parallel accounts."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from parvis.access.actions import changes, creation, lifecycle, renewal
from parvis.access.actions.many import set_rights_of_many
from parvis.access.levels import Level
from parvis.access.models import Draft, Link, Membership, Profile
from parvis.access.standing import Standing, standing
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.access.parallel.hands import ROUNDS, Made, acting, against, at_once, lasting, place
from tests.access.reading import DAY
from tests.world import Someone, someone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("demote", "demote"),
        ("deactivate", "deactivate"),
        ("delete", "delete"),
        ("end", "end"),
        ("renew", "deactivate"),
        ("demote", "delete"),
        ("start", "renew"),
    ],
)
def test_two_administrators_who_take_each_other_away_at_once_leave_one(
    committed: Callable[[Made], Any], one: str, other: str
) -> None:
    for _ in range(ROUNDS):

        def make() -> tuple[Establishment, Someone, Someone]:
            where = place()
            pair = [someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud")]
            return where, pair[0], pair[1]

        where, first, second = committed(make)
        answers = at_once(against(one, first, second), against(other, second, first))
        assert lasting(where) == 1
        assert sum(isinstance(answer, Refused) for answer in answers) == 1


def test_three_administrators_taken_away_every_way_at_once_leave_one(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):

        def make() -> tuple[Establishment, list[Someone]]:
            where = place()
            return where, [someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud", "Rémi")]

        where, (a, b, c) = committed(make)
        at_once(
            against("demote", a, b),
            against("end", b, c),
            against("deactivate", c, a),
            against("renew", a, c),
            against("delete", b, a),
            against("deactivate", c, b),
        )
        assert lasting(where) >= 1


def test_changes_of_one_account_at_once_never_wait_for_each_other_in_a_ring(committed: Callable[[Made], Any]) -> None:
    """Every lock is taken in one order (establishment, account, link): otherwise PostgreSQL would refuse one of two."""

    def make() -> tuple[Establishment, Someone, Someone, Someone]:
        where = place()
        a, b = (someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud"))
        return where, a, b, someone(where, "Zoé", "Essai")

    where, a, b, target = committed(make)
    for day in range(1, ROUNDS + 1):
        at_once(
            acting(a, lambda who, day=day: renewal.renew(  # type: ignore[misc]
                who=who, account_id=target.account_id, ends_on=clock.today() + day * DAY)),
            against("deactivate", b, target),
            acting(b, lambda who, day=day: changes.change_dates(  # type: ignore[misc]
                who=who, account_id=target.account_id, starts_on=None, ends_on=clock.today() + 2 * day * DAY)),
            acting(a, lambda who: changes.set_rights(
                who=who, account_id=target.account_id, grants=[creation.Grant("contrats", Level.READ)])),
        )  # fmt: skip
        at_once(acting(a, lambda who: lifecycle.reactivate(who=who, account_id=target.account_id)))
    with tenancy.scope(establishment=where.pk):
        assert Membership.objects.get(pk=target.account_id).rights.count() == 1


def test_two_administrators_who_set_the_same_rights_at_once_leave_one_of_each(
    committed: Callable[[Made], Any],
) -> None:
    def make() -> tuple[Establishment, list[Someone]]:
        where = place()
        return where, [
            someone(where, "Alix", "Essai", Profile.ADMINISTRATOR),
            someone(where, "Maud", "Essai", Profile.ADMINISTRATOR),
            someone(where, "Zoé", "Essai"),
        ]

    where, (a, b, target) = committed(make)
    for number in range(ROUNDS):
        grants = [creation.Grant("contrats", Level.READ)] if number % 2 else []
        more = [*grants, creation.Grant("correspondants", Level.WRITE)]
        at_once(
            acting(a, lambda who, g=grants: changes.set_rights(who=who, account_id=target.account_id, grants=g)),  # type: ignore[misc]
            acting(b, lambda who, g=more: changes.set_rights(who=who, account_id=target.account_id, grants=g)),  # type: ignore[misc]
        )
        with tenancy.scope(establishment=where.pk):
            held = {right.service for right in target.membership.rights.all()}
        assert held in ({grant.service for grant in grants}, {grant.service for grant in more})


def test_create_pressed_twice_at_once_makes_one_account_and_one_message(committed: Callable[[Made], Any]) -> None:
    where, a, b = committed(
        lambda: (
            spot := place(),
            someone(spot, "Alix", "Essai", Profile.ADMINISTRATOR),
            someone(spot, "Maud", "Essai", Profile.ADMINISTRATOR),
        )
    )
    for number in range(ROUNDS):
        draft_id = uuid.uuid4()
        coordinates = creation.Coordinates(
            "mme", "Zoé", f"Blanc{'a' * number}", "Paie", "", "zoe@essai.example", "+33450338888", "utilisateur",
            None, None,
        )  # fmt: skip
        with tenancy.scope(person=a.person.pk, establishment=where.pk):
            who = standing(a.person.pk, where.pk)
            assert who is not None
            creation.save_coordinates(who=who, draft_id=draft_id, coordinates=coordinates)
            creation.save_rights(who=who, draft_id=draft_id, grants=[], complete=True)

        def create(who: Standing, draft_id: uuid.UUID = draft_id) -> int:
            return creation.create(who=who, draft_id=draft_id).pk

        answers = at_once(acting(a, create), acting(b, create), acting(a, create))
        assert len(set(answers)) == 1
        with tenancy.scope(establishment=where.pk):
            made = Membership.objects.get(last_name=coordinates.last_name)
            link = Link.objects.get(membership=made)
            assert Message.objects.filter(kind="access.first_link", object_id=link.pk).count() == 1
            assert Event.objects.filter(kind="account.created", object=made.ref).count() == 1


def test_two_drafts_of_the_same_person_created_at_once_are_one_account(committed: Callable[[Made], Any]) -> None:
    where, a, b = committed(
        lambda: (
            spot := place(),
            someone(spot, "Alix", "Essai", Profile.ADMINISTRATOR),
            someone(spot, "Maud", "Essai", Profile.ADMINISTRATOR),
        )
    )
    for number in range(ROUNDS):
        email = f"zoe{number}@essai.example"
        coordinates = creation.Coordinates(
            "mme", "Zoé", "Blanc", "Paie", "", email, "+33450338888", "utilisateur", None, None
        )

        def drafted(who: Standing, coordinates: creation.Coordinates = coordinates) -> uuid.UUID:
            draft_id = uuid.uuid4()
            creation.save_coordinates(who=who, draft_id=draft_id, coordinates=coordinates)
            creation.save_rights(who=who, draft_id=draft_id, grants=[], complete=True)
            return draft_id

        drafts = [acting(a, drafted)(), acting(b, drafted)(), acting(a, drafted)()]
        answers = at_once(
            *(
                acting(who, lambda here, one=one: creation.create(who=here, draft_id=one, seen=()).pk)  # type: ignore[misc]
                for who, one in zip((a, b, a), drafts, strict=True)
            )
        )
        assert sum(isinstance(answer, int) for answer in answers) == 1
        assert all("vient d’apparaître" in answer.message for answer in answers if isinstance(answer, Refused))
        with tenancy.scope(establishment=where.pk):
            assert Membership.objects.filter(email=email).count() == 1


def test_step_one_sent_twice_at_once_makes_one_draft(committed: Callable[[Made], Any]) -> None:
    where, a = committed(lambda: (spot := place(), someone(spot, "Alix", "Essai", Profile.ADMINISTRATOR)))
    coordinates = creation.Coordinates(
        "mme", "Zoé", "Blanc", "Paie", "", "zoe@essai.example", "+33450338888", "utilisateur", None, None
    )
    for _ in range(ROUNDS):
        draft_id = uuid.uuid4()

        def save(who: Standing, draft_id: uuid.UUID = draft_id) -> uuid.UUID:
            return creation.save_coordinates(who=who, draft_id=draft_id, coordinates=coordinates).pk

        assert at_once(acting(a, save), acting(a, save), acting(a, save)) == [draft_id] * 3
        with tenancy.scope(establishment=where.pk):
            assert Draft.objects.filter(pk=draft_id).count() == 1
            assert Event.objects.filter(kind="draft.started", object=draft_id).count() == 1


def test_rights_of_many_set_twice_at_once_are_one_of_both_for_everybody(committed: Callable[[Made], Any]) -> None:
    """Also beside a change of one account, and an account that is deleted: all or nothing, and never half of each."""

    def make() -> tuple[Establishment, Someone, Someone, list[Someone]]:
        where = place()
        chiefs = [someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud")]
        return where, chiefs[0], chiefs[1], [someone(where, name, "Essai") for name in ("Ali", "Bao", "Clé", "Dan")]

    read = [creation.Grant("contrats", Level.READ)]
    write = [creation.Grant("correspondants", Level.WRITE)]
    for number in range(ROUNDS):
        where, alix, maud, crowd = committed(make)
        forth = {one.account_id: read for one in crowd}
        back = {one.account_id: write for one in reversed(crowd)}
        last = crowd[-1]
        third = (
            acting(maud, lambda who, one=last: changes.set_rights(who=who, account_id=one.account_id, grants=write))  # type: ignore[misc]
            if number % 2
            else acting(maud, lambda who, one=last: lifecycle.delete(who=who, account_id=one.account_id))  # type: ignore[misc]
        )
        answers = at_once(
            acting(alix, lambda who, asked=forth: set_rights_of_many(who=who, changes=asked)),  # type: ignore[misc]
            acting(maud, lambda who, asked=back: set_rights_of_many(who=who, changes=asked)),  # type: ignore[misc]
            third,
        )
        with tenancy.scope(establishment=where.pk):
            held = {one.account_id: {right.service for right in one.membership.rights.all()} for one in crowd[:-1]}
            told = Event.objects.filter(kind="rights.changed").exclude(object=last.membership.ref).count()
            assert told == sum(len(set(one) - {last.account_id}) for one in answers[:2] if isinstance(one, list))
        refused = [one for one in answers[:2] if isinstance(one, Refused)]
        assert all("n’existe plus" in one.message for one in refused) and (not refused or not number % 2)
        # One list or the other for everybody, or none where the account was gone before both.
        assert len({frozenset(services) for services in held.values()}) == 1
        assert next(iter(held.values())) in ({"contrats"}, {"correspondants"}, set())
        assert next(iter(held.values())) or len(refused) == 2
