"""An answer that is not the provider's, not for us, not for this sign-in or not of now signs nobody in."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey

from parvis.ground import clock
from tests.identity.providers.conftest import Configure
from tests.identity.providers.hands import (
    at_provider,
    configure,
    described,
    events,
    knows,
    link,
    set_out,
    signed_in_as,
    there_and_back,
)
from tests.identity.providers.small_provider import CLIENT_ID, DELETED, SECRET, SmallProvider
from tests.plugins.html import ReadingClient
from tests.world import World

UNBELIEVED = "n’a pas pu être vérifiée"


def refused(answer: Any, client: ReadingClient) -> bool:
    """The page says why, how to sign in all the same, and nobody is in."""
    page = answer.content.decode()
    return (
        answer.status_code == 400
        and UNBELIEVED in page
        and "Se connecter avec mon identifiant" in page
        and signed_in_as(client) is None
    )


def in_seconds(number: int) -> Callable[[], int]:
    return lambda: int(clock.now().timestamp()) + number


WRONG: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "un autre"},
    "no nonce": {"nonce": DELETED},
    "another audience": {"aud": "une autre application"},
    "no audience": {"aud": DELETED},
    "several audiences without ours": {"aud": ["a", "b"], "azp": "a"},
    "several audiences, issued to nobody": {"aud": [CLIENT_ID, "b"]},
    "several audiences, issued to another": {"aud": [CLIENT_ID, "b"], "azp": "b"},
    "issued to another": {"azp": "une autre application"},
    "another issuer": {"iss": "https://ailleurs.example"},
    "no issuer": {"iss": DELETED},
    "expired": {"exp": in_seconds(-31)},
    "no end": {"exp": DELETED},
    "an end that is no number": {"exp": "demain"},
    "issued in the future": {"iat": in_seconds(90)},
    "no date": {"iat": DELETED},
    "not yet valid": {"nbf": in_seconds(90)},
    "no subject": {"sub": DELETED},
    "an empty subject": {"sub": ""},
    "a subject that is a number": {"sub": 12},
    "too long a subject": {"sub": "x" * 256},
    "a subject with control characters": {"sub": "compte\x00-de-lea"},
    "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "a hash that is a list": {"at_hash": ["x"]},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_an_id_token_with_a_wrong_claim_signs_nobody_in(
    claims: dict[str, Any], small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.claims = {name: value() if callable(value) else value for name, value in claims.items()}
    link(world.user)
    assert refused(there_and_back(knows(client, world.user)), client)
    assert events(world.user) == []


RIGHT: dict[str, dict[str, Any]] = {
    "ours in a list": {"aud": [CLIENT_ID]},
    "several audiences, issued to us": {"aud": [CLIENT_ID, "b"], "azp": CLIENT_ID},
    "a clock 20 seconds late": {"iat": in_seconds(20), "exp": in_seconds(320)},
    "expired 20 seconds ago": {"exp": in_seconds(-20)},
    "without a hash of the access token": {"at_hash": DELETED},
    "without a session of theirs": {"sid": DELETED},
    "with claims of any other kind": {"groups": [{"a": 1}], "acr": 3, "amr": []},
}


@pytest.mark.parametrize("claims", RIGHT.values(), ids=RIGHT)
def test_an_id_token_that_is_right_in_another_way_signs_in(
    claims: dict[str, Any], small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.claims = {name: value() if callable(value) else value for name, value in claims.items()}
    link(world.user)
    there_and_back(knows(client, world.user))
    assert signed_in_as(client) == world.user.person.pk


def test_how_far_the_clocks_may_differ_is_the_files_to_say(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(clock_skew=120)
    small.claims = {"iat": in_seconds(90)(), "exp": in_seconds(390)()}
    link(world.user)
    there_and_back(knows(client, world.user))
    assert signed_in_as(client) == world.user.person.pk


# --- Signatures ------------------------------------------------------------------------------------------------------
def test_a_token_signed_by_a_key_that_the_provider_does_not_publish_signs_nobody_in(
    small: SmallProvider, key: Key, another_key: Key, world: World, client: ReadingClient
) -> None:
    small.published, small.key = [key], another_key
    link(world.user)
    assert refused(there_and_back(knows(client, world.user)), client)


def test_a_token_that_names_a_published_key_and_is_signed_by_another_signs_nobody_in(
    small: SmallProvider, key: Key, another_key: Key, world: World, client: ReadingClient
) -> None:
    small.published, small.key, small.header = [key], another_key, {"kid": key.kid}
    link(world.user)
    assert refused(there_and_back(knows(client, world.user)), client)


def test_an_unknown_key_is_looked_for_once_and_a_changed_one_found(
    small: SmallProvider, key: Key, another_key: Key, world: World, client: ReadingClient
) -> None:
    link(world.user)
    there_and_back(knows(client, world.user))
    client.post("/deconnexion/")
    assert small.count("/keys") == 1
    small.key = another_key
    there_and_back(client)
    assert signed_in_as(client) == world.user.person.pk
    assert small.count("/keys") == 2
    client.post("/deconnexion/")
    small.published, small.header = [another_key], {"kid": "inconnue"}
    assert refused(there_and_back(client), client)
    assert small.count("/keys") == 3


def test_a_key_that_the_provider_withdrew_opens_nothing_once_the_keys_are_asked_again(
    small: SmallProvider, key: Key, another_key: Key, settings: Any, world: World, client: ReadingClient
) -> None:
    link(world.user)
    there_and_back(knows(client, world.user))
    client.post("/deconnexion/")
    settings.PARVIS_PROVIDERS_METADATA_AGE = settings.PARVIS_PROVIDERS_METADATA_AGE * 0
    small.published = [another_key]
    assert refused(there_and_back(client), client)


def test_a_token_that_names_no_key_is_tried_with_each(
    small: SmallProvider, key: Key, another_key: Key, world: World, client: ReadingClient
) -> None:
    small.published, small.header = [another_key, key], {"kid": DELETED}
    link(world.user)
    there_and_back(knows(client, world.user))
    assert signed_in_as(client) == world.user.person.pk


def test_a_signature_by_elliptic_curve_is_believed(small: SmallProvider, world: World, client: ReadingClient) -> None:
    small.key, small.algorithm = ECKey.generate_key("P-256", auto_kid=True), "ES256"
    link(world.user)
    there_and_back(knows(client, world.user))
    assert signed_in_as(client) == world.user.person.pk


def test_a_signature_that_the_file_does_not_allow_is_not(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(algorithms=["ES256"])
    link(world.user)
    assert refused(there_and_back(knows(client, world.user)), client)


def _forged_none(small: SmallProvider) -> str:
    signed = small.id_token({}, "x")
    head = "eyJhbGciOiJub25lIn0"
    return f"{head}.{signed.split('.')[1]}."


def _forged_hs256(small: SmallProvider) -> str:
    shared = OctKey.import_key(SECRET.encode())
    return jwt.encode({"alg": "HS256"}, {"sub": small.account}, shared, algorithms=["HS256"])


def _forged_with_the_public_key(small: SmallProvider) -> str:
    def part(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    head = part(json.dumps({"alg": "HS256", "kid": small.key.kid}).encode())
    text = f"{head}.{small.id_token({}, 'x').split('.')[1]}"
    return f"{text}.{part(hmac.digest(small.key.as_pem(private=False), text.encode(), 'sha256'))}"


FORGED: dict[str, Callable[[SmallProvider], str]] = {
    "none": _forged_none,
    "HS256 with our own secret": _forged_hs256,
    "HS256 with the public key": _forged_with_the_public_key,
    "not a token": lambda small: "x",
    "empty parts": lambda small: "..",
    "not ASCII": lambda small: "é.é.é",
    "a list for a header": lambda small: "W10.e30.x",
    "cut": lambda small: small.id_token({}, "x")[:-8],
    "a signature of five parts": lambda small: "a.b.c.d.e",
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_token_signs_nobody_in(
    forge: Callable[[SmallProvider], str],
    small: SmallProvider,
    world: World,
    client: ReadingClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = forge(small)
    monkeypatch.setattr(small, "id_token", lambda code, access_token: token)
    link(world.user)
    assert refused(there_and_back(knows(client, world.user)), client)


# --- What is told besides --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("signed", [False, True])
def test_what_is_told_of_somebody_else_signs_nobody_in(
    signed: bool, small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.told, small.told_signed = {"sub": "compte-de-marc"}, signed
    link(world.user)
    link(world.reader, "compte-de-marc")
    assert refused(there_and_back(knows(client, world.user)), client)


def test_what_is_told_may_be_signed(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(siret_claims=["siret"])
    small.told, small.told_signed = {"siret": world.here.siret}, True
    link(world.user)
    answer = there_and_back(knows(client, world.user))
    assert answer["Location"] == f"/etablissements/{world.here.siret}/"


@pytest.mark.parametrize("told", [{"aud": "une autre"}, {"iss": "https://ailleurs.example"}, {"exp": 12}])
def test_what_is_told_and_signed_for_others_signs_nobody_in(
    told: dict[str, Any], small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.told, small.told_signed = told, True
    link(world.user)
    assert refused(there_and_back(knows(client, world.user)), client)


def test_what_is_told_and_signed_by_another_key_signs_nobody_in(
    small: SmallProvider, key: Key, another_key: Key, world: World, client: ReadingClient, monkeypatch: Any
) -> None:
    small.told_signed, small.published = True, [key]
    signed = small.id_token

    def then_another_key(code: dict[str, str], access_token: str) -> str:
        token = signed(code, access_token)
        small.key = another_key
        return token

    monkeypatch.setattr(small, "id_token", then_another_key)
    link(world.user)
    assert refused(there_and_back(knows(client, world.user)), client)


def test_a_provider_that_tells_nothing_besides_signs_in(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.metadata = {"userinfo_endpoint": DELETED}
    link(world.user)
    there_and_back(knows(client, world.user))
    assert signed_in_as(client) == world.user.person.pk
    assert small.count("/userinfo") == 0


# --- Which provider answers ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("named", ["https://ailleurs.example", "", DELETED])
def test_an_answer_that_does_not_name_its_provider_or_names_another_is_not_taken(
    named: object, small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.answer = {"iss": named}
    link(world.user)
    assert refused(there_and_back(knows(client, world.user)), client)
    assert small.count("/token") == 0


def test_a_provider_that_never_names_itself_need_not(small: SmallProvider, world: World, client: ReadingClient) -> None:
    small.metadata = {"authorization_response_iss_parameter_supported": DELETED}
    small.answer = {"iss": DELETED}
    link(world.user)
    there_and_back(knows(client, world.user))
    assert signed_in_as(client) == world.user.person.pk


def test_a_code_of_one_provider_is_not_taken_to_another(
    small: SmallProvider, other: SmallProvider, world: World, client: ReadingClient
) -> None:
    """Mix-up: the browser began with « autre », and the code that comes back under its address is of « petit »."""
    link(world.user)
    knows(client, world.user)
    back = at_provider(set_out(client, "autre"))
    mixed = back.replace(f"127.0.0.1%3A{other.issuer.rsplit(':')[-1]}", f"127.0.0.1%3A{small.issuer.rsplit(':')[-1]}")
    assert mixed != back
    assert refused(client.get(mixed), client)
    assert (small.count("/token"), other.count("/token")) == (0, 0)


def test_an_account_of_the_same_name_at_another_provider_is_another(
    small: SmallProvider, other: SmallProvider, world: World, client: ReadingClient
) -> None:
    link(world.user)
    answer = there_and_back(knows(client, world.user), "autre")
    assert signed_in_as(client) is None
    assert answer["Location"] == "/connexion/"


def test_metadata_of_another_issuer_is_not_taken(
    small: SmallProvider, tmp_path: Any, settings: Any, world: World, client: ReadingClient
) -> None:
    small.metadata = {"issuer": "https://ailleurs.example"}
    configure(tmp_path, described("petit", small))
    assert client.get("/connexion/par/petit/").status_code == 503
