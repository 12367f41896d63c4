"""The second factor on the way in: the best one first, the others a link away, every code through the counter."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from parvis.ground import clock, tenancy
from parvis.identity.models import PhoneFactor
from tests.identity.factors.hands import (
    CHALLENGE,
    CONFIRM,
    MINE,
    code_now,
    events,
    give_phone,
    halfway,
    person_of,
    stale,
    without_factor,
    wrong_code,
)
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


def test_the_right_code_opens_and_trusts_this_browser_for_a_week(
    world: World, client: ReadingClient, moving: None, settings: Any
) -> None:
    halfway(world.user, client)
    page = client.get(CHALLENGE).content.decode()
    assert "Code à 6 chiffres" in page and "pendant 7\u00a0jours" in page
    assert 'autocomplete="one-time-code"' in page and 'inputmode="numeric"' in page
    assert client.post(CHALLENGE, {"code": code_now()})["Location"] == "/"
    assert person_of(client) == world.user.person.pk
    client.post("/deconnexion/")
    clock.move(settings.PARVIS_BROWSER_TRUST / 2)
    halfway(world.user, client)
    assert person_of(client) == world.user.person.pk
    client.post("/deconnexion/")
    clock.move(settings.PARVIS_BROWSER_TRUST / 2)
    halfway(world.user, client)
    assert person_of(client) is None


def test_nobody_meets_the_challenge_without_the_first_proof(world: World, client: ReadingClient) -> None:
    for path in (CHALLENGE, f"{CHALLENGE}cle/"):
        assert client.post(path, {"code": code_now()})["Location"] == "/connexion/"
    assert client.get(CONFIRM)["Location"].startswith("/connexion/?suite=")


def test_a_wrong_code_says_so_and_opens_nothing(world: World, client: ReadingClient) -> None:
    halfway(world.user, client)
    answer = client.post(CHALLENGE, {"code": wrong_code()})
    page = answer.content.decode()
    assert answer.status_code == 200 and "Ce code ne convient pas" in page and "Après 5 erreurs" in page
    assert person_of(client) is None
    assert events(world.user) == [("identity.factor_refused", {"kind": "totp"})]


def test_the_same_code_serves_once_across_browsers(world: World) -> None:
    first, second = halfway(world.user), halfway(world.user)
    code = code_now()
    assert first.post(CHALLENGE, {"code": code}).status_code == 302
    page = second.post(CHALLENGE, {"code": code}).content.decode()
    assert "vient de servir" in page
    assert person_of(second) is None


def test_another_persons_code_opens_nothing(world: World, client: ReadingClient) -> None:
    from parvis.identity.factors import totp

    without_factor(world.reader)
    secret = totp.draw()
    totp.add(world.reader.person.pk, secret, code_now(secret), browser="")
    halfway(world.user, client)
    assert client.post(CHALLENGE, {"code": code_now(secret, 30)}).status_code == 200
    assert person_of(client) is None


def test_the_fifth_wrong_code_suspends_and_a_right_one_no_longer_opens(world: World, client: ReadingClient) -> None:
    halfway(world.user, client)
    statuses = [client.post(CHALLENGE, {"code": wrong_code()}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    refused = client.post(CHALLENGE, {"code": code_now()})
    assert refused.status_code == 429
    assert person_of(client) is None


def test_passwords_and_codes_count_together(world: World, client: ReadingClient) -> None:
    for _ in range(3):
        ReadingClient().post("/connexion/", {"login": world.user.identifier, "password": "ce n’est pas celui-là"})
    halfway(world.user, client)
    assert client.post(CHALLENGE, {"code": wrong_code()}).status_code == 200
    assert client.post(CHALLENGE, {"code": wrong_code()}).status_code == 429


def test_a_code_used_again_by_a_second_click_does_not_count(world: World) -> None:
    code = code_now()
    halfway(world.user).post(CHALLENGE, {"code": code})
    again = halfway(world.user)
    for _ in range(7):
        assert again.post(CHALLENGE, {"code": code}).status_code == 200


def test_the_best_factor_comes_first_and_the_others_are_links(world: World, client: ReadingClient) -> None:
    phone = give_phone(world.user)
    halfway(world.user, client)
    page = client.get(CHALLENGE).content.decode()
    assert "Ouvrez l’application" in page
    assert f'href="?par=telephone-{phone.pk}"' in page and "qui finit par 02" in page
    assert "J’ai perdu l’accès" not in page
    other = client.get(f"{CHALLENGE}?par=telephone-{phone.pk}").content.decode()
    assert "Recevoir le code par SMS" in other and "Recevoir un appel" in other
    assert 'href="?par=application"' in other
    assert phone.number not in other and "06\u00a039" not in other


@pytest.mark.parametrize("slug", ["", "telephone-0", "telephone-99999999999", "cle", "secours", "x" * 300, "é"])
def test_a_way_that_one_does_not_hold_shows_the_best_one(slug: str, world: World, client: ReadingClient) -> None:
    halfway(world.user, client)
    page = client.get(CHALLENGE, {"par": slug}).content.decode()
    assert "Ouvrez l’application" in page


def test_another_persons_telephone_is_no_way_in(world: World, client: ReadingClient) -> None:
    theirs = give_phone(world.reader)
    halfway(world.user, client)
    path = f"{CHALLENGE}?par=telephone-{theirs.pk}"
    assert "Ouvrez l’application" in client.get(path).content.decode()
    client.post(path, {"send": "sms"})
    with tenancy.scope(person=world.reader.person.pk, role=tenancy.PERSON):
        assert PhoneFactor.objects.get().code_set.count() == 0


def test_whose_only_factors_cannot_serve_here_is_told_so(world: World, client: ReadingClient, settings: Any) -> None:
    settings.PARVIS_CALLS = None
    give_phone(without_factor(world.user))
    halfway(world.user, client)
    page = client.get(CHALLENGE).content.decode()
    assert "Aucun de vos moyens ne peut servir" in page
    assert client.post(CHALLENGE, {"code": "123456", "send": "sms"}).status_code == 200


# --- Again, signed in ------------------------------------------------------------------------------------------------
def test_a_stale_session_is_asked_again_and_goes_back_where_it_was(world: World, signed_in: SignedIn) -> None:
    browser = stale(signed_in(world.user))
    path = f"{MINE}ajouter/?a=1"
    assert browser.get(path)["Location"].split("?")[0] == CONFIRM
    page = browser.get(CONFIRM).content.decode()
    assert "nous vous redemandons" in page and "saisi est gardé" not in page
    assert browser.post(CONFIRM, {"code": code_now()})["Location"] == path
    assert browser.get(path).status_code == 200
    assert events(world.user) == [("identity.factor_given", {"kind": "totp"})]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", [f"{MINE}ajouter/", f"{MINE}application/", f"{MINE}codes/"])
def test_who_gives_up_is_not_led_back_to_a_page_that_asks_again(
    path: str, method: str, world: World, signed_in: SignedIn
) -> None:
    browser = stale(signed_in(world.user))
    getattr(browser, method)(path)
    page = browser.get(CONFIRM).content.decode()
    assert f'href="{path}"' not in page
    assert re.search(r'href="/mon-compte/"[^>]*>Annuler<', page)
    assert browser.get("/mon-compte/").status_code == 200


def test_who_gives_up_what_they_sent_finds_its_page(world: World, signed_in: SignedIn) -> None:
    browser = stale(signed_in(world.user))
    assert browser.post("/mon-compte/sessions/", {"fermer-les-autres": "1"})["Location"].split("?")[0] == CONFIRM
    page = browser.get(CONFIRM).content.decode()
    assert "Ce que vous avez saisi est gardé" in page
    assert re.search(r'href="/mon-compte/sessions/"[^>]*>Annuler<', page)
    assert browser.get("/mon-compte/sessions/").status_code == 200


def test_a_fresh_factor_is_asked_anew_after_its_time(
    world: World, signed_in: SignedIn, moving: None, settings: Any
) -> None:
    browser = signed_in(world.user)
    assert browser.get(f"{MINE}ajouter/").status_code == 200
    clock.move(settings.PARVIS_FRESH_FACTOR)
    assert browser.get(f"{MINE}ajouter/")["Location"].split("?")[0] == CONFIRM


def test_a_wrong_code_leaves_the_session_open_and_stale(world: World, signed_in: SignedIn) -> None:
    browser = stale(signed_in(world.user))
    browser.get(f"{MINE}ajouter/")
    assert browser.post(CONFIRM, {"code": wrong_code()}).status_code == 200
    assert browser.get(f"{MINE}ajouter/")["Location"].split("?")[0] == CONFIRM
    assert browser.get("/mon-compte/").status_code == 200


def test_a_new_session_key_is_given_with_a_fresh_factor(world: World, signed_in: SignedIn) -> None:
    browser = stale(signed_in(world.user))
    before = browser.session.session_key
    browser.post(CONFIRM, {"code": code_now()})
    assert browser.session.session_key != before


def test_whoever_lost_every_factor_meanwhile_begins_again(world: World, signed_in: SignedIn) -> None:
    browser = stale(signed_in(without_factor(world.user)))
    assert browser.get(CONFIRM)["Location"] == "/connexion/"
    assert person_of(browser) is None


def test_a_confirmation_that_nobody_asked_for_leads_to_ones_own_page(world: World, signed_in: SignedIn) -> None:
    browser = stale(signed_in(world.user))
    assert browser.post(CONFIRM, {"code": code_now()})["Location"] == MINE
