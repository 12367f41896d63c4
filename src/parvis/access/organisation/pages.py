"""The pages of an organisation that acts for others: 404 for any other establishment; its own sections above each."""

import functools
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse

from parvis.access.pages import page
from parvis.access.rules import MemberRequest
from parvis.access.standing import Standing
from parvis.ground.pages.addresses import address
from parvis.ground.rules import View

# Code, label, address, for who administers alone.
SECTIONS = (
    ("suivis", "Établissements", "access:clients", False),
    ("portefeuilles", "Portefeuilles", "access:portfolios", False),
    ("propositions", "Propositions", "access:batch-following", True),
)


def of_organisation(view: View) -> View:
    """Under the rule's decorator: an establishment that does not act for others has no such page."""

    @functools.wraps(view)
    def inside(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.standing.acts_for_others:
            raise Http404
        return view(request, *args, **kwargs)

    return inside


def _sections(who: Standing, current: str) -> list[tuple[str, str, bool]]:
    return [
        (label, address(name, who.siret), code == current)
        for code, label, name, administers in SECTIONS
        if who.administers or not administers
    ]


def organisation_page(
    request: MemberRequest, template: str, section: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the organisation, with its sections."""
    shown = {"own_sections": _sections(request.standing, section), **context}
    return page(request, f"access/organisation/{template}", shown, status=status)
