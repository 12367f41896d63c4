"""Requests as people make them, for the tests of this folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from parvis.access.actions.creation import Coordinates
from parvis.advisers.standing import AdviserStanding, adviser_of
from parvis.ground import tenancy
from parvis.ground.sealing import unseal
from parvis.post.models import PostalLetter
from parvis.recovery.actions import Opened, Request, open_case, type_code
from parvis.recovery.models import Case
from tests.world import World

WHERE = "/retrouver-l-acces/"


def typed(world: World, **values: Any) -> dict[str, Any]:
    """What the form is sent with, unless `values` say otherwise."""
    return {
        "siret": world.here.siret,
        "why": "left",
        "explanation": "Mme Dubois est partie en retraite en juin.",
        "civility": "m",
        "last_name": "Roche",
        "first_name": "Karim",
        "function": "Secrétaire général",
        "email": "karim.roche@annecy.example",
        "phone": "04 65 71 00 77",
        **values,
    }


def coordinates(**values: str) -> Coordinates:
    given = {
        "civility": "m",
        "first_name": "Karim",
        "last_name": "Roche",
        "function": "Secrétaire général",
        "unit": "",
        "email": "karim.roche@annecy.example",
        "phone": "+33465710077",
        "profile": "administrateur",
        **values,
    }
    return Coordinates(**given, starts_on=None, ends_on=None)


def opened(world: World, **values: str) -> Opened:
    """A request of Karim Roche's, open."""
    with tenancy.scope(establishment=world.here.pk):
        return open_case(
            establishment_id=world.here.pk,
            fund="cnracl",
            request=Request(coordinates(**values), Case.Why.LEFT, "Partie en retraite."),
        )


def printed_code(world: World, case: Case) -> str:
    """What the letter says, before it is printed."""
    with tenancy.scope(establishment=world.here.pk):
        letter = PostalLetter.objects.filter(kind="recovery.code", object_id=str(case.pk)).latest("id")
        return unseal(letter.code, purpose="postal-code")


def proven(world: World, **values: str) -> Case:
    """A request whose letter's code was typed."""
    case = opened(world, **values).case
    code = printed_code(world, case)
    with tenancy.scope(establishment=world.here.pk):
        type_code(case_id=case.pk, typed=code)
        return Case.objects.get(pk=case.pk)


@contextmanager
def office(world: World, by: str) -> Iterator[AdviserStanding]:
    """The scope of an adviser's page."""
    who = adviser_of(world.advisers[by].pk)
    assert who is not None
    with tenancy.scope(person=who.person_id, role=tenancy.ADVISER, funds=who.funds):
        yield who


def again(world: World, case: Case) -> Case:
    """The request as it is now."""
    with tenancy.scope(establishment=world.here.pk):
        return Case.objects.get(pk=case.pk)
