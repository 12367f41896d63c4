"""Signing out at the provider too, once the session here is over (OpenID Connect RP-Initiated Logout 1.0)."""

from dataclasses import dataclass

from authlib.common.urls import add_params_to_uri
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from parvis.ground.identifiers.tokens import draw_token
from parvis.ground.sealing import Unsealable, seal, unseal
from parvis.identity.providers import client
from parvis.identity.providers.catalogue import Provider, provider

_TOKEN = "provider_token"  # noqa: S105  (where it is kept)
_LEAVING = "provider_leaving"
_PURPOSE = "provider id token"
# Beyond this some servers refuse an address: the provider then asks the person to confirm.
_LONGEST_HINT = 6_000


@dataclass(frozen=True, slots=True)
class Leaving:
    """The provider to leave. `token`: the sealed ID token that opened the session, "" where it is not known."""

    provider: str
    token: str


def remember(request: HttpRequest, slug: str, id_token: str) -> None:
    """Keep what the provider will want to see when its session ends, sealed, in the session that it opened."""
    request.session[_TOKEN] = {"provider": slug, "token": seal(id_token, purpose=_PURPOSE)}


def of(request: HttpRequest) -> Leaving | None:
    """What has to be left after this session: to be asked before it is over. None for a session of our own."""
    slug = request.session.get("provider", "")
    there = provider(slug)
    if there is None or not there.logout:
        return None
    kept = request.session.get(_TOKEN) or {}
    return Leaving(slug, kept["token"] if kept.get("provider") == slug else "")


def go(request: HttpRequest, leaving: Leaving) -> str:
    """Where to go after signing out here, in the new session: our page that leads to the provider's."""
    request.session[_LEAVING] = {"provider": leaving.provider, "token": leaving.token, "state": draw_token()}
    return reverse("identity:provider-leave", args=[leaving.provider])


def address(request: HttpRequest, there: Provider) -> str:
    """Where the provider ends its session and sends the browser back; "" where it has no such address.

    Raises client.Unreachable; LookupError where nobody leaves.
    """
    kept = request.session.get(_LEAVING)
    if not kept or kept["provider"] != there.slug:
        raise LookupError(there.slug)
    end = client.end_session_address(there)
    if not end:
        return ""
    try:
        hint = unseal(kept["token"], purpose=_PURPOSE) if kept["token"] else ""
    except Unsealable:
        hint = ""
    known = {"id_token_hint": hint} if 0 < len(hint) <= _LONGEST_HINT else {}
    back = settings.PARVIS_ADDRESS + reverse("identity:provider-left", args=[there.slug])
    asked = {
        **known,
        "client_id": there.client_id,
        "post_logout_redirect_uri": back,
        "state": kept["state"],
        "ui_locales": "fr",
    }
    return str(add_params_to_uri(end, list(asked.items())))


def back(request: HttpRequest, slug: str, state: str) -> bool:
    """Whether the browser comes back from leaving that provider: once."""
    kept = request.session.get(_LEAVING)
    if not kept or kept["provider"] != slug or kept["state"] != state:
        return False
    del request.session[_LEAVING]
    return True
