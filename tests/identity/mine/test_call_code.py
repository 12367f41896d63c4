"""The « code d'appel »: six digits, ten minutes, one use, like no other live one."""

import datetime
import re
import uuid
from typing import Any

import pytest
from django.conf import settings

from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.actions import call_code
from parvis.identity.actions.call_code import ask_call_code, use_call_code
from parvis.identity.models import CallCode
from parvis.journal.actions import Actor
from parvis.journal.models import Event
from tests.access.reading import later, words
from tests.ground.policies.hands import ask, denied
from tests.identity.mine.hands import kinds
from tests.world import Someone, World

WHERE = "/mon-compte/code-d-appel/"


def adviser() -> Actor:
    return Actor(ref=uuid.uuid4())


def shown(page: Any) -> str:
    found = re.search(r"\b(\d{3}) (\d{3})\b", words(page))
    assert found is not None
    return found[1] + found[2]


def test_the_code_is_shown_once_and_names_who_asked_for_it_once(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    assert not re.search(r"\d{3} \d{3}", words(browser.get(WHERE)).split("En cas de difficulté")[0])
    answer = browser.post(WHERE)
    assert answer["Cache-Control"] == "no-store"
    code = shown(answer)
    assert code not in words(browser.get(WHERE)).replace(" ", "")
    who = adviser()
    assert use_call_code(code=f" {code[:3]} {code[3:]} ", adviser=who) == world.user.person.pk
    assert use_call_code(code=code, adviser=who) == 0
    assert kinds(world.user)[-2:] == ["identity.call_code_asked", "identity.call_code_used"]
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert Event.objects.get(kind="identity.call_code_used").actor == who.ref


def test_only_a_hash_is_kept(world: World) -> None:
    code = ask_call_code(person_id=world.user.person.pk)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        held = CallCode.objects.get()
    assert re.fullmatch(r"\d{6}", code)
    assert re.fullmatch(r"[0-9a-f]{64}", held.hash) and code not in held.hash
    assert held.expires_at - held.asked_at == settings.PARVIS_CALL_CODE_VALIDITY


def test_a_code_too_old_names_nobody(world: World) -> None:
    code = ask_call_code(person_id=world.user.person.pk)
    with later(settings.PARVIS_CALL_CODE_VALIDITY + datetime.timedelta(seconds=1)):
        assert use_call_code(code=code, adviser=adviser()) == 0


def test_a_new_code_ends_the_one_before(world: World) -> None:
    first, second = (ask_call_code(person_id=world.user.person.pk) for _ in range(2))
    if first != second:
        assert use_call_code(code=first, adviser=adviser()) == 0
    assert use_call_code(code=second, adviser=adviser()) == world.user.person.pk


def _drawing(monkeypatch: pytest.MonkeyPatch, *drawn: int) -> None:
    left = list(drawn)
    monkeypatch.setattr(call_code.secrets, "randbelow", lambda limit: left.pop(0) if len(left) > 1 else left[0])


def test_two_people_never_hold_the_same_live_code(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _drawing(monkeypatch, 42)
    assert ask_call_code(person_id=world.user.person.pk) == "000042"
    _drawing(monkeypatch, 42, 42, 7)
    assert ask_call_code(person_id=world.reader.person.pk) == "000007"
    assert use_call_code(code="000042", adviser=adviser()) == world.user.person.pk
    # Used, or too old: it may be drawn again.
    _drawing(monkeypatch, 42)
    assert ask_call_code(person_id=world.reader.person.pk) == "000042"
    assert use_call_code(code="000042", adviser=adviser()) == world.reader.person.pk


def test_where_every_code_is_taken_it_says_to_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch, signed_in: Any
) -> None:
    _drawing(monkeypatch, 42)
    ask_call_code(person_id=world.user.person.pk)
    assert "réessayez dans quelques minutes" in words(signed_in(world.reader).post(WHERE))


def test_an_adviser_who_tries_many_codes_has_to_wait_and_no_other_does(world: World) -> None:
    code = ask_call_code(person_id=world.user.person.pk)
    guessing, honest = adviser(), adviser()
    for number in range(settings.PARVIS_CALL_CODE_TRIES):
        assert use_call_code(code=f"x{number}", adviser=guessing) == 0
    with pytest.raises(Refused, match="attendez dix minutes"):
        use_call_code(code=code, adviser=guessing)
    assert use_call_code(code=code, adviser=honest) == world.user.person.pk


@pytest.mark.parametrize("typed", ["", "%", "' OR true --", "x" * 5_000, "\0"])
def test_what_is_no_code_names_nobody(typed: str, world: World) -> None:
    ask_call_code(person_id=world.user.person.pk)
    assert use_call_code(code=typed, adviser=adviser()) == 0


def test_a_stranger_neither_uses_nor_takes_a_code_in_anothers_name(world: World) -> None:
    ask_call_code(person_id=world.user.person.pk)
    now = clock.now()
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON), denied():
        ask("SELECT identity_use_call_code('x', %s)", now)
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert ask("SELECT identity_take_call_code('x', %s, %s)", now, now + datetime.timedelta(minutes=1)) == [(True,)]
        assert set(CallCode.objects.values_list("person_id", flat=True)) == {world.stranger.person.pk}
    assert _live(world.user) == 1


def _live(who: Someone) -> int:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return CallCode.objects.filter(expires_at__gt=clock.now(), used_at=None).count()
