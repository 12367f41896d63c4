"""What happens at the same moment: threads on connections of their own, and real commits.

Each test makes establishments of its own and takes them back, but for the journal's events, which nobody may delete:
`transactional_db` would empty the world of all the others.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from parvis.access.actions import changes, creation, lifecycle, links
from parvis.access.actions.links import Attempt, State, new_token, open_link
from parvis.access.decision import Standing, standing
from parvis.access.levels import Level
from parvis.access.models import Draft, Link, Membership, Profile
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import Person
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.access.reading import DAY
from tests.plugins.database import owner_connection
from tests.world import Someone, establishment, someone

ROUNDS = 10
PASSWORD = "trois chevaux sous la pluie"
Made = Callable[[], Any]


@pytest.fixture
def committed(db: None, _fast_passwords: None) -> Iterator[Callable[[Made], Any]]:
    """Run something as the owner and commit it. The test itself is in no transaction: its connection is a fresh one."""
    held = connections["default"]
    mine = type(held)({**held.settings_dict}, "default")
    connections["default"] = mine

    def run(make: Made) -> Any:
        connections["default"] = owner_connection()
        try:
            return make()
        finally:
            connections["default"].close()
            connections["default"] = mine

    try:
        yield run
    finally:
        run(take_back)
        mine.close()
        connections["default"] = held


NAME = "Commune des essais simultanés"


def place() -> Establishment:
    return establishment(str(uuid.uuid4().int % 10**14).zfill(14), NAME, ("cnracl", "rafp"))


def take_back() -> None:
    """Delete what this test made, as the owner."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT array_agg(id) FROM establishments_establishment WHERE name = %s", [NAME])
        (places,) = cursor.fetchone()
        cursor.execute("SELECT DISTINCT person_id FROM access_membership WHERE establishment_id = ANY(%s)", [places])
        persons = [person for (person,) in cursor.fetchall() if person]
        for table in (
            "access_linktoken",
            "access_link",
            "access_proposal",
            "access_right",
            "access_draft",
            "access_membership",
            "establishments_contract",
            "journal_name",
            "post_message",
        ):
            cursor.execute(f"DELETE FROM {table} WHERE establishment_id = ANY(%s)", [places])
        cursor.execute("DELETE FROM procrastinate_jobs WHERE (args->>'establishment')::bigint = ANY(%s)", [places])
        cursor.execute("DELETE FROM establishments_establishment WHERE id = ANY(%s)", [places])
        for person in persons:
            cursor.execute("SELECT access_forget_person(%s, now())", [person])


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment, each on a connection of its own; what each returned or was refused."""
    ready = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            # The connection is opened before the start, so that all leave together.
            connections["default"].ensure_connection()
            ready.wait(20)
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(60) for future in [pool.submit(one, act) for act in acts]]


def acting(who: Someone, act: Callable[[Standing], Any]) -> Callable[[], Any]:
    """`act` as a request of `who` would run it: its own scope, and who they are in it."""
    where = who.membership.establishment_id

    def run() -> Any:
        with tenancy.scope(person=who.person.pk, establishment=where):
            here = standing(who.person.pk, where)
            if here is None or not here.administers:
                return Refused("Cette page est réservée aux administrateurs.")
            return act(here)

    return run


def lasting(where: Establishment) -> int:
    with tenancy.scope(establishment=where.pk):
        return Membership.objects.filter(
            profile=Profile.ADMINISTRATOR,
            deactivated_at=None,
            confirmed_at__isnull=False,
            ends_on=None,
            starts_on=None,
        ).count()


TAKING: dict[str, Callable[[Standing, int], Any]] = {
    "demote": lambda who, one: changes.change_profile(who=who, account_id=one, profile=Profile.USER),
    "deactivate": lambda who, one: lifecycle.deactivate(who=who, account_id=one),
    "delete": lambda who, one: lifecycle.delete(who=who, account_id=one),
    "end": lambda who, one: changes.change_dates(who=who, account_id=one, starts_on=None, ends_on=clock.today() + DAY),
    "renew": lambda who, one: changes.renew(who=who, account_id=one, ends_on=clock.today() + DAY),
    "start": lambda who, one: changes.change_dates(
        who=who, account_id=one, starts_on=clock.today() + DAY, ends_on=None
    ),
}


def against(act: str, actor: Someone, target: Someone) -> Callable[[], Any]:
    return acting(actor, lambda who: TAKING[act](who, target.account_id))


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
            acting(a, lambda who, day=day: changes.renew(  # type: ignore[misc]
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


# --- Links ------------------------------------------------------------------------------------------------------------


def waiting(where: Establishment) -> tuple[Someone, str]:
    """A colleague who waits for a password, and the token of their link."""
    made = someone(where, "Zoé", "Essai", confirmed=False)
    with tenancy.scope(establishment=where.pk, role="parvis_owner"):
        return made, new_token(links.issue(made.membership))


def account(where: Establishment, who: Someone) -> Membership:
    with tenancy.scope(establishment=where.pk):
        return Membership.objects.get(pk=who.account_id)


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


# --- A person in two establishments ----------------------------------------------------------------------------------


def in_two_places() -> tuple[list[Someone], list[Someone]]:
    """Somebody with an account in two establishments, and an administrator in each."""
    places = [place(), place()]
    chiefs = [someone(where, "Alix", "Essai", Profile.ADMINISTRATOR) for where in places]
    first = someone(places[0], "Zoé", "Essai")
    second = someone(places[1], "Zoé", "Essai", person=first.person)
    return chiefs, [first, second]


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
