"""Who came back from a provider: the code is redeemed, the ID token and the rest believed or not, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parvis.ground import clock
from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.identifiers.text import clean
from parvis.identity.providers import client, tokens
from parvis.identity.providers.catalogue import Provider
from parvis.identity.providers.states import Started

_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Identified:
    """The provider's account. `subject` alone names it; `name` is shown before it is linked, `siret` proposes a page.

    `authority`: whether the provider states, in a way that the settings name, that they may commit that establishment;
    `given_name`, `family_name`, `email`: as it calls them, to fill a form. `session`: theirs, for signing out;
    `factor_at`: when two factors were given there (`two_factors`), if they say it.
    """

    provider: Provider
    subject: str
    session: str
    name: str
    siret: str
    two_factors: bool
    factor_at: float | None
    id_token: str = field(repr=False)
    authority: bool = False
    given_name: str = ""
    family_name: str = ""
    email: str = ""


def identify(provider: Provider, started: Started, *, code: str, redirect_uri: str) -> Identified:
    """Who it is. Raises client.Unreachable, client.CodeRefused, tokens.Untrusted."""
    held = client.redeem(provider, code=code, redirect_uri=redirect_uri, verifier=started.verifier)
    claims = tokens.id_token(provider, held.id_token, nonce=started.nonce, access_token=held.access_token)
    subject = claims["sub"]
    answer = client.userinfo(provider, held.access_token)
    told = {} if answer is None else tokens.userinfo(provider, answer, subject=subject)
    trusted = two_factors(provider, claims)
    return Identified(
        provider=provider,
        subject=subject,
        session=tokens.session_of(claims),
        name=_name(told) or _name(claims),
        siret=_siret(provider, told) or _siret(provider, claims),
        two_factors=trusted,
        factor_at=_moment(claims.get("auth_time"), provider.skew) if trusted else None,
        id_token=held.id_token,
        authority=_authority(provider, told) or _authority(provider, claims),
        **{name: _text(told.get(name)) or _text(claims.get(name)) for name in ("given_name", "family_name", "email")},
    )


def two_factors(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether the signed ID token says, in a way that the settings trust, that two factors were given there."""
    if isinstance(claims.get("acr"), str) and claims["acr"] in provider.trusted_acr:
        return True
    said = claims.get("amr")
    methods = {one for one in said if isinstance(one, str)} if isinstance(said, list) else set()
    return any(set(wanted.split("+")) <= methods for wanted in provider.trusted_amr)


def _moment(value: Any, skew: int) -> float | None:
    """An instant of the past, in seconds; None for what is no number, or of the future by more than the clocks may."""
    now = clock.now().timestamp()
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= now + skew:
        return None
    return min(float(value), now)


def _name(claims: Mapping[str, Any]) -> str:
    """How the provider calls the person, for them to recognise: a name, or else an address."""
    given = " ".join(str(claims[key]) for key in ("given_name", "family_name") if isinstance(claims.get(key), str))
    usual = " ".join(str(claims[key]) for key in ("given_name", "usual_name") if isinstance(claims.get(key), str))
    for found in (claims.get("name"), given if claims.get("family_name") else usual, claims.get("email")):
        if isinstance(found, str) and found.strip():
            shown = clean(found)
            return shown if len(shown) <= _NAME_LENGTH else shown[:_NAME_LENGTH] + "…"
    return ""


def _text(value: Any) -> str:
    return clean(value)[:_NAME_LENGTH] if isinstance(value, str) else ""


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """What stands under a path (« organization.siret »); None where there is nothing."""
    value: Any = claims
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _authority(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether one of the provider's claims of authority is there, with its very value, alone or in a list."""
    for wanted in provider.authority_claims:
        path, _, value = wanted.partition("=")
        found = _at(claims, path)
        if value in (found if isinstance(found, list) else [str(found).lower() if found is True else found]):
            return True
    return False


def _siret(provider: Provider, claims: Mapping[str, Any]) -> str:
    """The first SIRET under one of the provider's paths; "" where there is none, or none that exists."""
    for path in provider.siret_claims:
        value = _at(claims, path)
        if isinstance(value, str | int) and not isinstance(value, bool):
            try:
                return parse_siret(str(value))
            except ValueError:
                continue
    return ""
