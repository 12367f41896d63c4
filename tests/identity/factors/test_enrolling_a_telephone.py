"""Adding a telephone: its number, how the code arrives, whether others answer it, the code that came."""

from collections.abc import Callable
from typing import Any

import pytest

from parvis.ground import clock, tenancy
from parvis.identity.models import Code, PhoneFactor
from parvis.identity.queries.factors import factors_of
from tests.identity.factors.hands import (
    ENROL,
    LANDLINE,
    MINE,
    MOBILE,
    called,
    codes_of,
    digits,
    events,
    give_phone,
    halfway,
    person_of,
    told,
    without_factor,
)
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

NUMBER, HOW, CODE = f"{MINE}telephone/", f"{MINE}telephone/envoi/", f"{MINE}telephone/code/"
SignedIn = Callable[[Someone], ReadingClient]


@pytest.fixture(autouse=True)
def _calls(settings: Any, tmp_path: Any) -> None:
    settings.PARVIS_CALLS = tmp_path


def give_number(client: ReadingClient, typed: str = "06 39 98 01 02") -> Any:
    return client.post(NUMBER, {"choice": "other", "number": typed})


def confirm(client: ReadingClient, who: Someone) -> Any:
    return client.post(CODE, {"code": digits(called(who))})


def test_a_newcomer_enrols_a_mobile_as_their_first_factor(world: World, client: ReadingClient) -> None:
    who = without_factor(world.user)
    halfway(who, client)
    assert give_number(client)["Location"] == HOW
    page = client.get(HOW).content.decode()
    assert "Recevoir un SMS" in page and "Recevoir un appel" in page
    assert client.post(HOW, {"send": "sms"})["Location"] == CODE
    assert "arrive par SMS" in client.get(CODE).content.decode()
    assert factors_of(who.person.pk).phones == ()
    assert confirm(client, who)["Location"] == f"{MINE}codes/"
    (phone,) = factors_of(who.person.pk).phones
    assert (phone.number, phone.channel, phone.shared, phone.weak) == (MOBILE, "sms", False, False)
    assert person_of(client) == who.person.pk and client.session["strong_factor"] is True
    assert events(who) == [("identity.factor_added", {"kind": "phone"})]
    assert told(who)[0]["kind"] == "phone"


def test_the_telephones_one_has_are_offered_and_another_may_be_typed(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    page = browser.get(NUMBER).content.decode()
    assert "04\u00a065\u00a071\u00a000\u00a042" in page and "Un autre numéro" in page
    assert browser.post(NUMBER, {"choice": LANDLINE, "number": " "})["Location"] == HOW
    assert "Recevoir un SMS" not in browser.get(HOW).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choisissez un numéro"),
        ({"choice": "other", "number": ""}, "Saisissez le numéro"),
        ({"choice": "other", "number": "06 39"}, "n’existe pas"),
        ({"choice": "other", "number": "08 99 12 34 56"}, "surtaxé"),
        ({"choice": "+33639980199"}, "Choisissez un numéro"),
        ({"choice": "other", "number": "x" * 300}, "abrégez-le"),
    ],
)
def test_what_is_no_number_of_ones_own_is_told(
    sent: dict[str, str], said: str, world: World, signed_in: SignedIn
) -> None:
    answer = signed_in(world.user).post(NUMBER, sent)
    assert answer.status_code == 200 and said in answer.content.decode()
    assert codes_of(world.user) == []


@pytest.mark.parametrize("checked", [{}, {"choice": LANDLINE}, {"choice": "other"}])
def test_whoever_types_a_number_means_it_whatever_is_checked(
    checked: dict[str, str], world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.user)
    assert browser.post(NUMBER, {**checked, "number": "06 39 98 01 02"})["Location"] == HOW
    assert "06\u00a039\u00a098\u00a001\u00a002" in browser.get(HOW).content.decode()


@pytest.mark.parametrize("typed", ["+262 692 12 34 56", "0692 12 34 56", "0690 00 12 34", "+687 75 12 34"])
def test_numbers_overseas_are_taken(typed: str, world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    assert give_number(browser, typed)["Location"] == HOW
    assert "Recevoir un SMS" in browser.get(HOW).content.decode()


def test_a_landline_said_to_be_a_switchboard_is_weak_and_asks_for_its_extension(
    world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.user)
    browser.post(NUMBER, {"choice": LANDLINE})
    page = browser.get(HOW).content.decode()
    assert "C’est un standard" in page and "Numéro de poste" in page
    assert browser.post(HOW, {"send": "voice", "shared": "on", "extension": "4 12"})["Location"] == CODE
    call = called(world.user)
    assert (call.number, call.extension) == (LANDLINE, "412")
    assert confirm(browser, world.user)["Location"] == MINE
    (phone,) = factors_of(world.user.person.pk).phones
    assert (phone.extension, phone.shared, phone.weak) == ("412", True, True)
    listed = browser.get(MINE).content.decode()
    assert "Partagé" in listed and "poste 412" in listed


def test_a_number_that_somebody_else_has_is_said_to_be_shared_for_both(world: World, signed_in: SignedIn) -> None:
    give_phone(world.reader, LANDLINE, "voice")
    assert not factors_of(world.reader.person.pk).phones[0].shared
    browser = signed_in(world.user)
    browser.post(NUMBER, {"choice": LANDLINE})
    page = browser.get(HOW).content.decode()
    assert "Quelqu’un d’autre reçoit déjà ses codes à ce numéro" in page
    assert world.reader.membership.last_name not in page
    browser.post(HOW, {"send": "voice"})
    confirm(browser, world.user)
    assert factors_of(world.user.person.pk).phones[0].weak
    assert factors_of(world.reader.person.pk).phones[0].weak


def test_an_extension_is_made_of_digits(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    browser.post(NUMBER, {"choice": LANDLINE})
    page = browser.post(HOW, {"send": "voice", "extension": "abc"}).content.decode()
    assert "ne contient que des chiffres" in page and 'value="abc"' in page
    assert codes_of(world.user) == []


def test_the_pages_ask_for_the_ones_before_them(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    assert browser.get(HOW)["Location"] == NUMBER
    assert browser.get(CODE)["Location"] == NUMBER
    give_number(browser)
    assert browser.get(CODE)["Location"] == HOW


def test_a_wrong_code_enrols_nothing_and_an_expired_one_sends_back(
    world: World, signed_in: SignedIn, moving: None, settings: Any
) -> None:
    browser = signed_in(world.user)
    give_number(browser)
    browser.post(HOW, {"send": "sms"})
    code = digits(called(world.user))
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert "ne convient pas" in browser.post(CODE, {"code": wrong}).content.decode()
    clock.move(settings.PARVIS_CODE_VALIDITY)
    assert browser.post(CODE, {"code": code})["Location"] == HOW
    assert factors_of(world.user.person.pk).phones == ()


def test_a_code_can_be_sent_again_after_a_while_and_the_old_one_dies(
    world: World, signed_in: SignedIn, moving: None, settings: Any
) -> None:
    browser = signed_in(world.user)
    give_number(browser)
    browser.post(HOW, {"send": "sms"})
    old = digits(called(world.user))
    assert "secondes" in browser.post(CODE, {"send": "sms"}).content.decode()
    clock.move(settings.PARVIS_CODE_RESEND_DELAY)
    assert browser.post(CODE, {"send": "sms"})["Location"] == CODE
    new = digits(called(world.user))
    if old != new:
        assert browser.post(CODE, {"code": old}).status_code == 200
    assert browser.post(CODE, {"code": new})["Location"] == MINE


def test_beginning_again_with_another_number_leaves_one_telephone(
    world: World, signed_in: SignedIn, moving: None
) -> None:
    browser = signed_in(world.user)
    for typed in ("06 39 98 01 05", "06 39 98 01 02"):
        give_number(browser, typed)
        browser.post(HOW, {"send": "sms"})
    confirm(browser, world.user)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert [phone.number for phone in PhoneFactor.objects.all()] == [MOBILE]
        # What was asked stays counted.
        assert Code.objects.count() == 2


def test_a_telephone_that_is_a_factor_already_is_not_added_twice(world: World, signed_in: SignedIn) -> None:
    give_phone(world.user, MOBILE)
    browser = signed_in(world.user)
    give_number(browser)
    assert "déjà l’un de vos moyens" in browser.post(HOW, {"send": "sms"}).content.decode()


def test_the_number_begun_by_whoever_used_this_browser_before_is_not_taken(world: World, client: ReadingClient) -> None:
    halfway(without_factor(world.user), client)
    give_number(client)
    halfway(without_factor(world.reader), client)
    assert client.get(HOW)["Location"] == NUMBER
    assert client.get(ENROL).status_code == 200
