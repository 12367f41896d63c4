"""Passkeys: made and shown by a software authenticator, bound to our origin, each challenge good for one answer."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import RequestFactory
from fido2.utils import websafe_encode

from parvis.ground import clock, tenancy
from parvis.identity.factors import passkeys
from parvis.identity.models import Passkey
from tests.identity.factors.authenticator import Authenticator
from tests.identity.factors.hands import (
    CHALLENGE,
    CONFIRM,
    ENROL,
    MINE,
    events,
    halfway,
    person_of,
    stale,
    told,
    without_factor,
)
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

HERE = {"HTTP_HOST": "localhost:8000"}
MAKE, MAKING = f"{MINE}cle/", f"{MINE}cle/demande/"
ALONE, ALONE_ASKED = "/connexion/cle/", "/connexion/cle/demande/"
WAY = f"{CHALLENGE}?par=cle"
SignedIn = Callable[[Someone], ReadingClient]


def asked(client: ReadingClient, path: str) -> dict[str, Any]:
    answer = client.post(path, **HERE)
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    return answer.json()


def make(client: ReadingClient, device: Authenticator, name: str = "Ordinateur du bureau", **changes: Any) -> Any:
    made = device.make(asked(client, MAKING), **changes)
    return client.post(MAKE, {"credential": made, "name": name}, **HERE)


def given(who: Someone, signed_in: SignedIn, **fields: Any) -> Authenticator:
    """Somebody's device, enrolled."""
    device = Authenticator(**fields)
    assert make(signed_in(who), device)["Location"] == MINE
    return device


def alone(client: ReadingClient, device: Authenticator, **changes: Any) -> Any:
    """Sign in with the passkey as the only thing."""
    shown = device.show(asked(client, ALONE_ASKED), **changes)
    return client.post(ALONE, {"credential": shown}, **HERE)


def held(who: Someone) -> list[Passkey]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(Passkey.objects.order_by("id"))


# --- Where -----------------------------------------------------------------------------------------------------------
def test_at_an_ip_address_no_passkey_is_offered_and_the_page_says_why(world: World, client: ReadingClient) -> None:
    halfway(without_factor(world.user), client, HTTP_HOST="127.0.0.1:8000")
    page = client.get(ENROL, HTTP_HOST="127.0.0.1:8000").content.decode()
    assert "Une clé d’accès" not in page and "celle de ce site est en chiffres" in page
    assert client.get(MAKE, HTTP_HOST="127.0.0.1:8000")["Location"] == ENROL
    assert client.post(MAKING, HTTP_HOST="127.0.0.1:8000").status_code == 409
    assert client.post(ALONE_ASKED, HTTP_HOST="127.0.0.1:8000").status_code == 409
    assert "clé d’accès" not in ReadingClient().get("/connexion/", HTTP_HOST="127.0.0.1:8000").content.decode()


def test_at_localhost_it_is_offered_and_hidden_until_script_shows_it(world: World, client: ReadingClient) -> None:
    halfway(without_factor(world.user), client, **HERE)
    page = client.get(ENROL, **HERE).content.decode()
    assert "hidden data-passkey-only" in page and "/static/parvis/passkeys.js" in page
    assert "Se connecter avec une clé d’accès" in ReadingClient().get("/connexion/", **HERE).content.decode()


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://parvis.example", "parvis.example"),
        ("https://parvis.example:8443", "parvis.example"),
        ("http://localhost:8000", "localhost"),
        ("http://parvis.example", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_outside_of_the_demo_the_public_address_alone_decides(address: str, domain: str | None, settings: Any) -> None:
    settings.DEMO, settings.PARVIS_ADDRESS = False, address
    where = passkeys.place(RequestFactory().get("/", HTTP_HOST="testserver"))
    assert (where.domain if where else None) == domain
    assert where is None or where.origin == address


# --- Making one ------------------------------------------------------------------------------------------------------
def test_a_newcomer_enrols_a_passkey_as_their_first_factor(world: World, client: ReadingClient) -> None:
    who, device = without_factor(world.user), Authenticator()
    halfway(who, client, **HERE)
    options = asked(client, MAKING)
    assert options["rp"] == {"name": "Parvis", "id": "localhost"}
    assert options["attestation"] == "none" and options["timeout"] == 300_000
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    answer = client.post(MAKE, {"credential": device.make(options), "name": "Mon téléphone"}, **HERE)
    assert answer["Location"] == f"{MINE}codes/"
    assert person_of(client) == who.person.pk and client.session["strong_factor"] is True
    (kept,) = held(who)
    assert (kept.name, kept.credential) == ("Mon téléphone", websafe_encode(device.credential))
    assert events(who) == [("identity.factor_added", {"kind": "passkey"})]
    assert told(who)[0]["kind"] == "passkey"


def test_the_options_name_no_identifier_and_exclude_what_is_there_already(world: World, signed_in: SignedIn) -> None:
    device = given(world.user, signed_in)
    options = asked(signed_in(world.user), MAKING)
    assert [one["id"] for one in options["excludeCredentials"]] == [websafe_encode(device.credential)]
    assert world.user.identifier not in json.dumps(options)
    assert world.user.membership.email not in json.dumps(options)


@pytest.mark.parametrize(
    "device",
    [
        pytest.param(Authenticator(origin="http://localhost:8001"), id="another port"),
        pytest.param(Authenticator(origin="https://localhost:8000"), id="another scheme"),
        pytest.param(Authenticator(origin="http://evil.localhost:8000"), id="a subdomain"),
        pytest.param(Authenticator(origin="https://evil.example"), id="another site"),
        pytest.param(Authenticator(domain="evil.example"), id="another domain"),
        pytest.param(Authenticator(verified=False), id="nobody verified"),
    ],
)
def test_a_passkey_made_elsewhere_or_by_nobody_is_refused(
    device: Authenticator, world: World, signed_in: SignedIn
) -> None:
    answer = make(signed_in(world.user), device)
    assert answer.status_code == 200 and "n’a pas pu être enregistrée" in answer.content.decode()
    assert held(world.user) == []


@pytest.mark.parametrize(
    "sent",
    ["", "x", "[]", "{}", "null", '{"id": "a", "rawId": "b"}', "[" * 5000, '{"id":1,"rawId":1,"response":1}', "é",
     '{"id":"YQ","rawId":"YQ","type":"public-key","response":{}}'],
)  # fmt: skip
def test_nonsense_instead_of_a_passkey_is_refused_with_the_page(sent: str, world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    asked(browser, MAKING)
    answer = browser.post(MAKE, {"credential": sent, "name": "Clé"}, **HERE)
    assert answer.status_code == 200 and held(world.user) == []
    outside = ReadingClient()
    asked(outside, ALONE_ASKED)
    assert outside.post(ALONE, {"credential": sent}, **HERE)["Location"] == "/connexion/"


def test_a_challenge_makes_one_passkey_and_only_for_a_while(
    world: World, signed_in: SignedIn, moving: None, settings: Any
) -> None:
    browser, device = signed_in(world.user), Authenticator()
    made = device.make(asked(browser, MAKING))
    assert browser.post(MAKE, {"credential": made, "name": "Un"}, **HERE)["Location"] == MINE
    assert browser.post(MAKE, {"credential": made, "name": "Deux"}, **HERE).status_code == 200
    late = Authenticator().make(asked(browser, MAKING))
    clock.move(settings.PARVIS_PASSKEY_CHALLENGE)
    assert browser.post(MAKE, {"credential": late, "name": "Trois"}, **HERE).status_code == 200
    assert [one.name for one in held(world.user)] == ["Un"]


def test_a_challenge_to_show_one_makes_none(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    options = asked(browser, f"{CONFIRM}cle/")
    made = Authenticator().make({**options, "user": {"id": "YQ"}})
    assert browser.post(MAKE, {"credential": made, "name": "Clé"}, **HERE).status_code == 200
    assert held(world.user) == []


def test_a_passkey_that_somebody_has_already_is_nobody_elses(world: World, signed_in: SignedIn) -> None:
    device = given(world.user, signed_in)
    assert make(signed_in(world.reader), device).status_code == 200
    assert held(world.reader) == []


# --- Alone, from the sign-in page ------------------------------------------------------------------------------------
def test_a_passkey_is_the_only_thing_needed_to_sign_in(
    world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    device = given(world.user, signed_in)
    options = asked(client, ALONE_ASKED)
    assert "allowCredentials" not in options and options["userVerification"] == "required"
    wanted = f"/etablissements/{world.here.siret}/"
    sent = {"credential": device.show(options), "suite": wanted}
    assert client.post(ALONE, sent, **HERE)["Location"] == wanted
    assert person_of(client) == world.user.person.pk
    assert "factor_at" in client.session
    assert events(world.user, "identity.signed_in") == [
        ("identity.signed_in", {"method": "passkey", "factor": "passkey"})
    ]
    assert held(world.user)[0].last_used_at is not None


@pytest.mark.parametrize("suite", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_passkey_never_leads_to_another_site(
    suite: str, world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    device = given(world.user, signed_in)
    sent = {"credential": device.show(asked(client, ALONE_ASKED)), "suite": suite}
    assert client.post(ALONE, sent, **HERE)["Location"] == "/"


def test_an_answer_opens_once(world: World, signed_in: SignedIn, client: ReadingClient) -> None:
    device = given(world.user, signed_in)
    shown = device.show(asked(client, ALONE_ASKED))
    assert client.post(ALONE, {"credential": shown}, **HERE)["Location"] == "/"
    replayed = ReadingClient()
    assert replayed.post(ALONE, {"credential": shown}, **HERE)["Location"] == "/connexion/"
    asked(replayed, ALONE_ASKED)
    assert replayed.post(ALONE, {"credential": shown}, **HERE)["Location"] == "/connexion/"
    assert person_of(replayed) is None


def test_an_answer_that_comes_late_opens_nothing(
    world: World, signed_in: SignedIn, client: ReadingClient, moving: None, settings: Any
) -> None:
    device = given(world.user, signed_in)
    shown = device.show(asked(client, ALONE_ASKED))
    clock.move(settings.PARVIS_PASSKEY_CHALLENGE + datetime.timedelta(seconds=1))
    page = client.post(ALONE, {"credential": shown}, **HERE, follow=True).content.decode()
    assert "ne permet pas de vous connecter" in page and person_of(client) is None


@pytest.mark.parametrize(
    "lie",
    [{"origin": "https://evil.example"}, {"domain": "evil.example"}, {"verified": False}],
    ids=["another site", "another domain", "nobody verified"],
)
def test_a_passkey_shown_elsewhere_or_by_nobody_opens_nothing(
    lie: dict[str, Any], world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    device = given(world.user, signed_in)
    for name, value in lie.items():
        setattr(device, name, value)
    assert alone(client, device)["Location"] == "/connexion/"
    assert person_of(client) is None
    assert ("identity.factor_refused", {"kind": "passkey"}) in events(world.user)


def test_a_signature_by_another_key_opens_nothing(world: World, signed_in: SignedIn, client: ReadingClient) -> None:
    device = given(world.user, signed_in)
    device.key = Authenticator().key
    assert alone(client, device)["Location"] == "/connexion/"
    assert person_of(client) is None


def test_a_passkey_that_names_another_person_opens_nothing(
    world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    device = given(world.user, signed_in)
    device.user = websafe_encode(world.reader.person.reference.bytes)
    assert alone(client, device)["Location"] == "/connexion/"
    assert person_of(client) is None


def test_a_removed_passkey_opens_nothing(world: World, signed_in: SignedIn, client: ReadingClient) -> None:
    device = given(world.user, signed_in)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Passkey.objects.all().delete()
    assert alone(client, device)["Location"] == "/connexion/"


# --- The counter -----------------------------------------------------------------------------------------------------
def test_a_counter_that_went_back_is_refused_and_noted(
    world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    device = given(world.user, signed_in)
    assert alone(client, device)["Location"] == "/"
    copy = ReadingClient()
    device.counter = 1
    assert alone(copy, device)["Location"] == "/connexion/"
    assert person_of(copy) is None
    assert events(world.user, "identity.passkey_copied") == [("identity.passkey_copied", {})]
    device.counter = 10
    assert alone(ReadingClient(), device)["Location"] == "/"


def test_a_device_that_never_counts_opens_each_time(world: World, signed_in: SignedIn) -> None:
    device = given(world.user, signed_in, counts=False)
    for _ in range(3):
        assert alone(ReadingClient(), device)["Location"] == "/"


# --- As the second factor --------------------------------------------------------------------------------------------
def test_after_the_password_the_passkey_comes_first(world: World, signed_in: SignedIn, client: ReadingClient) -> None:
    device = given(world.user, signed_in)
    halfway(world.user, client, **HERE)
    page = client.get(CHALLENGE, **HERE).content.decode()
    assert "Utiliser ma clé d’accès" in page and 'data-options="/second-facteur/cle/"' in page
    assert 'href="?par=application"' in page and "data-passkey-absent" in page
    options = asked(client, f"{CHALLENGE}cle/")
    assert [one["id"] for one in options["allowCredentials"]] == [websafe_encode(device.credential)]
    assert client.post(WAY, {"credential": device.show(options)}, **HERE)["Location"] == "/"
    assert person_of(client) == world.user.person.pk


def test_a_passkey_of_another_person_is_refused(world: World, signed_in: SignedIn, client: ReadingClient) -> None:
    given(world.user, signed_in)
    theirs = given(world.reader, signed_in)
    halfway(world.user, client, **HERE)
    shown = theirs.show(asked(client, f"{CHALLENGE}cle/"))
    answer = client.post(WAY, {"credential": shown}, **HERE)
    assert answer.status_code == 200 and "ne convient pas" in answer.content.decode()
    assert person_of(client) is None


def test_a_challenge_of_the_sign_in_page_does_not_serve_halfway(
    world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    device = given(world.user, signed_in)
    halfway(world.user, client, **HERE)
    shown = device.show(asked(client, ALONE_ASKED))
    assert client.post(WAY, {"credential": shown}, **HERE).status_code == 200
    assert person_of(client) is None


def test_at_an_ip_address_the_passkey_is_no_way_and_the_app_comes_first(
    world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    given(world.user, signed_in)
    halfway(world.user, client, HTTP_HOST="127.0.0.1:8000")
    page = client.get(CHALLENGE, HTTP_HOST="127.0.0.1:8000").content.decode()
    assert "Ouvrez l’application" in page and "clé d’accès" not in page


def test_a_passkey_gives_a_fresh_factor(world: World, signed_in: SignedIn) -> None:
    device = given(world.user, signed_in)
    browser = stale(signed_in(world.user))
    assert browser.get(ENROL, **HERE)["Location"].split("?")[0] == CONFIRM
    shown = device.show(asked(browser, f"{CONFIRM}cle/"))
    assert browser.post(f"{CONFIRM}?par=cle", {"credential": shown}, **HERE)["Location"] == ENROL
    assert browser.get(ENROL, **HERE).status_code == 200


def test_five_bad_signatures_block_that_passkey_alone(world: World, signed_in: SignedIn, client: ReadingClient) -> None:
    device, other = given(world.user, signed_in), given(world.user, signed_in)
    good, device.key = device.key, Authenticator().key
    for _ in range(5):
        alone(ReadingClient(), device)
    device.key = good
    refused = alone(client, device)
    assert refused.status_code == 429 and person_of(client) is None
    assert alone(ReadingClient(), other)["Location"] == "/"
