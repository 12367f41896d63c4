"""A changed telephone: confirmed by a code on the new number, told by e-mail; the old one holds until then."""

import datetime
from typing import Any

import pytest
from django.conf import settings as parvis

from parvis.access.models import Membership
from parvis.ground import tenancy
from tests.access.reading import at_field, later, words
from tests.identity.factors.hands import called, digits, stale
from tests.identity.mine.hands import COORDINATES, MOBILE, changes, kinds, letters, phone_id, phones
from tests.world import World

OLD = "+33465710042"
CODE = "/mon-compte/telephone/code/"


@pytest.fixture
def nobody_carries(settings: Any) -> None:
    settings.PARVIS_TELEPHONE = settings.PARVIS_CALLS = None


def ask(browser: Any, who: Any, number: str = MOBILE, channel: str = "sms") -> Any:
    return browser.post(f"/mon-compte/telephone/{phone_id(who)}/", {"phone": number, "channel": channel})


def declared(who: Any) -> str:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return str(Membership.objects.get(pk=who.account_id).phone)


def test_the_new_number_is_taken_once_its_code_is_typed_and_accounts_follow(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    assert ask(browser, world.user)["Location"] == CODE
    assert phones(world.user) == {OLD}
    call = called(world.user)
    assert (call.number, call.channel) == (MOBILE, "sms")
    assert "06 39 98 01 02" in words(browser.get(CODE))
    assert browser.post(CODE, {"code": f" {digits(call)[:3]} {digits(call)[3:]} "})["Location"] == COORDINATES
    assert phones(world.user) == {MOBILE}
    assert declared(world.user) == MOBILE
    (told,) = letters(world.user, "identity.phone_changed")
    assert told.to == world.user.membership.email
    text = told.text.replace("\xa0", " ")
    assert "06 39 98 01 02" in text and "04 65 71 00 42" in text
    assert "identity.phone_changed" in kinds(world.user)


def test_a_wrong_code_changes_nothing_and_says_so(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    ask(browser, world.user)
    right = digits(called(world.user))
    wrong = "000000" if right != "000000" else "111111"
    answer = browser.post(CODE, {"code": wrong})
    assert "Ce code ne convient pas" in words(answer)
    assert phones(world.user) == {OLD}
    for _ in range(parvis.PARVIS_CODE_TRIES - 1):
        answer = browser.post(CODE, {"code": wrong})
    assert answer["Location"] == COORDINATES
    assert browser.post(CODE, {"code": right})["Location"] == COORDINATES
    assert phones(world.user) == {OLD}


@pytest.mark.parametrize("typed", ["", "abc", "12 34 5a", "x" * 40, "½½½½½½"])
def test_what_is_no_code_is_told_at_the_field(typed: str, world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    ask(browser, world.user)
    assert at_field(browser.post(CODE, {"code": typed}), "code")
    assert phones(world.user) == {OLD}


def test_a_code_too_old_changes_nothing(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    ask(browser, world.user)
    code = digits(called(world.user))
    with later(parvis.PARVIS_CODE_VALIDITY + datetime.timedelta(seconds=1)):
        assert browser.post(CODE, {"code": code})["Location"] == COORDINATES
    assert phones(world.user) == {OLD}


def test_another_code_can_be_asked_for_after_a_while_and_the_first_no_longer_serves(
    world: World, signed_in: Any
) -> None:
    browser = signed_in(world.user)
    ask(browser, world.user)
    first = digits(called(world.user))
    assert "Un code vient de partir" in words(browser.post(CODE, {"renvoyer": "1"}))
    with later(parvis.PARVIS_CODE_RESEND_DELAY):
        assert browser.post(CODE, {"renvoyer": "1"})["Location"] == CODE
        second = digits(called(world.user))
        if first != second:
            assert browser.post(CODE, {"code": first}).status_code == 200
        assert browser.post(CODE, {"code": second})["Location"] == COORDINATES
    assert phones(world.user) == {MOBILE}


def test_another_persons_code_opens_nothing(world: World, signed_in: Any) -> None:
    ask(signed_in(world.user), world.user)
    stranger = signed_in(world.stranger)
    assert stranger.post(CODE, {"code": digits(called(world.user))})["Location"] == COORDINATES
    assert phones(world.user) == {OLD} and MOBILE not in phones(world.stranger)


def test_a_landline_is_called_and_never_texted(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    answer = ask(browser, world.user, "04 50 00 00 00", "sms")
    assert "choisissez l’autre" in words(answer)
    assert changes(world.user) == []
    assert ask(browser, world.user, "04 50 00 00 00", "voice")["Location"] == CODE
    assert called(world.user).channel == "voice"


def test_where_nobody_carries_codes_the_number_is_taken_at_once_and_told(
    nobody_carries: None, world: World, signed_in: Any
) -> None:
    browser = signed_in(world.user)
    page = words(browser.get(f"/mon-compte/telephone/{phone_id(world.user)}/"))
    assert "Enregistrer le numéro" in page and "code arrive" not in page
    assert ask(browser, world.user)["Location"] == COORDINATES
    assert phones(world.user) == {MOBILE} and declared(world.user) == MOBILE
    assert len(letters(world.user, "identity.phone_changed")) == 1


def test_a_number_that_is_theirs_already_and_a_wrong_one_are_refused(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    assert "Ce numéro est déjà le vôtre" in words(ask(browser, world.user, "04 65 71 00 42"))
    assert "n’existe pas" in words(ask(browser, world.user, "12"))
    assert changes(world.user) == []


def test_a_costly_number_gets_no_code(world: World, signed_in: Any) -> None:
    assert "surtaxé" in words(ask(signed_in(world.user), world.user, "0899 70 00 00", "voice"))
    assert changes(world.user) == []


def test_two_people_may_share_a_telephone(world: World, signed_in: Any) -> None:
    for who in (world.user, world.reader):
        browser = signed_in(who)
        ask(browser, who)
        browser.post(CODE, {"code": digits(called(who))})
        assert phones(who) == {MOBILE}


def test_a_change_cancelled_meanwhile_is_not_taken_with_its_code(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    ask(browser, world.user)
    (change,) = changes(world.user)
    browser.post(f"/mon-compte/changement/{change.pk}/annuler/")
    assert browser.post(CODE, {"code": digits(called(world.user))})["Location"] == COORDINATES
    assert phones(world.user) == {OLD}


def test_without_a_fresh_factor_nothing_is_asked(world: World, signed_in: Any) -> None:
    browser = stale(signed_in(world.user))
    assert ask(browser, world.user)["Location"].split("?")[0] == "/confirmer/"
    assert browser.get(CODE)["Location"].split("?")[0] == "/confirmer/"
    assert changes(world.user) == []


def test_without_any_code_asked_for_the_page_leads_back(world: World, signed_in: Any) -> None:
    assert signed_in(world.user).get(CODE)["Location"] == COORDINATES
