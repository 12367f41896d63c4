"""A sign-in under way belongs to one browser and one provider, serves once, and not for long."""

import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from parvis.ground import clock
from tests.identity.providers.hands import (
    SLUG,
    at_provider,
    knows,
    link,
    linked,
    query,
    set_out,
    signed_in_as,
    there_and_back,
)
from tests.identity.providers.small_provider import SmallProvider
from tests.plugins.html import ReadingClient
from tests.world import World

BACK = f"/connexion/par/{SLUG}/retour/"
STALE = "Cette connexion n’a plus cours"


@pytest.mark.parametrize("said", [{}, {"state": ""}, {"state": "forgé"}, {"state": "x" * 5000}, {"state": "\0"}])
def test_an_answer_that_nobody_asked_for_signs_nobody_in(
    said: dict[str, str], small: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    set_out(client)
    answer = client.get(BACK, {"code": "x", "iss": small.issuer, **said})
    assert answer.status_code == 400
    assert STALE in answer.content.decode()
    assert small.count("/token") == 0


def test_a_state_of_another_browser_signs_nobody_in(small: SmallProvider, world: World, client: ReadingClient) -> None:
    """Login CSRF: a link that somebody made in their own browser, opened by another."""
    link(world.user)
    back = at_provider(set_out(knows(ReadingClient(), world.user)))
    set_out(client)
    answer = client.get(back)
    assert (answer.status_code, signed_in_as(client)) == (400, None)
    assert STALE in answer.content.decode()
    assert small.count("/token") == 0


def test_an_answer_serves_once(small: SmallProvider, world: World, client: ReadingClient) -> None:
    link(world.user)
    back = at_provider(set_out(knows(client, world.user)))
    assert client.get(back)["Location"] == "/"
    client.post("/deconnexion/")
    assert client.get(back).status_code == 400
    assert signed_in_as(client) is None
    assert small.count("/token") == 1


def test_an_answer_with_a_code_that_was_used_signs_nobody_in(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    """The state is right, the code was redeemed elsewhere."""
    link(world.user)
    knows(client, world.user)
    used = query(at_provider(set_out(client)))["code"]
    small.codes.clear()
    state = query(set_out(client))["state"]
    answer = client.get(BACK, {"code": used, "state": state, "iss": small.issuer})
    assert (answer.status_code, signed_in_as(client)) == (400, None)
    assert STALE in answer.content.decode()


def test_a_code_stolen_from_another_sign_in_is_refused_for_its_verifier(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    """PKCE: a code that was made for one browser is put into another's sign-in."""
    link(world.user)
    stolen = query(at_provider(set_out(ReadingClient())))["code"]
    state = query(set_out(knows(client, world.user)))["state"]
    answer = client.get(BACK, {"code": stolen, "state": state, "iss": small.issuer})
    assert (answer.status_code, signed_in_as(client)) == (400, None)


def test_a_state_of_one_provider_serves_at_no_other(
    small: SmallProvider, other: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    link(world.user, slug="autre")
    back = at_provider(set_out(knows(client, world.user)))
    crossed = back.replace("/par/petit/", "/par/autre/")
    assert client.get(crossed).status_code == 400
    # It is spent by that, too.
    assert client.get(back).status_code == 400
    assert signed_in_as(client) is None
    assert (small.count("/token"), other.count("/token")) == (0, 0)


@pytest.mark.parametrize(("later", "enters"), [(599, True), (600, False), (-1, False)])
def test_an_answer_comes_within_ten_minutes(
    later: int, enters: bool, small: SmallProvider, world: World, client: ReadingClient, settings: Any, tmp_path: Path
) -> None:
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"
    link(world.user)
    back = at_provider(set_out(knows(client, world.user)))
    small.claims = {"nonce": next(iter(small.codes.values()))["nonce"]}
    clock.move(datetime.timedelta(seconds=later))
    client.get(back)
    assert (signed_in_as(client) is not None) == enters


def test_several_tabs_each_have_their_own(small: SmallProvider, world: World, client: ReadingClient) -> None:
    link(world.user)
    knows(client, world.user)
    tabs = [set_out(client, suite=f"/mon-compte/?onglet={number}") for number in range(3)]
    assert len({query(tab)["state"] for tab in tabs} | {query(tab)["nonce"] for tab in tabs}) == 6
    assert client.get(at_provider(tabs[1]))["Location"] == "/mon-compte/?onglet=1"


def test_the_oldest_of_very_many_tabs_is_forgotten(
    small: SmallProvider, world: World, client: ReadingClient, settings: Any
) -> None:
    link(world.user)
    knows(client, world.user)
    tabs = [set_out(client) for _ in range(settings.PARVIS_PROVIDERS_STATES + 1)]
    assert len(client.session["provider_states"]) == settings.PARVIS_PROVIDERS_STATES
    assert client.get(at_provider(tabs[0])).status_code == 400
    assert client.get(at_provider(tabs[1])).status_code == 302


def test_what_is_kept_in_the_session_holds_no_state_to_replay(small: SmallProvider, client: ReadingClient) -> None:
    state = query(set_out(client))["state"]
    assert state not in str(dict(client.session))


# --- Reasons why not -------------------------------------------------------------------------------------------------
def declined(client: ReadingClient, small: SmallProvider, error: str, suite: str = "") -> Any:
    state = query(set_out(client, suite=suite))["state"]
    return client.get(f"{BACK}?{urlencode({'error': error, 'state': state, 'iss': small.issuer})}")


def test_who_gives_up_at_the_provider_is_back_on_the_sign_in_page(small: SmallProvider, client: ReadingClient) -> None:
    answer = declined(client, small, "access_denied", suite="/mon-compte/")
    assert answer["Location"] == "/connexion/?suite=%2Fmon-compte%2F"
    page = client.get(answer["Location"]).content.decode()
    assert "a été abandonnée" in page
    assert 'value="/mon-compte/"' in page


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        ("temporarily_unavailable", 503, "ne répond pas"),
        ("server_error", 503, "ne répond pas"),
        ("login_required", 400, "n’a pas pu vous connecter"),
        ("<b>forgé</b>", 400, "n’a pas pu vous connecter"),
    ],
)
def test_a_provider_that_says_no_is_told_and_how_to_sign_in(
    error: str, status: int, text: str, small: SmallProvider, client: ReadingClient
) -> None:
    answer = declined(client, small, error)
    page = answer.content.decode()
    assert answer.status_code == status
    assert text in page
    assert "Se connecter avec mon identifiant" in page
    assert "forgé" not in page


def test_an_error_that_nobody_asked_for_is_not_believed(small: SmallProvider, client: ReadingClient) -> None:
    answer = client.get(BACK, {"error": "access_denied", "state": "forgé", "iss": small.issuer})
    assert (answer.status_code, STALE in answer.content.decode()) == (400, True)


def test_an_answer_without_a_code_signs_nobody_in(small: SmallProvider, world: World, client: ReadingClient) -> None:
    link(world.user)
    state = query(set_out(knows(client, world.user)))["state"]
    answer = client.get(BACK, {"state": state, "iss": small.issuer})
    assert (answer.status_code, signed_in_as(client)) == (400, None)
    assert linked(world.user) == [(SLUG, "compte-de-lea")]


def test_a_provider_that_is_in_no_file_has_no_address(world: World, client: ReadingClient, settings: Any) -> None:
    settings.PARVIS_PROVIDERS_FILE = ""
    for end in ("", "retour/", "quitter/", "fin/", "deconnexion-navigateur/"):
        assert client.get(f"/connexion/par/{SLUG}/{end}").status_code == 404
    assert client.post(f"/connexion/par/{SLUG}/deconnexion/").status_code == 404
    assert "Se connecter avec" not in client.get("/connexion/").content.decode()


def test_answers_are_kept_by_nobody_on_the_way(small: SmallProvider, world: World, client: ReadingClient) -> None:
    link(world.user)
    assert client.get(f"/connexion/par/{SLUG}/")["Cache-Control"] == "no-store"
    assert there_and_back(knows(client, world.user))["Cache-Control"] == "no-store"
