"""Recovery codes: shown once, each opens once, new ones kill the old ones."""

import re
from collections.abc import Callable

import pytest

from parvis.ground import tenancy
from parvis.identity.factors import recovery
from parvis.identity.models import RecoveryCode
from tests.identity.factors.hands import (
    CHALLENGE,
    CONFIRM,
    MINE,
    code_now,
    events,
    halfway,
    person_of,
    stale,
    told,
)
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

CODES = f"{MINE}codes/"
ASK = f"{CHALLENGE}?par=secours"
SignedIn = Callable[[Someone], ReadingClient]


def printed(page: str) -> list[str]:
    return re.findall(r"<code translate=\"no\">([0-9A-Z]{5}-[0-9A-Z]{5})</code>", page)


def left(who: Someone) -> int:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return RecoveryCode.objects.filter(used_at=None).count()


def test_codes_are_shown_once_and_kept_as_hashes(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    offer = browser.get(CODES).content.decode()
    assert "Afficher mes codes" in offer and printed(offer) == []
    answer = browser.post(CODES)
    codes = printed(answer.content.decode())
    assert len(set(codes)) == 10 == left(world.user)
    assert answer["Cache-Control"] == "no-store"
    assert printed(browser.get(CODES).content.decode()) == []
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        kept = set(RecoveryCode.objects.values_list("hash", flat=True))
    assert not kept & {code.replace("-", "") for code in codes}
    assert events(world.user) == [("identity.factor_made", {"kind": "recovery"})]
    assert told(world.user)[0]["done"] == "made"


@pytest.mark.parametrize(
    "change", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:3]} {code[3:]} "]
)
def test_a_code_opens_in_any_form_once(
    change: Callable[[str], str], world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    code = printed(signed_in(world.user).post(CODES).content.decode())[0]
    halfway(world.user, client)
    assert "J’ai perdu l’accès à mes autres moyens" in client.get(CHALLENGE).content.decode()
    assert client.post(ASK, {"code": change(code)})["Location"] == MINE
    assert person_of(client) == world.user.person.pk
    page = client.get(MINE).content.decode()
    assert "Il vous reste 9\u00a0codes de secours" in page and "Continuer" in page
    assert told(world.user)[-1]["done"] == "used"
    again = halfway(world.user)
    assert "a déjà servi" in again.post(ASK, {"code": code}).content.decode()
    assert person_of(again) is None
    assert left(world.user) == 9


def test_new_codes_kill_the_old_ones(world: World, signed_in: SignedIn, client: ReadingClient) -> None:
    browser = signed_in(world.user)
    old = printed(browser.post(CODES).content.decode())
    assert "Vos codes actuels ne serviront plus" in browser.get(CODES).content.decode()
    new = printed(browser.post(CODES).content.decode())
    assert left(world.user) == 10 and not set(old) & set(new)
    halfway(world.user, client)
    assert client.post(ASK, {"code": old[0]}).status_code == 200
    assert client.post(ASK, {"code": new[0]}).status_code == 302


def test_another_persons_code_opens_nothing(world: World, signed_in: SignedIn, client: ReadingClient) -> None:
    theirs = printed(signed_in(world.reader).post(CODES).content.decode())[0]
    recovery.make(world.user.person.pk, browser="")
    halfway(world.user, client)
    assert client.post(ASK, {"code": theirs}).status_code == 200
    assert person_of(client) is None and left(world.reader) == 10


@pytest.mark.parametrize("typed", ["", "ABCDE", "OOOOO-11111", "ABCDE-FGHIJK", "é" * 10, "x" * 300])
def test_what_is_no_code_is_told_without_being_tried(
    typed: str, world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    signed_in(world.user).post(CODES)
    halfway(world.user, client)
    page = client.post(ASK, {"code": typed}).content.decode()
    assert 'aria-invalid="true"' in page
    assert events(world.user)[1:] == []


def test_the_last_code_says_that_it_was_the_last(world: World, signed_in: SignedIn, client: ReadingClient) -> None:
    code = printed(signed_in(world.user).post(CODES).content.decode())[0]
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        RecoveryCode.objects.exclude(selector=code[: recovery.SELECTOR]).delete()
    halfway(world.user, client)
    page = client.post(ASK, {"code": code}, follow=True).content.decode()
    assert "dernier code de secours" in page


def test_a_stale_session_makes_no_codes_and_its_post_is_not_made_again(world: World, signed_in: SignedIn) -> None:
    recovery.make(world.user.person.pk, browser="")
    browser = stale(signed_in(world.user))
    assert browser.post(CODES)["Location"] == CODES
    assert browser.get(CODES)["Location"].split("?")[0] == CONFIRM
    assert browser.post(CONFIRM, {"code": code_now()})["Location"] == CODES
    assert [kind for kind, _ in events(world.user)] == ["identity.factor_made", "identity.factor_given"]
