"""An account at a provider that is nobody's yet: kept in the browser's session until its owner, signed in, links it.

It is linked on a page that names both accounts and wants a fresh second factor, never in passing: at a shared computer
the next person to sign in is not always the one who came back from the provider.
"""

import datetime
from dataclasses import asdict, dataclass, replace

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from parvis.ground import clock
from parvis.identity.providers.catalogue import provider

_KEPT = "provider_link"


@dataclass(frozen=True, slots=True)
class Pending:
    """The account to link. `name`: how the provider calls the person; `siret`: what it proposes; `next`: after that."""

    provider: str
    subject: str
    name: str
    siret: str
    next: str
    at: float


def put(request: HttpRequest, *, slug: str, subject: str, name: str, siret: str, next: str) -> None:  # noqa: A002
    """Keep it for `PARVIS_PROVIDERS_LINK_VALIDITY`."""
    request.session[_KEPT] = asdict(Pending(slug, subject, name, siret, next, clock.now().timestamp()))


def held(request: HttpRequest) -> Pending | None:
    """The account that waits to be linked in this browser; None once it is too old."""
    kept = request.session.get(_KEPT)
    if kept is None:
        return None
    found = Pending(**kept)
    begun = datetime.datetime.fromtimestamp(found.at, datetime.UTC)
    live = begun <= clock.now() < begun + settings.PARVIS_PROVIDERS_LINK_VALIDITY
    return found if live and provider(found.provider) is not None else None


def drop(request: HttpRequest) -> None:
    """It waits no more."""
    request.session.pop(_KEPT, None)


def detour(request: HttpRequest, *, next: str) -> str:  # noqa: A002
    """For `entry.finish`: the page that links it, which goes on to `next`; "" where nothing waits."""
    found = held(request)
    if found is None:
        drop(request)
        return ""
    request.session[_KEPT] = asdict(replace(found, next=next))
    return reverse("identity:provider-link")
