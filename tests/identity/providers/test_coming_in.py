"""A person whose account at a provider is linked comes in with it: where they land, what is asked, what is left."""

import datetime
from typing import Any

import pytest
from django.conf import settings

from parvis.ground import clock
from parvis.identity.models import Session
from tests.access.factor_reset.hands import ask, holds
from tests.access.reading import later
from tests.identity.providers.conftest import Configure
from tests.identity.providers.hands import (
    at_provider,
    events,
    knows,
    link,
    query,
    set_out,
    signed_in_as,
    there_and_back,
)
from tests.identity.providers.small_provider import DELETED, SmallProvider
from tests.plugins.html import ReadingClient
from tests.world import HERE, PASSWORD, THERE, World


def test_a_person_with_a_linked_account_comes_in(small: SmallProvider, world: World, client: ReadingClient) -> None:
    link(world.user)
    answer = there_and_back(knows(client, world.user))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in_as(client) == world.user.person.pk
    assert events(world.user) == [
        ("signed_in", {"method": "provider", "factor": "browser", "provider": "petit"}),
    ]
    row = Session.objects.get(person_id=world.user.person.pk)
    assert (row.provider, row.provider_session) == ("petit", "session-de-compte-de-lea")
    assert "Par Petit Connect" in client.get("/mon-compte/sessions/").content.decode()


def test_what_is_asked_of_the_provider(small: SmallProvider, as_described: Configure, client: ReadingClient) -> None:
    as_described(scopes=["openid", "siret"], acr_values=["deux", "trois"], claims=["amr"])
    asked = query(set_out(client))
    assert len(asked.pop("state")) >= 43
    assert len(asked.pop("nonce")) >= 43
    assert len(asked.pop("code_challenge")) == 43
    assert asked == {
        "response_type": "code",
        "client_id": "parvis-ici",
        "redirect_uri": "http://127.0.0.1:8000/connexion/par/petit/retour/",
        "scope": "openid siret",
        "code_challenge_method": "S256",
        "ui_locales": "fr",
        "acr_values": "deux trois",
        "claims": '{"id_token":{"amr":null}}',
    }


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post"])
def test_the_secret_goes_to_the_provider_as_the_file_says(
    way: str, small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(client_authentication=way)
    link(world.user)
    there_and_back(knows(client, world.user))
    (asked,) = [one for one in small.asked if one.path == "/token"]
    assert ("AUTHORIZATION" in asked.headers) == (way == "client_secret_basic")
    assert ("client_secret" in asked.form) == (way == "client_secret_post")
    assert signed_in_as(client) == world.user.person.pk


# --- Where they land -------------------------------------------------------------------------------------------------
def test_the_page_that_was_asked_for_is_the_one_to_land_on(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    answer = there_and_back(knows(client, world.user), suite="/mon-compte/?onglet=droits")
    assert answer["Location"] == "/mon-compte/?onglet=droits"


@pytest.mark.parametrize("suite", ["https://ailleurs.example/", "//ailleurs.example/", "/\\ailleurs.example", "x"])
def test_a_page_of_others_is_none_to_land_on(
    suite: str, small: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    assert there_and_back(knows(client, world.user), suite=suite)["Location"] == "/"


@pytest.mark.parametrize("claims", [{"siret": HERE}, {"siret": f"{HERE[:9]} {HERE[9:]}"}, {"org": {"siret": HERE}}])
def test_the_siret_that_the_provider_tells_leads_to_that_establishment(
    claims: dict[str, Any], small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(siret_claims=["siret", "org.siret"])
    small.told = claims
    link(world.user)
    answer = there_and_back(knows(client, world.user))
    assert answer["Location"] == f"/etablissements/{HERE}/"
    assert client.get(answer["Location"]).status_code == 200


def test_the_siret_is_read_in_the_id_token_too(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(siret_claims=["siret"])
    small.claims = {"siret": HERE}
    link(world.user)
    assert there_and_back(knows(client, world.user))["Location"] == f"/etablissements/{HERE}/"


def test_the_page_that_was_asked_for_comes_before_the_siret(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(siret_claims=["siret"])
    small.told = {"siret": HERE}
    link(world.user)
    assert there_and_back(knows(client, world.user), suite="/mon-compte/")["Location"] == "/mon-compte/"


def test_a_siret_where_the_person_has_no_account_leads_to_their_start_and_says_so(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(siret_claims=["siret"])
    small.told = {"siret": THERE}
    link(world.user)
    answer = there_and_back(knows(client, world.user))
    assert answer["Location"] == "/"
    page = client.get("/", follow=True).content.decode()
    assert "217\u00a0400\u00a0019\u00a000014" in page
    assert "vous n’avez pas de compte" in page
    assert world.there.name not in page


@pytest.mark.parametrize("siret", ["12345678901234", "abc", "", 12, None, True, ["x"], {"siret": HERE}])
def test_a_siret_that_does_not_exist_proposes_nothing(
    siret: object, small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(siret_claims=["siret"])
    small.told = {"siret": siret}
    link(world.user)
    assert there_and_back(knows(client, world.user))["Location"] == "/"
    assert "vous n’avez pas de compte" not in client.get("/", follow=True).content.decode()


# --- The second factor -----------------------------------------------------------------------------------------------
TRUSTED = [
    ({"trusted_acr": ["deux"]}, {"acr": "deux"}),
    ({"trusted_amr": ["mfa"]}, {"amr": ["pwd", "mfa"]}),
    ({"trusted_amr": ["sc", "pwd+otp"]}, {"amr": ["otp", "pwd"]}),
]
NOT_TRUSTED = [
    ({}, {"acr": "deux", "amr": ["mfa"]}),
    ({"trusted_acr": ["deux"]}, {"acr": "un"}),
    ({"trusted_acr": ["deux"]}, {"acr": "deux fois"}),
    ({"trusted_acr": ["deux"]}, {"acr": ["deux"]}),
    ({"trusted_acr": ["deux"]}, {"amr": ["deux"]}),
    ({"trusted_amr": ["mfa"]}, {"amr": "mfa"}),
    ({"trusted_amr": ["pwd+otp"]}, {"amr": ["otp"]}),
    ({"trusted_amr": ["pwd+otp"]}, {"amr": [["otp", "pwd"], 1, None]}),
    ({"trusted_amr": ["mfa"]}, {}),
]


@pytest.mark.parametrize(("described", "claims"), TRUSTED)
def test_two_factors_that_settings_trust_are_not_asked_again(
    described: dict[str, Any],
    claims: dict[str, Any],
    small: SmallProvider,
    as_described: Configure,
    world: World,
    client: ReadingClient,
) -> None:
    as_described(**described)
    small.claims = claims
    link(world.user)
    answer = there_and_back(client)
    assert answer["Location"] == "/"
    assert signed_in_as(client) == world.user.person.pk
    assert events(world.user)[-1][1]["factor"] == "provider"


@pytest.mark.parametrize(("described", "claims"), NOT_TRUSTED)
def test_anything_else_asks_for_the_second_factor_in_an_unknown_browser(
    described: dict[str, Any],
    claims: dict[str, Any],
    small: SmallProvider,
    as_described: Configure,
    world: World,
    client: ReadingClient,
) -> None:
    as_described(**described)
    # A list of lists is a claim of another form for the reader of tokens: refused or not, nobody is in.
    small.claims = claims
    link(world.user)
    answer = there_and_back(client)
    assert signed_in_as(client) is None
    assert answer.status_code == 400 or answer["Location"] == "/second-facteur/"


def test_acr_is_believed_in_the_signed_token_alone(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(trusted_acr=["deux"], trusted_amr=["mfa"])
    small.told = {"acr": "deux", "amr": ["mfa"]}
    link(world.user)
    there_and_back(client)
    assert signed_in_as(client) is None


def test_two_factors_there_trust_no_browser_here(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(trusted_acr=["deux"])
    small.claims = {"acr": "deux"}
    link(world.user)
    there_and_back(client)
    assert signed_in_as(client) == world.user.person.pk
    client.post("/deconnexion/")
    small.claims = {}
    there_and_back(client)
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    ("auth_time", "fresh"),
    [
        (lambda now: now, True),
        (lambda now: now - 600, True),
        (lambda now: now - 7200, False),
        (lambda now: DELETED, False),
        (lambda now: now + 7200, False),
        (lambda now: -5, False),
    ],
)
def test_two_factors_there_are_fresh_here_only_if_given_there_just_now(
    auth_time: Any, fresh: bool, small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(trusted_acr=["deux"])
    small.claims = {"acr": "deux", "auth_time": auth_time(int(clock.now().timestamp()))}
    link(world.user)
    there_and_back(client)
    assert signed_in_as(client) == world.user.person.pk
    given = client.session.get("factor_at")
    limit = clock.now() - datetime.timedelta(minutes=15)
    assert (given is not None and given > limit.timestamp()) == fresh


def test_two_factors_there_do_not_replace_the_enrolment_of_one_here(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    from parvis.ground import tenancy
    from parvis.identity.models import Totp

    as_described(trusted_acr=["deux"])
    small.claims = {"acr": "deux"}
    link(world.user)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Totp.objects.filter(person=world.user.person).delete()
    answer = there_and_back(client)
    assert signed_in_as(client) is None
    assert answer["Location"] != "/"


def test_two_factors_there_do_not_stand_for_one_here_that_is_reset_at_this_very_sign_in(
    small: SmallProvider, as_described: Configure, world: World, signed_in: Any
) -> None:
    as_described(trusted_acr=["deux"])
    now = int(clock.now().timestamp())
    small.claims = {"acr": "deux", "auth_time": now}
    link(world.user)
    ask(world, signed_in)
    browser = ReadingClient()
    with later(settings.PARVIS_FACTOR_RESET_DELAY + datetime.timedelta(seconds=1)):
        now = int(clock.now().timestamp())
        small.claims = {"acr": "deux", "auth_time": now, "iat": now, "exp": now + 60}
        answer = there_and_back(browser)
        assert not holds(world.user)
        assert signed_in_as(browser) is None
        assert answer["Location"] == "/mon-compte/second-facteur/ajouter/"
        # Nor is anything fresh for whoever signs in next in that browser.
        assert "factor_at" not in browser.session


def test_two_factors_there_lift_no_lock_of_the_password_here(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(trusted_acr=["deux"])
    small.claims = {"acr": "deux"}
    link(world.user)
    typed = {"login": world.user.identifier, "password": PASSWORD}
    for _ in range(settings.PARVIS_FAILURES):
        ReadingClient().post("/connexion/", {**typed, "password": "ce n’est pas celui-là"})
    there_and_back(client)
    assert signed_in_as(client) == world.user.person.pk
    assert ReadingClient().post("/connexion/", typed).status_code == 429


# --- Already in ------------------------------------------------------------------------------------------------------
def test_who_is_signed_in_is_not_sent_to_a_provider_again(small: SmallProvider, world: World, signed_in: Any) -> None:
    answer = signed_in(world.user).get("/connexion/par/petit/", {"suite": "/mon-compte/"})
    assert answer["Location"] == "/mon-compte/"
    assert small.asked == []


def test_two_tabs_that_both_come_back_both_land_and_one_session_is_open(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    knows(client, world.user)
    first, second = set_out(client, suite="/mon-compte/"), set_out(client, suite="/mes-etablissements/")
    assert client.get(at_provider(first))["Location"] == "/mon-compte/"
    assert client.get(at_provider(second))["Location"] == "/mes-etablissements/"
    assert signed_in_as(client) == world.user.person.pk
    assert Session.objects.filter(person_id=world.user.person.pk).count() == 1


def test_somebody_else_who_comes_back_in_that_browser_takes_the_place_of_the_first(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    link(world.reader, "compte-de-marc")
    knows(knows(client, world.user), world.reader)
    late = set_out(client)
    there_and_back(client)
    small.account = "compte-de-marc"
    client.get(at_provider(late))
    assert signed_in_as(client) == world.reader.person.pk
    assert Session.objects.filter(person_id=world.user.person.pk).count() == 0
