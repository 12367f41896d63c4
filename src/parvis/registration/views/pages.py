"""What the public pages share: the steps, and who has gone far enough to see one."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.ground import files
from parvis.ground.pages import render
from parvis.identity.providers.catalogue import providers
from parvis.identity.queries.providers import Way
from parvis.registration.looking import Looked, look
from parvis.registration.visitors import Visit, visit

STEPS = ("SIRET", "Vos coordonnées", "Votre preuve", "Votre accès")


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page under `templates/registration/`, kept by no cache: it may name somebody."""
    answer = render(
        request,
        f"registration/{template}.html",
        {
            "steps": STEPS,
            "problems": [],
            "days": settings.PARVIS_REGISTRATION_TARGET_DAYS,
            "accept": files.ACCEPT,
            "most": settings.PARVIS_REGISTRATION_FILES,
            "megabytes": settings.PARVIS_FILE_SIZE // 1_000_000,
            **(context or {}),
        },
        status=status,
    )
    answer["Cache-Control"] = "no-store"
    return answer


def to_start() -> HttpResponse:
    """Back to the first question: this browser asked nothing, or its session is over."""
    return HttpResponseRedirect(reverse("registration:start"))


def to_answer() -> HttpResponse:
    """To the answer for the SIRET of this browser."""
    return HttpResponseRedirect(reverse("registration:answer"))


def looked(request: HttpRequest) -> tuple[Visit, Looked] | None:
    """What this browser is at, and what its SIRET answers now."""
    held = visit(request)
    return (held, look(held.siret)) if held else None


def provider_ways() -> tuple[Way, ...]:
    """The providers that can say for which establishment somebody works."""
    return tuple(
        Way(one.slug, one.name, reverse("registration:provider", args=[one.slug]))
        for one in providers().values()
        if one.siret_claims
    )
