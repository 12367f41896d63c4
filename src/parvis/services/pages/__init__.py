"""What the pages of the services share: the frame of a page, a line of a summary, a form that keeps what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from parvis.access.levels import Level
from parvis.access.pages import page as account_page
from parvis.access.registry import Service
from parvis.access.rules import MemberRequest


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a summary list. `value` is a string, or safe HTML."""

    term: str
    value: str
    href: str = ""
    action: str = ""
    hidden_text: str = ""


def page(
    request: MemberRequest, service: Service, template: str, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """A page of a service; `may_write` says whether controls are drawn at all, `was_kept` whether typing came back."""
    shared = {
        "service": service,
        "service_href": service.address(request.standing.siret),
        "may_write": request.decision.level >= Level.WRITE,
        "was_kept": getattr(request, "kept", False),
    }
    return account_page(request, template, {**shared, **(context or {})})
