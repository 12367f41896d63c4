"""Two advisers decide the same succession at the same moment: it is carried out once, or not at all."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from parvis.access.models import Membership, Profile
from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.backoffice.succession import actions
from parvis.establishments.models import Succession
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import Person
from tests.access.parallel.hands import Made, at_once, office, place
from tests.world import World, someone

Committed = Callable[[Made], Any]
ROUNDS = 4


def asked(committed: Committed, first: Person) -> tuple[int, uuid.UUID, uuid.UUID]:
    """The successor, the succession and the act that a second adviser has to decide."""

    def make() -> tuple[str, str, int]:
        old, new = place(), place()
        someone(old, "Alix", "Essai", Profile.ADMINISTRATOR)
        someone(new, "Zoé", "Essai", Profile.ADMINISTRATOR)
        return old.siret, new.siret, new.pk

    old, new, number = committed(make)
    said = {"old_siret": old, "new_siret": new, "cause": "merger", "reason": "Arrêté"}
    day = datetime.date(2026, 1, 1)
    ref = office(first, lambda who: actions.prepare(who=who, on=day, **said))().ref
    return number, ref, office(first, lambda who: actions.ask(who=who, ref=ref))().pk


def approve(person: Person, act: uuid.UUID) -> Callable[[], Any]:
    return office(person, lambda who: four_eyes.approve(who=who, act_id=act))


def accounts(where: int) -> int:
    with tenancy.scope(establishment=where):
        return Membership.objects.count()


def test_two_second_advisers_at_once_carry_it_out_once(committed: Committed, committed_world: World) -> None:
    advisers = committed_world.advisers
    for _ in range(ROUNDS):
        where, _ref, act = asked(committed, advisers["first"])
        found = at_once(approve(advisers["second"], act), approve(advisers["supervisor"], act))
        assert sorted(isinstance(one, Refused) for one in found) == [False, True]
        assert accounts(where) == 2


def test_approved_and_refused_at_once_is_one_of_both(committed: Committed, committed_world: World) -> None:
    advisers = committed_world.advisers
    for _ in range(ROUNDS):
        where, ref, act = asked(committed, advisers["first"])
        approved, refused = at_once(
            approve(advisers["second"], act),
            office(advisers["supervisor"], lambda who, a=act: four_eyes.refuse(who=who, act_id=a, note="Non")),
        )
        assert isinstance(approved, Refused) is not isinstance(refused, Refused)
        done = office(advisers["first"], lambda who, r=ref: Succession.objects.get(ref=r).done_at is not None)()
        assert done is isinstance(refused, Refused)
        assert accounts(where) == (2 if done else 1)
        state = office(advisers["first"], lambda who, a=act: SensitiveAct.objects.get(pk=a).state)()
        assert state == ("approved" if done else "refused")
