"""Authenticator apps: enrolled by a first code, on our clock, each step once."""

import datetime
import re
from collections.abc import Callable

import pytest

from parvis.ground import clock, tenancy
from parvis.ground.sealing import unseal
from parvis.identity.factors import totp
from parvis.identity.factors.totp import Said
from parvis.identity.models import Browser, Totp
from tests.browsers import trusted
from tests.identity.factors.hands import (
    CHALLENGE,
    ENROL,
    MINE,
    code_now,
    events,
    halfway,
    person_of,
    told,
    without_factor,
    wrong_code,
)
from tests.plugins.html import ReadingClient
from tests.world import TOTP_SECRET, Someone, World

APP = f"{MINE}application/"
SignedIn = Callable[[Someone], ReadingClient]


def shown_secret(page: str) -> str:
    found = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert found is not None
    return found[1].replace(" ", "")


def held(who: Someone) -> Totp | None:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return Totp.objects.first()


# --- The clock -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("off", [-30, -15, 0, 15, 30])
def test_an_app_whose_clock_is_off_by_thirty_seconds_opens(off: int, world: World) -> None:
    assert totp.check(world.user.person.pk, code_now(off=off)) is Said.RIGHT


@pytest.mark.parametrize("off", [-3600, -90, 90, 3600])
def test_an_app_whose_clock_is_off_by_ninety_seconds_does_not(off: int, world: World) -> None:
    assert totp.check(world.user.person.pk, code_now(off=off)) is Said.WRONG


def test_a_code_opens_once(world: World) -> None:
    code = code_now()
    assert totp.check(world.user.person.pk, code) is Said.RIGHT
    assert totp.check(world.user.person.pk, code) is Said.USED


def test_a_step_before_one_that_was_accepted_opens_no_more(world: World) -> None:
    assert totp.check(world.user.person.pk, code_now(off=30)) is Said.RIGHT
    assert totp.check(world.user.person.pk, code_now()) is Said.USED


def test_the_next_step_opens_after_one_that_was_accepted(world: World, moving: None) -> None:
    assert totp.check(world.user.person.pk, code_now()) is Said.RIGHT
    clock.move(datetime.timedelta(seconds=30))
    assert totp.check(world.user.person.pk, code_now()) is Said.RIGHT


def test_a_clock_that_was_put_back_does_not_lock_anybody_out(world: World, moving: None) -> None:
    clock.move(datetime.timedelta(days=16))
    assert totp.check(world.user.person.pk, code_now()) is Said.RIGHT
    clock.move(datetime.timedelta(days=-16))
    code = code_now()
    assert totp.check(world.user.person.pk, code) is Said.RIGHT
    assert totp.check(world.user.person.pk, code) is Said.USED


def test_another_persons_code_opens_nothing(world: World) -> None:
    without_factor(world.reader)
    secret = totp.draw()
    assert totp.add(world.reader.person.pk, secret, code_now(secret), browser="Firefox sur Linux")
    assert totp.check(world.user.person.pk, code_now(secret, 30)) in (Said.WRONG, Said.USED)
    assert totp.check(without_factor(world.user).person.pk, code_now()) is Said.WRONG


def test_a_secret_sealed_under_a_lost_key_opens_nothing_and_breaks_nothing(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Totp.objects.update(secret="gAAAA-nothing")
    assert totp.check(world.user.person.pk, code_now()) is Said.WRONG


# --- Enrolling -------------------------------------------------------------------------------------------------------
def test_a_newcomer_enrols_an_app_between_password_and_home(world: World, client: ReadingClient) -> None:
    who = without_factor(world.user)
    halfway(who, client)
    choice = client.get(ENROL).content.decode()
    assert "Une application de codes" in choice and "Un code par SMS ou par appel" in choice
    page = client.get(APP).content.decode()
    secret = shown_secret(page)
    assert len(secret) == 32
    assert "data:image/svg+xml" in page and f"otpauth://totp/Parvis:{who.identifier[:4]}-" in page
    assert held(who) is None and person_of(client) is None
    answer = client.post(APP, {"code": f"{code_now(secret)[:3]} {code_now(secret)[3:]}"})
    assert answer["Location"] == f"{MINE}codes/"
    assert person_of(client) == who.person.pk
    kept = held(who)
    assert kept is not None and secret not in kept.secret
    assert unseal(kept.secret, purpose="totp") == secret
    assert events(who) == [("identity.factor_added", {"kind": "totp"})]
    assert told(who) == [{"done": "added", "kind": "totp", "browser": "Navigateur"}]


def test_the_first_factor_trusts_its_browser_and_is_fresh(world: World, client: ReadingClient) -> None:
    who = without_factor(world.user)
    halfway(who, client)
    secret = shown_secret(client.get(APP).content.decode())
    client.post(APP, {"code": code_now(secret)})
    assert "factor_at" in client.session
    assert client.session["strong_factor"] is True
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        assert Browser.objects.get().trusted_until is not None


def test_after_the_first_factor_and_the_codes_comes_the_page_first_wanted(world: World, client: ReadingClient) -> None:
    who = without_factor(world.user)
    wanted = f"/etablissements/{world.here.siret}/services/contrats/"
    client.post("/connexion/", {"login": who.identifier, "password": "trois chevaux sous la pluie", "suite": wanted})
    secret = shown_secret(client.get(APP).content.decode())
    offer = client.post(APP, {"code": code_now(secret)}, follow=True).content.decode()
    assert "Afficher mes codes" in offer and "Plus tard" in offer
    assert client.get(f"{MINE}suite/")["Location"] == wanted
    assert client.get(f"{MINE}suite/")["Location"] == "/"


def test_a_wrong_first_code_keeps_the_same_secret_and_enrols_nothing(world: World, client: ReadingClient) -> None:
    who = without_factor(world.user)
    halfway(who, client)
    secret = shown_secret(client.get(APP).content.decode())
    answer = client.post(APP, {"code": wrong_code(secret)})
    page = answer.content.decode()
    assert answer.status_code == 200 and "n’est pas celui de l’application" in page
    assert shown_secret(page) == secret
    assert held(who) is None and person_of(client) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34", " "])
def test_what_is_no_code_is_told_without_being_tried(typed: str, world: World, client: ReadingClient) -> None:
    halfway(world.user, client)
    page = client.post(CHALLENGE, {"code": typed}).content.decode()
    assert "6 chiffres" in page and 'aria-invalid="true"' in page
    assert events(world.user) == []


def test_the_secret_of_whoever_used_this_browser_before_is_not_shown(world: World, client: ReadingClient) -> None:
    first, second = without_factor(world.user), without_factor(world.reader)
    halfway(first, client)
    secret = shown_secret(client.get(APP).content.decode())
    halfway(second, client)
    assert shown_secret(client.get(APP).content.decode()) != secret


def test_a_newcomer_gets_nowhere_before_enrolling(world: World, client: ReadingClient) -> None:
    halfway(without_factor(world.user), client)
    assert client.get("/mon-compte/")["Location"].startswith("/connexion/")
    assert client.get(CHALLENGE)["Location"] == ENROL
    assert client.get(f"{MINE}codes/").status_code == 302


def test_whoever_holds_a_factor_cannot_add_one_halfway(world: World, client: ReadingClient) -> None:
    halfway(world.user, client)
    for path in (ENROL, APP, f"{MINE}cle/", f"{MINE}telephone/"):
        assert client.get(path)["Location"] == CHALLENGE
    assert client.post(APP, {"code": code_now()})["Location"] == CHALLENGE


def test_replacing_the_app_kills_the_old_one_and_ends_the_trust_of_browsers(world: World, signed_in: SignedIn) -> None:
    elsewhere = trusted(ReadingClient(), world.user.person.pk)
    browser = signed_in(world.user)
    page = browser.get(APP).content.decode()
    assert "Elle remplacera celle que vous avez déjà" in page
    secret = shown_secret(page)
    assert secret != TOTP_SECRET
    assert browser.post(APP, {"code": code_now(secret)})["Location"] == MINE
    assert totp.check(world.user.person.pk, code_now(off=30)) is Said.WRONG
    assert totp.check(world.user.person.pk, code_now(secret, 30)) is Said.RIGHT
    assert events(world.user)[0] == ("identity.factor_replaced", {"kind": "totp"})
    halfway(world.user, elsewhere)
    assert person_of(elsewhere) is None
