"""A lost factor: who confirms, who refuses and the time that comes, all at the same moment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from parvis.access.factor_reset import actions
from parvis.access.factor_reset.state import State
from parvis.access.models import FactorReset, Profile
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.queries.factors import factors_of
from tests.access.parallel.hands import Made, acting, at_once, place
from tests.access.reading import events, later
from tests.world import Someone, someone

ROUNDS = 6


def _office() -> tuple[Someone, Someone, Someone]:
    where = place()
    first, second = (someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud"))
    return first, second, someone(where, "Zoé", "Essai")


def _asked(first: Someone, lost: Someone) -> FactorReset:
    where = lost.membership.establishment_id
    reset = acting(first, lambda who: actions.ask(who=who, account_id=lost.account_id))()
    with tenancy.scope(establishment=where):
        return FactorReset.objects.get(pk=reset.pk)


def _now(reset: FactorReset) -> FactorReset:
    with tenancy.scope(establishment=reset.establishment_id):
        return FactorReset.objects.get(pk=reset.pk)


def _confirming(who: Someone, reset: FactorReset) -> Callable[[], Any]:
    return acting(who, lambda here: actions.confirm(who=here, account_id=reset.membership_id, reset_id=reset.pk).pk)


def _happened(reset: FactorReset) -> list[str]:
    ends = ("factor_reset.refused", "factor_reset.done", "factor_reset.cancelled", "factor_reset.lapsed")
    return [event.kind for event in events(reset.establishment_id, kind="factor_reset") if event.kind in ends]


def test_confirmed_and_refused_at_once_one_of_them_wins_wholly(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        first, second, lost = committed(_office)
        reset = _asked(first, lost)
        confirmed, refused = at_once(
            _confirming(second, reset), lambda lost=lost: actions.refuse_own(person_id=lost.person.pk)
        )
        after = _now(reset)
        assert (after.done_at is None) != (after.refused_at is None)
        assert factors_of(lost.person.pk).any == (after.refused_at is not None)
        assert isinstance(confirmed, Refused) == (after.refused_at is not None)
        assert (refused is State.REFUSED) == (after.refused_at is not None)
        assert len(_happened(reset)) == 1


def test_asked_by_two_at_once_one_request_is_made(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        first, second, lost = committed(_office)
        answers = at_once(
            *(acting(who, lambda here, lost=lost: actions.ask(who=here, account_id=lost.account_id).pk)
              for who in (first, second))
        )  # fmt: skip
        assert sum(isinstance(answer, Refused) for answer in answers) == 1


@pytest.mark.parametrize("other", ["refuse", "sign in", "daily"])
def test_due_it_takes_effect_once_however_many_look(committed: Callable[[Made], Any], other: str) -> None:
    for _ in range(ROUNDS):
        first, second, lost = committed(_office)
        reset = _asked(first, lost)
        person = lost.person.pk
        looking: dict[str, Callable[[], Any]] = {
            "refuse": lambda person=person: actions.refuse_own(person_id=person),
            "sign in": lambda person=person: actions.apply_due(person),
            "daily": lambda reset=reset: actions._apply(reset.pk, reset.establishment_id),
        }
        with later(settings.PARVIS_FACTOR_RESET_DELAY):
            at_once(lambda person=person: actions.apply_due(person), looking[other], _confirming(second, reset))
        assert not factors_of(person).any
        assert _happened(reset) == ["factor_reset.done"]


def test_two_confirmations_at_once_make_one_effect(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        first, second, lost = committed(_office)
        reset = _asked(first, lost)
        answers = at_once(_confirming(second, reset), _confirming(second, reset))
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        assert _happened(reset) == ["factor_reset.done"]
