"""« Rechercher »: for everybody, and in an establishment for its people; what was typed stays in the box."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from parvis.access.finding import SOURCES
from parvis.access.rules import MemberRequest, member, visitor
from parvis.access.standing import Standing
from parvis.ground.pages import render
from parvis.ground.pages.addresses import address
from parvis.information.search.everywhere import find_everywhere
from parvis.information.search.queries import LABELS, find


@visitor()
def search(request: HttpRequest) -> HttpResponse:
    """Help and news; for who has several establishments, what these hold too, each by the rights that they have there.

    Whoever else signed in is led to the same search in the establishment visited last.
    """
    if _several(request):
        return _everywhere(request)
    siret, _ = request.session.get("visited", ("", False)) if request.user.is_authenticated else ("", False)
    inside = address("information:search-here", siret) if siret else ""
    return _answered(request, None, address("information:search"), inside)


@member(delegates=True)
def search_here(request: MemberRequest, siret: str) -> HttpResponse:
    """Help, news, the services that the person may open here, and what other packages find for them."""
    beyond = address("information:search") if _several(request) else ""
    return _answered(request, request.standing, address("information:search-here", siret), beyond)


def _several(request: HttpRequest) -> bool:
    """Whether the person has several establishments, and may open their pages (as `access.rules` has it); never for
    advisers, whatever they see as."""
    held = request.session
    kept_out = held.get("office") or held.get("short_password")
    return request.user.is_authenticated and bool(held.get("several")) and not kept_out


def _only(request: HttpRequest, who: Standing | None) -> str:
    only = request.GET.get("dans", "")
    return only if only in LABELS or (who is not None and only in SOURCES) else ""


def _answered(request: HttpRequest, who: Standing | None, own: str, besides: str) -> HttpResponse:
    only = _only(request, who)
    found = find(request.GET.get("q", ""), who, only=only)
    shown = {"found": found, "total": found.total, "who": who, "places": (), "further": "", "first": ""}
    return _shown(request, own, only, {**shown, "besides": besides and f"{besides}?{urlencode({'q': found.q})}"})


def _everywhere(request: HttpRequest) -> HttpResponse:
    only, typed = _only(request, None), request.GET.get("page", "1")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1
    held = find_everywhere(request.user.pk or 0, request.GET.get("q", ""), page=max(1, number), only=only)
    further = "?" + urlencode({"q": held.findings.q, "page": held.page + 1}) if held.further else ""
    first = "?" + urlencode({"q": held.findings.q}) if held.page > 1 else ""
    shown = {"found": held.findings, "total": held.total, "who": None, "places": held.places, "further": further}
    return _shown(
        request, address("information:search"), only, {**shown, "first": first, "besides": "", "several": True}
    )


def _shown(request: HttpRequest, own: str, only: str, more: dict[str, Any]) -> HttpResponse:
    q = more["found"].q

    def href(kind: str = "", base: str = own) -> str:
        return f"{base}?" + urlencode({"q": q, **({"dans": kind} if kind else {})})

    context = {"several": False, **more, "own": own, "only": only, "href": href}
    return render(request, "information/search/results.html", context)
