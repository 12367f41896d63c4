"""What is asked of a provider over the network, within a few seconds and a few hundred kilobytes, never redirected.

Its metadata and keys are kept in the process for `PARVIS_PROVIDERS_METADATA_AGE`. A provider that did not answer is
left alone for `PARVIS_PROVIDERS_REST`: while it is down, nobody's request waits for it.
"""

import functools
import json
import logging
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import get_well_known_url
from django.conf import settings
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from parvis.identity.providers.catalogue import Provider, secure

log = logging.getLogger(__name__)


class Unreachable(Exception):
    """The provider did not answer in time, or not what OpenID Connect wants; the message is for the log alone."""


class CodeRefused(Exception):
    """The provider knows of no such sign-in: the code was used before, or is too old."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider says of itself: its addresses, and whether it names itself in its answers (RFC 9207)."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    names_itself: bool


@dataclass
class _Known:
    metadata: Metadata | None = None
    metadata_at: float = 0.0
    keys: tuple[Key, ...] = ()
    keys_at: float = 0.0
    rests_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer read whole. `kind`: its media type."""

    status: int
    kind: str
    body: bytes = field(repr=False)

    def json(self) -> dict[str, Any]:
        """The object in it. Raises Unreachable for anything else: an error page of some proxy, mostly."""
        try:
            read = json.loads(self.body)
        except (ValueError, RecursionError) as fault:
            raise Unreachable("no JSON") from fault
        if not isinstance(read, dict):
            raise Unreachable("no JSON object")
        return read


_known: dict[Provider, _Known] = {}


def forget() -> None:
    """Forget what is known of every provider (tests)."""
    _known.clear()


def _of(provider: Provider) -> _Known:
    return _known.setdefault(provider, _Known())


@functools.cache
def _http() -> httpx.Client:
    # Made at the first use, after the web server forked; no connection is kept, for sign-ins are rare.
    return httpx.Client(
        follow_redirects=False,
        limits=httpx.Limits(max_keepalive_connections=0),
        headers={"Accept-Encoding": "identity", "User-Agent": "Parvis"},
    )


def _ask(provider: Provider, method: str, url: str, *, headers: dict[str, str], body: str | None = None) -> Answer:
    """One answer, in time or not at all. Raises Unreachable, and lets the provider rest."""
    deadline = time.monotonic() + provider.patience
    read = bytearray()
    try:
        with _http().stream(
            method,
            url,
            headers=headers,
            content=None if body is None else body.encode(),
            timeout=provider.patience,
        ) as answer:
            for part in answer.iter_bytes():
                read += part
                if len(read) > settings.PARVIS_PROVIDERS_ANSWER_LIMIT:
                    raise Unreachable("too long an answer")
                if time.monotonic() > deadline:
                    raise Unreachable("too slow")
            status, kind = answer.status_code, answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if status >= 500 or 300 <= status < 400:
            raise Unreachable(f"answered {status}")
    except (httpx.HTTPError, httpx.InvalidURL, Unreachable) as fault:
        _of(provider).rests_until = time.monotonic() + settings.PARVIS_PROVIDERS_REST.total_seconds()
        log.warning("identity provider %s does not answer: %s", provider.slug, str(fault) or type(fault).__name__)
        raise fault if isinstance(fault, Unreachable) else Unreachable(type(fault).__name__) from fault
    return Answer(status, kind, bytes(read))


def metadata(provider: Provider) -> Metadata:
    """What the provider says of itself, asked again once it is old. Raises Unreachable."""
    known = _of(provider)
    now = time.monotonic()
    if known.metadata is not None and now < known.metadata_at + settings.PARVIS_PROVIDERS_METADATA_AGE.total_seconds():
        return known.metadata
    if now < known.rests_until:
        raise Unreachable("did not answer a moment ago")
    url = get_well_known_url(provider.issuer, external=True)
    said = _ask(provider, "GET", url, headers={"Accept": "application/json"})
    known.metadata, known.metadata_at = _checked(provider, said), time.monotonic()
    return known.metadata


def _checked(provider: Provider, answer: Answer) -> Metadata:
    try:
        if answer.status != 200:
            raise Unreachable(f"answered {answer.status}")
        said = answer.json()
        # OpenID Connect Discovery, 4.3: exactly the issuer that was asked.
        if said.get("issuer") != provider.issuer:
            raise Unreachable("names another issuer")
        needed = [_address(said, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        optional = [_address(said, name) for name in ("userinfo_endpoint", "end_session_endpoint")]
        if "" in needed:
            raise Unreachable("lacks an address")
    except Unreachable as fault:
        log.warning("identity provider %s: its metadata cannot be used: %s", provider.slug, fault)
        raise
    named = said.get("authorization_response_iss_parameter_supported") is True
    return Metadata(needed[0], needed[1], needed[2], optional[0], optional[1], named)


def _address(said: dict[str, Any], name: str) -> str:
    """An address of the metadata, "" where it has none. Raises Unreachable for what is none, or is not https."""
    address = said.get(name) or ""
    if address and not secure(address):
        raise Unreachable(f"gives an address that is none, or is not https: {name}")
    return str(address)


def keys(provider: Provider) -> tuple[Key, ...]:
    """The provider's public keys for signatures, asked again once they are old. Raises Unreachable."""
    known = _of(provider)
    age = settings.PARVIS_PROVIDERS_METADATA_AGE.total_seconds()
    if known.keys and time.monotonic() < known.keys_at + age:
        return known.keys
    return fresh_keys(provider)


def fresh_keys(provider: Provider, *, sparingly: bool = False) -> tuple[Key, ...]:
    """The provider's keys of right now: it may have changed them. Raises Unreachable.

    `sparingly`: anybody can make us ask (back-channel logout), so not again within `PARVIS_PROVIDERS_KEY_REST`.
    """
    known = _of(provider)
    rest = settings.PARVIS_PROVIDERS_KEY_REST.total_seconds()
    if sparingly and known.keys and time.monotonic() < known.keys_at + rest:
        return known.keys
    answer = _ask(provider, "GET", metadata(provider).keys, headers={"Accept": "application/json"})
    listed = answer.json().get("keys") if answer.status == 200 else None
    found = tuple(key for key in map(_key, listed if isinstance(listed, list) else []) if key is not None)
    if not found:
        log.warning("identity provider %s publishes no key", provider.slug)
        raise Unreachable("no key")
    known.keys, known.keys_at = found, time.monotonic()
    return found


def _key(data: Any) -> Key | None:
    """A public key that signs; None for what is of another kind, unknown or malformed (RFC 7517, 5)."""
    if not isinstance(data, dict) or data.get("kty") not in ("RSA", "EC") or data.get("use", "sig") != "sig":
        return None
    try:
        return import_key(data)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def authorization_address(provider: Provider, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
    """Where the browser goes to sign in there. Raises Unreachable, at once while the provider is left alone."""
    if time.monotonic() < _of(provider).rests_until:
        raise Unreachable("did not answer a moment ago")
    more: dict[str, str] = {}
    if provider.acr_values:
        more["acr_values"] = " ".join(provider.acr_values)
    if provider.claims:
        more["claims"] = json.dumps({"id_token": dict.fromkeys(provider.claims)}, separators=(",", ":"))
    address: str = prepare_grant_uri(
        metadata(provider).authorization,
        client_id=provider.client_id,
        response_type="code",
        redirect_uri=redirect_uri,
        scope=" ".join(provider.scopes),
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
        ui_locales="fr",
        **more,
    )
    return address


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the code was worth. Neither is ever logged or shown."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


def redeem(provider: Provider, *, code: str, redirect_uri: str, verifier: str) -> Tokens:
    """Change the code for tokens. Raises Unreachable, CodeRefused."""
    body = prepare_token_request("authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=verifier)
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    client = ClientAuth(provider.client_id, provider.secret, provider.client_authentication)
    url, headers, body = client.prepare("POST", metadata(provider).token, headers, body)
    answer = _ask(provider, "POST", url, headers=headers, body=body)
    said = answer.json()
    if "error" in said:
        log.warning("identity provider %s refused a code: %s", provider.slug, str(said["error"])[:60])
        raise CodeRefused
    tokens = [said.get(name) for name in ("id_token", "access_token")]
    if answer.status != 200 or not all(isinstance(token, str) and token for token in tokens):
        log.warning("identity provider %s gave no token: it answered %s", provider.slug, answer.status)
        raise Unreachable("gave no token")
    return Tokens(*tokens)  # type: ignore[arg-type]  # texts, as just checked


def userinfo(provider: Provider, access_token: str) -> Answer | None:
    """What the provider tells of the person besides; None where it has no such address. Raises Unreachable."""
    url = metadata(provider).userinfo
    if not url:
        return None
    headers = {"Accept": "application/json, application/jwt", "Authorization": f"Bearer {access_token}"}
    answer = _ask(provider, "GET", url, headers=headers)
    if answer.status != 200:
        log.warning("identity provider %s refuses its own token: %s", provider.slug, answer.status)
        raise Unreachable(f"answered {answer.status}")
    return answer


def end_session_address(provider: Provider) -> str:
    """Where signing out there begins; "" where it has no such address. Raises Unreachable."""
    return metadata(provider).end_session
