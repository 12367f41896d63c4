"""Rights asked for and answered at the same moment: one request, one answer, and each who comes second is told."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from parvis.access.asking import actions, daily
from parvis.access.asking.actions import Asked
from parvis.access.levels import Level
from parvis.access.models import Profile, Right, RightRequest
from parvis.access.standing import standing
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.post.models import Message
from tests.access.parallel.hands import ROUNDS, Made, acting, at_once, place
from tests.plugins.database import owner_connection
from tests.world import Someone, someone

CODE = "correspondants"


def as_person(who: Someone, act: Callable[[Any], Any]) -> Callable[[], Any]:
    """As `acting`, for who does not administer."""
    where = who.membership.establishment_id

    def run() -> Any:
        with tenancy.scope(person=who.person.pk, establishment=where):
            here = standing(who.person.pk, where)
            assert here is not None
            return act(here)

    return run


def asking(who: Someone, reason: str = "Pour la paie.") -> Callable[[], Any]:
    return as_person(who, lambda here: actions.ask(who=here, code=CODE, level=Level.WRITE, reason=reason))


def office(committed: Callable[[Made], Any]) -> tuple[Establishment, list[Someone], Someone]:
    where = committed(place)
    chiefs = [committed(lambda n=n: someone(where, n, "Dubois", Profile.ADMINISTRATOR)) for n in ("Claire", "Paul")]
    return where, chiefs, committed(lambda: someone(where, "Léa", "Martin", rights={"contrats": Level.READ}))


def outcomes(where: Establishment) -> list[str]:
    with tenancy.scope(establishment=where.pk):
        return sorted(RightRequest.objects.values_list("outcome", flat=True))


def held(where: Establishment) -> dict[str, int]:
    with tenancy.scope(establishment=where.pk):
        return dict(Right.objects.values_list("service", "level"))


def test_asked_twice_at_once_is_one_request(committed: Callable[[Made], Any]) -> None:
    where, chiefs, user = office(committed)
    for number in range(ROUNDS):
        answers: list[Asked] = at_once(asking(user, f"Une fois {number}."), asking(user, f"Deux fois {number}."))
        assert sorted(answer.now for answer in answers) == [False, True]
        assert len({answer.request.pk for answer in answers}) == 1
        assert outcomes(where).count("") == 1
        with tenancy.scope(establishment=where.pk):
            assert Message.objects.filter(kind="access.request_asked").count() == len(chiefs) * (number + 1)
            RightRequest.objects.all().delete()


def waiting(user: Someone) -> uuid.UUID:
    asked: Asked = asking(user)()
    return asked.request.ref


@pytest.mark.parametrize("acts", [("accept", "accept"), ("accept", "refuse"), ("refuse", "refuse")])
def test_two_administrators_who_answer_at_once_make_one_answer(
    committed: Callable[[Made], Any], acts: tuple[str, str]
) -> None:
    where, chiefs, user = office(committed)
    for number in range(ROUNDS):
        ref = waiting(user)
        answer: dict[str, Callable[[Any], Any]] = {
            "accept": lambda here, ref=ref: actions.accept(who=here, ref=ref, level=Level.WRITE, ends_on=None),
            "refuse": lambda here, ref=ref: actions.refuse(who=here, ref=ref, word="Non."),
        }
        done = at_once(*(acting(chief, answer[act]) for chief, act in zip(chiefs, acts, strict=True)))
        (late,) = [one for one in done if isinstance(one, Refused)]
        assert "Cette demande est déjà" in late.message and "Dubois" in late.message
        (kept,) = [one for one in done if not isinstance(one, Refused)]
        assert (CODE in held(where)) == (kept.request.outcome == "accepted")
        assert held(where)["contrats"] == 1
        with tenancy.scope(establishment=where.pk):
            assert Message.objects.filter(kind="access.request_answered").count() == number + 1
            Right.objects.filter(service=CODE).delete()
            RightRequest.objects.all().delete()


def test_withdrawn_and_accepted_at_once_is_one_of_both_and_the_other_is_told(
    committed: Callable[[Made], Any],
) -> None:
    where, chiefs, user = office(committed)
    for _ in range(ROUNDS):
        ref = waiting(user)
        done = at_once(
            as_person(user, lambda here: actions.withdraw(who=here, code=CODE)),
            acting(chiefs[0], lambda here, ref=ref: actions.accept(who=here, ref=ref, level=Level.WRITE, ends_on=None)),
        )
        (late,) = [one for one in done if isinstance(one, Refused)]
        (outcome,) = outcomes(where)
        assert outcome in ("withdrawn", "accepted")
        assert (CODE in held(where)) == (outcome == "accepted")
        assert ("a été retirée" in late.message) == (outcome == "withdrawn")
        with tenancy.scope(establishment=where.pk):
            Right.objects.filter(service=CODE).delete()
            RightRequest.objects.all().delete()


def test_two_daily_runs_at_once_lapse_and_recall_each_request_once(committed: Callable[[Made], Any]) -> None:
    where, chiefs, user = office(committed)
    waiting(user)

    def run() -> Any:
        mine = connections["default"]
        connections["default"] = owner_connection()
        try:
            return daily.recall_requests()
        finally:
            connections["default"].close()
            connections["default"] = mine

    with tenancy.scope(establishment=where.pk):
        first = RightRequest.objects.get()
        RightRequest.objects.update(asked_at=first.asked_at.replace(year=first.asked_at.year - 1))
    at_once(run, run)
    with tenancy.scope(establishment=where.pk):
        assert Message.objects.filter(kind="access.requests_recalled").count() == len(chiefs)
