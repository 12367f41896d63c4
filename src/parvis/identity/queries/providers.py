"""The identity providers as pages show them: on the sign-in page, and in « Mon compte »."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from parvis.identity.providers import pending
from parvis.identity.providers.catalogue import name_of, providers


@dataclass(frozen=True, slots=True)
class Way:
    """A provider, and where its link leads."""

    slug: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An account at a provider that its owner, once signed in, will be asked to link."""

    provider: str
    account: str


@dataclass(frozen=True, slots=True)
class Ways:
    """What the sign-in page says of providers; nothing where none is configured."""

    providers: tuple[Way, ...]
    waiting: Waiting | None


def ways(request: HttpRequest, *, suite: str = "") -> Ways:
    """For the sign-in page: no provider is asked anything. `suite`: the page of ours to land on."""
    more = f"?{urlencode({'suite': suite})}" if suite else ""
    waits = pending.held(request)
    return Ways(
        tuple(
            Way(one.slug, one.name, reverse("identity:provider-sign-in", args=[one.slug]) + more)
            for one in providers().values()
        ),
        Waiting(name_of(waits.provider), waits.name) if waits else None,
    )


def addable() -> tuple[Way, ...]:
    """For « Mon compte »: the providers of which an account can be linked, with the link that begins it."""
    return tuple(
        Way(one.slug, one.name, reverse("identity:provider-add", args=[one.slug])) for one in providers().values()
    )
