"""Signing out both ways: there after here, and here because there."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from parvis.ground import clock
from parvis.identity.models import Session
from tests.identity.providers.conftest import Configure
from tests.identity.providers.hands import (
    SLUG,
    events,
    knows,
    link,
    query,
    sessions,
    signed_in_as,
    there_and_back,
)
from tests.identity.providers.small_provider import DELETED, SmallProvider, failing
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

LEAVE, LEFT, BACK_CHANNEL, FRONT_CHANNEL = (
    f"/connexion/par/{SLUG}/{end}/" for end in ("quitter", "fin", "deconnexion", "deconnexion-navigateur")
)


@pytest.fixture
def came_in(small: SmallProvider, as_described: Configure, world: World, client: ReadingClient) -> ReadingClient:
    """A browser in which Léa came in by a provider that wants to be left, too."""
    as_described(logout=True)
    link(world.user)
    there_and_back(knows(client, world.user))
    assert signed_in_as(client) == world.user.person.pk
    return client


# --- There, after here -----------------------------------------------------------------------------------------------
def test_signing_out_here_signs_out_there_and_comes_back(small: SmallProvider, came_in: ReadingClient) -> None:
    answer = came_in.post("/deconnexion/")
    assert answer["Location"] == LEAVE
    assert signed_in_as(came_in) is None
    page = came_in.get(LEAVE)
    wait, _, address = page["Refresh"].partition("; url=")
    assert wait == "0"
    assert address.startswith(f"{small.issuer}/end?")
    asked = query(address)
    assert asked["id_token_hint"].count(".") == 2
    assert asked["post_logout_redirect_uri"] == f"http://127.0.0.1:8000{LEFT}"
    assert asked["client_id"] == "parvis-ici"
    assert f'href="{address.replace("&", "&amp;")}"' in page.content.decode()
    back = came_in.get(LEFT, {"state": asked["state"]})
    assert back["Location"] == "/connexion/"
    assert "déconnecté de Parvis et de" in came_in.get("/connexion/").content.decode()


def test_the_session_holds_what_the_provider_wants_to_see_sealed(small: SmallProvider, came_in: ReadingClient) -> None:
    came_in.post("/deconnexion/")
    hint = query(came_in.get(LEAVE)["Refresh"])["id_token_hint"]
    assert hint not in str(dict(came_in.session))


@pytest.mark.parametrize("state", ["", "forgé"])
def test_an_end_that_nobody_began_says_nothing(state: str, small: SmallProvider, came_in: ReadingClient) -> None:
    came_in.post("/deconnexion/")
    assert came_in.get(LEFT, {"state": state})["Location"] == "/connexion/"
    assert "déconnecté de Parvis et de" not in came_in.get("/connexion/").content.decode()


def test_leaving_is_for_who_has_just_signed_out(small: SmallProvider, came_in: ReadingClient) -> None:
    assert came_in.get(LEAVE)["Location"] == "/connexion/"
    assert signed_in_as(came_in) is not None
    assert ReadingClient().get(LEAVE)["Location"] == "/connexion/"


@pytest.mark.parametrize("told", [{"logout": False}, {}])
def test_a_provider_that_need_not_be_left_is_not(
    told: dict[str, Any], small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(**told)
    link(world.user)
    there_and_back(knows(client, world.user))
    assert client.post("/deconnexion/")["Location"] == "/connexion/"
    assert "Vous êtes déconnecté" in client.get("/connexion/").content.decode()


def test_who_came_in_with_a_password_leaves_no_provider(
    small: SmallProvider, came_in: ReadingClient, world: World
) -> None:
    came_in.post("/deconnexion/")
    came_in.post("/connexion/", {"login": world.user.identifier, "password": PASSWORD})
    assert signed_in_as(came_in) == world.user.person.pk
    assert came_in.post("/deconnexion/")["Location"] == "/connexion/"


def test_a_provider_that_does_not_answer_does_not_keep_anybody_signed_in(
    small: SmallProvider, came_in: ReadingClient, settings: Any
) -> None:
    settings.PARVIS_PROVIDERS_METADATA_AGE = settings.PARVIS_PROVIDERS_METADATA_AGE * 0
    small.trouble["/.well-known/openid-configuration"] = failing()
    assert came_in.post("/deconnexion/")["Location"] == LEAVE
    page = came_in.get(LEAVE)
    assert signed_in_as(came_in) is None
    assert "Refresh" not in page
    assert "ne répond pas" in page.content.decode()
    assert "fermez toutes les fenêtres" in page.content.decode()


def test_a_provider_without_an_address_for_it_is_told_like_one_that_does_not_answer(
    small: SmallProvider, came_in: ReadingClient, settings: Any
) -> None:
    settings.PARVIS_PROVIDERS_METADATA_AGE = settings.PARVIS_PROVIDERS_METADATA_AGE * 0
    small.metadata = {"end_session_endpoint": DELETED}
    came_in.post("/deconnexion/")
    assert "Refresh" not in came_in.get(LEAVE)


def test_a_token_too_long_for_an_address_is_left_out(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(logout=True)
    small.claims = {"long": "x" * 6000}
    link(world.user)
    there_and_back(knows(client, world.user))
    client.post("/deconnexion/")
    asked = query(client.get(LEAVE)["Refresh"])
    assert "id_token_hint" not in asked
    assert asked["client_id"] == "parvis-ici"


# --- Here, because there ---------------------------------------------------------------------------------------------
def told(token: str) -> Any:
    """The provider's own server asks: without cookie, without our form's token."""
    return Client(enforce_csrf_checks=True).post(BACK_CHANNEL, {"logout_token": token})


def test_who_signs_out_there_is_signed_out_here(small: SmallProvider, came_in: ReadingClient, world: World) -> None:
    answer = told(small.logout_token())
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert sessions(world.user) == []
    assert came_in.get("/mon-compte/")["Location"].startswith("/connexion/")
    assert events(world.user)[-1] == ("provider_signed_out", {"provider": SLUG})


def elsewhere(who: Someone, **fields: Any) -> str:
    """Another session of somebody's."""
    browser = ReadingClient()
    browser.force_login(who.person, backend="parvis.identity.backend.PersonBackend")
    key = browser.session.session_key
    assert key is not None
    Session.objects.filter(session_key=key).update(**fields)
    return key


def test_one_session_there_ends_its_own_here_and_no_other(
    small: SmallProvider, came_in: ReadingClient, world: World
) -> None:
    kept = [
        elsewhere(world.user, provider=SLUG, provider_session="une autre session là-bas"),
        elsewhere(world.user, provider="autre", provider_session="session-de-compte-de-lea"),
        elsewhere(world.user),
    ]
    assert told(small.logout_token()).status_code == 200
    assert sorted(sessions(world.user)) == sorted(kept)


def test_everything_of_somebody_there_ends_what_came_from_there_alone(
    small: SmallProvider, came_in: ReadingClient, world: World
) -> None:
    elsewhere(world.user, provider=SLUG, provider_session="une autre session là-bas")
    kept = elsewhere(world.user)
    others = elsewhere(world.reader, provider=SLUG, provider_session="une autre encore")
    assert told(small.logout_token(sid=DELETED)).status_code == 200
    assert sessions(world.user) == [kept]
    assert sessions(world.reader) == [others]


def test_a_session_is_ended_without_naming_who(small: SmallProvider, came_in: ReadingClient, world: World) -> None:
    assert told(small.logout_token(sub=DELETED)).status_code == 200
    assert sessions(world.user) == []


@pytest.mark.parametrize("changed", [{"sub": "personne"}, {"sid": "aucune"}, {"sub": "compte-de-marc"}])
def test_a_right_token_about_nobody_here_ends_nothing(
    changed: dict[str, Any], small: SmallProvider, came_in: ReadingClient, world: World
) -> None:
    link(world.reader, "compte-de-marc")
    assert told(small.logout_token(**changed)).status_code == 200
    assert len(sessions(world.user)) == 1


def test_a_logout_token_serves_once(small: SmallProvider, came_in: ReadingClient, world: World) -> None:
    token = small.logout_token()
    assert told(token).status_code == 200
    there_and_back(came_in)
    assert told(token).status_code == 400
    assert len(sessions(world.user)) == 1


def now() -> int:
    return int(clock.now().timestamp())


EVENT = "http://schemas.openid.net/event/backchannel-logout"
WRONG: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "une autre"},
    "another issuer": {"iss": "https://ailleurs.example"},
    "no events": {"events": DELETED},
    "other events": {"events": {"http://ailleurs.example": {}}},
    "events as a list": {"events": [EVENT]},
    "an event that is no object": {"events": {EVENT: "oui"}},
    "a nonce": {"nonce": "x"},
    "an empty nonce": {"nonce": ""},
    "nobody": {"sub": DELETED, "sid": DELETED},
    "a subject that is a number": {"sub": 3},
    "a session that is a list": {"sid": ["x"]},
    "too long a session": {"sid": "x" * 256},
    "no number": {"jti": DELETED},
    "an empty number": {"jti": ""},
    "no date": {"iat": DELETED},
    "expired": {"exp": lambda: now() - 31},
    "of the future": {"iat": lambda: now() + 90},
    "issued long ago": {"iat": lambda: now() - 400, "exp": lambda: now() + 400},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
def test_a_wrong_logout_token_ends_nothing(
    changed: dict[str, Any], small: SmallProvider, came_in: ReadingClient, world: World
) -> None:
    token = small.logout_token(**{name: one() if callable(one) else one for name, one in changed.items()})
    answer = told(token)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert answer["Cache-Control"] == "no-store"
    assert len(sessions(world.user)) == 1


def test_a_token_of_another_type_ends_nothing(small: SmallProvider, came_in: ReadingClient, world: World) -> None:
    small.header = {"typ": "at+jwt"}
    token = small.sign(
        {
            "iss": small.issuer,
            "aud": "parvis-ici",
            "iat": now(),
            "jti": "x",
            "sub": "compte-de-lea",
            "events": {EVENT: {}},
        },
        typ="at+jwt",
    )
    assert told(token).status_code == 400
    assert len(sessions(world.user)) == 1


def test_an_id_token_is_no_logout_token(small: SmallProvider, came_in: ReadingClient, world: World) -> None:
    assert told(small.id_token({"nonce": "x"}, "y")).status_code == 400
    assert len(sessions(world.user)) == 1


def test_a_logout_token_signed_by_another_key_ends_nothing_and_strangers_do_not_make_us_ask_for_keys_for_ever(
    small: SmallProvider, came_in: ReadingClient, world: World, key: Any, another_key: Any
) -> None:
    small.published, small.key = [key], another_key
    before = small.count("/keys")
    for _ in range(4):
        assert told(small.logout_token()).status_code == 400
    assert small.count("/keys") == before
    assert len(sessions(world.user)) == 1


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 20_000])
def test_what_is_no_token_ends_nothing(token: str, small: SmallProvider, came_in: ReadingClient, world: World) -> None:
    assert told(token).status_code == 400
    assert Client().post(BACK_CHANNEL).status_code == 400
    assert Client().get(BACK_CHANNEL).status_code == 405
    assert len(sessions(world.user)) == 1


def test_a_provider_whose_keys_cannot_be_had_may_tell_us_again(
    small: SmallProvider, came_in: ReadingClient, world: World, settings: Any
) -> None:
    settings.PARVIS_PROVIDERS_METADATA_AGE = settings.PARVIS_PROVIDERS_METADATA_AGE * 0
    small.trouble["/keys"] = failing()
    token = small.logout_token()
    assert told(token).status_code == 503
    small.trouble.clear()
    settings.PARVIS_PROVIDERS_METADATA_AGE = datetime.timedelta(hours=1)
    assert told(token).status_code == 200
    assert sessions(world.user) == []


def test_through_the_browser_a_session_there_ends_its_own_here(
    small: SmallProvider, came_in: ReadingClient, world: World
) -> None:
    asked = {"iss": small.issuer, "sid": "session-de-compte-de-lea"}
    answer = Client().get(FRONT_CHANNEL, asked)
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"", "no-store")
    assert sessions(world.user) == []


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"sid": "session-de-compte-de-lea"},
        {"iss": "https://ailleurs.example", "sid": "session-de-compte-de-lea"},
        {"iss": "ici", "sid": ""},
        {"iss": "ici", "sid": "une autre session"},
    ],
)
def test_through_the_browser_nothing_else_ends_anything(
    asked: dict[str, str], small: SmallProvider, came_in: ReadingClient, world: World
) -> None:
    said = {name: small.issuer if value == "ici" else value for name, value in asked.items()}
    assert Client().get(FRONT_CHANNEL, said).content == b""
    assert len(sessions(world.user)) == 1


def test_through_the_browser_a_session_that_could_be_guessed_is_not_ended(
    small: SmallProvider, came_in: ReadingClient, world: World
) -> None:
    Session.objects.filter(person_id=world.user.person.pk).update(provider_session="42")
    Client().get(FRONT_CHANNEL, {"iss": small.issuer, "sid": "42"})
    assert len(sessions(world.user)) == 1


def test_whoever_is_halfway_in_does_not_finish_after_signing_out_there(
    small: SmallProvider, world: World, client: ReadingClient, settings: Any, tmp_path: Path
) -> None:
    link(world.user)
    there_and_back(client)
    assert signed_in_as(client) is None
    assert told(small.logout_token()).status_code == 200
    assert client.get("/second-facteur/")["Location"] == "/connexion/"
