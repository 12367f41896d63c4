"""A changed e-mail confirmed, cancelled, and its account deleted, all at the same moment; twenty codes at once."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from parvis.access.actions import lifecycle
from parvis.access.models import Membership, Profile
from parvis.ground import tenancy
from parvis.identity.actions import coordinates
from parvis.identity.actions.call_code import ask_call_code, use_call_code
from parvis.identity.actions.links import State, new_token
from parvis.identity.models import CoordinateChange, Email, Link, Person
from parvis.journal.actions import Actor
from tests.access.parallel.conftest import committed  # noqa: F401  (a fixture)
from tests.access.parallel.hands import Made, acting, at_once, place
from tests.world import Someone, someone

ROUNDS = 6


def _office() -> tuple[Someone, Someone]:
    where = place()
    return someone(where, "Alix", "Essai", Profile.ADMINISTRATOR), someone(where, "Zoé", "Essai")


def _changing(who: Someone, address: str) -> tuple[str, int]:
    """The token of the link to a new address, and the change that waits."""
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        old = Email.objects.get(verified_at__isnull=False)
    coordinates.ask_email(person_id=who.person.pk, instead_of=old.pk, address=address)
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return new_token(Link.objects.latest("id")), CoordinateChange.objects.latest("id").pk


def _confirmed(who: Someone) -> list[str]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(Email.objects.filter(verified_at__isnull=False).values_list("address", flat=True))


def _declared(who: Someone) -> str:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return str(Membership.objects.get(pk=who.account_id).email)


@pytest.mark.parametrize("times", [2, 4])
def test_a_link_opened_several_times_at_once_confirms_once(committed: Callable[[Made], Any], times: int) -> None:  # noqa: F811
    for turn in range(ROUNDS):
        _, who = committed(_office)
        token, _ = _changing(who, f"zoe{turn}@essai.example")
        found = at_once(*[lambda token=token: coordinates.confirm_email(token=token) for _ in range(times)])
        assert sorted(one.state.value for one in found) == sorted(["valid", *["used"] * (times - 1)])
        assert _confirmed(who) == [f"zoe{turn}@essai.example"] == [_declared(who)]


def test_confirmed_and_cancelled_at_once_the_account_and_the_person_agree(committed: Callable[[Made], Any]) -> None:  # noqa: F811
    for turn in range(ROUNDS):
        _, who = committed(_office)
        old = _confirmed(who)[0]
        token, change = _changing(who, f"zoe{turn}@essai.example")
        person = who.person.pk
        confirmed, cancelled = at_once(
            lambda token=token: coordinates.confirm_email(token=token),
            lambda person=person, change=change: coordinates.cancel_own_change(person_id=person, change_id=change),
        )
        assert (confirmed.state is State.VALID) != (cancelled.state is State.VALID)
        expected = f"zoe{turn}@essai.example" if confirmed.state is State.VALID else old
        assert _confirmed(who) == [expected] == [_declared(who)]


def test_confirmed_while_the_last_account_is_deleted_neither_waits_for_ever(committed: Callable[[Made], Any]) -> None:  # noqa: F811
    for turn in range(ROUNDS):
        chief, who = committed(_office)
        token, _ = _changing(who, f"zoe{turn}@essai.example")
        deleted, _ = at_once(
            acting(chief, lambda here, who=who: lifecycle.delete(who=here, account_id=who.account_id)),
            lambda token=token: coordinates.confirm_email(token=token),
        )
        assert isinstance(deleted, str)
        with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
            assert not Person.objects.filter(pk=who.person.pk).exists()
            assert not Email.objects.exists() and not CoordinateChange.objects.exists()


def test_a_code_typed_by_several_advisers_at_once_names_its_owner_to_one(committed: Callable[[Made], Any]) -> None:  # noqa: F811
    for _ in range(ROUNDS):
        _, who = committed(_office)
        code = ask_call_code(person_id=who.person.pk)
        found = at_once(
            *[lambda code=code: use_call_code(code=code, adviser=Actor(ref=uuid.uuid4())) for _ in range(3)]
        )
        assert sorted(found) == [0, 0, who.person.pk]


def test_the_same_code_drawn_by_two_at_once_is_given_to_one(
    committed: Callable[[Made], Any],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from parvis.identity.actions import call_code

    for _ in range(ROUNDS):
        one, other = committed(_office)
        drawn = iter([7, 7] + list(range(100, 200)))
        monkeypatch.setattr(call_code.secrets, "randbelow", lambda limit, drawn=drawn: next(drawn))
        codes = at_once(*[lambda person=who.person.pk: ask_call_code(person_id=person) for who in (one, other)])
        assert len(set(codes)) == 2
        # The next round draws it again: nobody may hold it by then.
        for code in codes:
            use_call_code(code=code, adviser=Actor(ref=uuid.uuid4()))
