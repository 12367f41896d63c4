"""At the same moment, on two connections: two advisers who decide, and an objection that arrives meanwhile."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from parvis.access.models import Membership, Profile
from parvis.advisers import four_eyes
from parvis.ground import clock, tenancy
from parvis.ground.sealing import unseal
from parvis.ground.tenancy import Refused
from parvis.identity.models import Person
from parvis.post.models import PostalLetter
from parvis.recovery import actions
from parvis.recovery.actions.objecting import Link, object_to
from parvis.recovery.models import Case, Objection
from tests.access.parallel.conftest import committed  # noqa: F401  (a fixture)
from tests.access.parallel.hands import Made, at_once, office, place
from tests.recovery.hands import coordinates
from tests.world import World, someone

Committed = Callable[[Made], Any]
ROUNDS = 4


class Waiting:
    """A request whose code was typed, and the act that a second adviser has to decide."""

    def __init__(self, committed: Committed, first: Person) -> None:  # noqa: F811
        def make() -> tuple[int, int]:
            where = place()
            known = someone(where, "Alix", "Essai", Profile.ADMINISTRATOR)
            Membership.objects.filter(pk=known.account_id).update(
                last_visit_at=clock.now() - datetime.timedelta(days=90)
            )
            return where.pk, known.account_id

        self.where, self.known = committed(make)
        with tenancy.scope(establishment=self.where):
            request = actions.Request(coordinates(), Case.Why.LEFT, "Partie en retraite.")
            case = actions.open_case(establishment_id=self.where, fund="cnracl", request=request).case
            letter = PostalLetter.objects.get(kind="recovery.code", object_id=str(case.pk))
            actions.type_code(case_id=case.pk, typed=unseal(letter.code, purpose="postal-code"))
        self.case = case.pk
        self.act = office(first, lambda who: actions.ask(who=who, case_id=case.pk, reason="Mairie appelée."))().pk

    def objects(self) -> Callable[[], Any]:
        return lambda: object_to(Link(self.where, self.case, self.known), text="Je suis toujours là.")

    def now(self) -> tuple[str, int, int, int]:
        """The state of the request; how many accounts came of it, objections, and accounts that do more than read."""
        with tenancy.scope(establishment=self.where):
            made = Membership.objects.filter(email=coordinates().email)
            free = made.filter(limited_until=None).count()
            return Case.objects.get(pk=self.case).state, made.count(), Objection.objects.count(), free


def approves(person: Person, act: uuid.UUID) -> Callable[[], Any]:
    return office(person, lambda who: four_eyes.approve(who=who, act_id=act))


def refuses(person: Person, act: uuid.UUID) -> Callable[[], Any]:
    return office(person, lambda who: four_eyes.refuse(who=who, act_id=act, note="Non"))


def test_two_second_advisers_at_once_give_the_access_once(committed: Committed, committed_world: World) -> None:  # noqa: F811
    advisers = committed_world.advisers
    for _ in range(ROUNDS):
        one = Waiting(committed, advisers["first"])
        found = at_once(approves(advisers["second"], one.act), approves(advisers["supervisor"], one.act))
        assert sorted(isinstance(answer, Refused) for answer in found) == [False, True]
        assert one.now() == ("granted", 1, 0, 0)


def test_approved_and_refused_at_once_is_one_of_both(committed: Committed, committed_world: World) -> None:  # noqa: F811
    advisers = committed_world.advisers
    for _ in range(ROUNDS):
        one = Waiting(committed, advisers["first"])
        approved, refused = at_once(approves(advisers["second"], one.act), refuses(advisers["supervisor"], one.act))
        assert isinstance(approved, Refused) is not isinstance(refused, Refused)
        assert one.now() == (("open", 0, 0, 0) if isinstance(approved, Refused) else ("granted", 1, 0, 0))


def test_an_objection_while_it_is_decided_stops_it_or_keeps_them_reading(
    committed: Committed,  # noqa: F811
    committed_world: World,
) -> None:
    advisers = committed_world.advisers
    for _ in range(ROUNDS * 2):
        one = Waiting(committed, advisers["first"])
        approved, objected = at_once(approves(advisers["second"], one.act), one.objects())
        assert not isinstance(objected, Refused)
        state, accounts, objections, free = one.now()
        assert (objections, free) == (1, 0)
        if isinstance(approved, Refused):
            # The objection was there first: nothing is given before an adviser has set it aside.
            assert (state, accounts) == ("open", 0)
            assert "contestation" in approved.message
            continue
        # The access was given first: they only read until the objection is set aside.
        assert (state, accounts) == ("granted", 1)
        with tenancy.scope(establishment=one.where):
            until = Membership.objects.get(email=coordinates().email).limited_until
        assert until is not None and until > clock.today() + datetime.timedelta(days=30)


def test_taken_back_while_it_is_decided_is_one_of_both(committed: Committed, committed_world: World) -> None:  # noqa: F811
    advisers = committed_world.advisers
    for _ in range(ROUNDS):
        one = Waiting(committed, advisers["first"])

        def withdraw(held: Waiting = one) -> Any:
            with tenancy.scope(establishment=held.where):
                return actions.withdraw(case_id=held.case)

        approved, withdrawn = at_once(approves(advisers["second"], one.act), withdraw)
        assert isinstance(approved, Refused) is not isinstance(withdrawn, Refused)
        assert one.now() == (("granted", 1, 0, 0) if isinstance(withdrawn, Refused) else ("withdrawn", 0, 0, 0))
