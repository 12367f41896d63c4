"""What is believed of a provider's answers: signed by one of its keys, about this very sign-in, now.

Signatures are joserfc's, the claims of an ID token authlib's; the rest follows OpenID Connect Core 3.1.3.7 and 5.3.2,
and Back-Channel Logout 2.4 to 2.6.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from django.conf import settings
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import Key

from parvis.ground import clock
from parvis.identity.providers import client
from parvis.identity.providers.catalogue import Provider

log = logging.getLogger(__name__)

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST = 255
# What a malformed token can raise besides joserfc's own faults, wherever it is malformed.
_FAULTS = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class Untrusted(Exception):
    """An answer that is not the provider's, not for us, not for this sign-in or not of now. What it says is logged."""


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """Who signed out at the provider: one session of theirs (`session`), or all of `subject`'s. `token_id`: once."""

    subject: str
    session: str
    token_id: str


def id_token(provider: Provider, token: str, *, nonce: str, access_token: str) -> dict[str, Any]:
    """The claims of an ID token. Raises Untrusted, Unreachable."""
    read = _verified(provider, token)
    claims = CodeIDToken(
        read.claims,
        read.header,
        {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        },
        {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
    )
    try:
        claims.validate(now=_now(), leeway=provider.skew)
    except _FAULTS as fault:
        raise _untrusted(provider, "ID token", fault) from fault
    subject = claims["sub"]
    if not (1 <= len(subject) <= _LONGEST and subject.isprintable()):
        raise _untrusted(provider, "ID token", "a subject that is none")
    return dict(claims)


def userinfo(provider: Provider, answer: client.Answer, *, subject: str) -> dict[str, Any]:
    """What is told of the person, as JSON or signed, and about nobody else. Raises Untrusted, Unreachable."""
    if answer.kind == "application/jwt":
        claims = _verified(provider, answer.body.decode("ascii", "replace").strip()).claims
        registry = jwt.JWTClaimsRegistry(
            now=_now(),
            leeway=provider.skew,
            iss={"value": provider.issuer},
            aud={"value": provider.client_id},
        )
        try:
            registry.validate(claims)
        except _FAULTS as fault:
            raise _untrusted(provider, "userinfo", fault) from fault
    else:
        claims = answer.json()
    if claims.get("sub") != subject:
        raise _untrusted(provider, "userinfo", "it is about somebody else")
    return claims


def logout_token(provider: Provider, token: str) -> LoggedOut:
    """Who signed out there. Raises Untrusted, Unreachable."""
    read = _verified(provider, token, sparingly=True)
    claims, now = read.claims, _now()
    registry = jwt.JWTClaimsRegistry(
        now=now,
        leeway=provider.skew,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        iat={"essential": True},
        jti={"essential": True},
        events={"essential": True},
    )
    try:
        registry.validate(claims)
        if str(read.header.get("typ", "logout+jwt")).lower() not in ("logout+jwt", "jwt"):
            raise ValueError("another type of token")
        events = claims["events"]
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise ValueError("no event of logout")
        if "nonce" in claims:
            raise ValueError("a nonce: it is an ID token")
        if claims["iat"] < now - provider.skew - settings.PARVIS_PROVIDERS_LOGOUT_AGE.total_seconds():
            raise ValueError("issued too long ago")
        subject, session = _text(claims, "sub"), _text(claims, "sid")
        if not subject and not session:
            raise ValueError("about nobody")
    except _FAULTS as fault:
        raise _untrusted(provider, "logout token", fault) from fault
    return LoggedOut(subject, session, claims["jti"])


def _text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that may be missing. Raises ValueError where it is no text, or too long a one."""
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isprintable():
        raise ValueError(f"{name} is no text")
    return value


def session_of(claims: Mapping[str, Any]) -> str:
    """The provider's own session (« sid »), under which signing out there ends ours; "" where it names none."""
    try:
        return _text(claims, "sid")
    except ValueError:
        return ""


def _now() -> int:
    return int(clock.now().timestamp())


def _untrusted(provider: Provider, what: str, why: object) -> Untrusted:
    log.warning("identity provider %s: %s not believed: %s", provider.slug, what, why)
    return Untrusted(f"{what}: {why}")


def _verified(provider: Provider, token: str, *, sparingly: bool = False) -> jwt.Token:
    """A token that one of the provider's keys signed. An unknown key is looked for once: they change."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm, kid = header["alg"], header.get("kid")
    except _FAULTS as fault:
        raise _untrusted(provider, "token", fault) from fault
    if algorithm not in provider.algorithms:
        raise _untrusted(provider, "token", "signed in a way that is not allowed")
    known = client.keys(provider)
    read = _opened(token, provider, known, kid)
    if read is None:
        fresh = client.fresh_keys(provider, sparingly=sparingly)
        read = None if fresh is known else _opened(token, provider, fresh, kid)
    if read is None:
        raise _untrusted(provider, "token", "signed by none of its keys")
    return read


def _opened(token: str, provider: Provider, keys: tuple[Key, ...], kid: Any) -> jwt.Token | None:
    """The token, by the key that it names, or by any where it names none."""
    for key in keys:
        if kid is None or key.kid == kid:
            try:
                return jwt.decode(token, key, algorithms=list(provider.algorithms))
            except BadSignatureError:
                continue
            except _FAULTS:
                # A key of another type than the algorithm wants.
                continue
    return None
