"""« Rechercher »: for everybody, and in an establishment for its people; what was typed stays in the box.

A NIR stands in no address. Whoever signed in sends what they look for by a POST: words lead to their own address, what
may be a NIR is answered at once, and goes on from page to page in forms. By an address it is not looked for at all.
"""

import functools
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from parvis.access.finding import LONGEST, SOURCES
from parvis.access.rules import BOTH, MemberRequest, member, visitor
from parvis.access.standing import Standing
from parvis.ground.identifiers.text import clean, showable
from parvis.ground.pages import render
from parvis.ground.pages.addresses import address
from parvis.ground.pages.numbering import page_asked
from parvis.ground.rules import SAFE, View
from parvis.information.search.everywhere import find_everywhere
from parvis.information.search.queries import LABELS, find
from parvis.regulations.identifiers.persons import looks_like_a_nir, tells_a_nir

# The address of who typed a number that may be a NIR where it is not looked for.
_TOLD = "?numero=1"
_NUMBER = re.compile(r"[0-9AB\W_]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, as typed; `only`: one kind. `sealed`: it may be a NIR, and is written into no address."""

    typed: str
    only: str
    page: int
    sealed: bool = False

    @property
    def text(self) -> str:
        """As it is looked for: a number that may be a NIR is one word, in whatever grouping it was typed."""
        if self.sealed and _NUMBER.fullmatch(self.typed):
            return "".join(filter(str.isalnum, self.typed))
        return self.typed


def _without_nirs(view: View) -> View:
    """A NIR that comes by an address goes into no other: not to the page of signing in, nor back from it."""

    @functools.wraps(view)
    def around(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in SAFE and tells_a_nir(clean(request.GET.get("q", ""))):
            return HttpResponseRedirect(request.path + _TOLD)
        return view(request, *args, **kwargs)

    return around


def _asked(request: HttpRequest, who: Standing | None) -> Asked | None:
    """What is looked for; None where it came by a POST and has an address of its own."""
    posted = request.method == "POST"
    given = request.POST if posted else request.GET
    # Under the name of a NIR: what bears it is not kept where the session is lost.
    typed = clean(showable(given.get("nir" if posted else "q", "")))[:LONGEST]
    sealed = posted and request.user.is_authenticated and tells_a_nir(typed)
    if posted and not sealed:
        return None
    only = given.get("dans", "")
    known = only in LABELS or (who is not None and only in SOURCES)
    return Asked(typed, only if known else "", page_asked(given.get("page", "1")), sealed)


def _onwards(request: HttpRequest) -> HttpResponse:
    """From a POST to the address of what was typed; a visitor's NIR has none."""
    typed = clean(showable(request.POST.get("nir", "")))[:LONGEST]
    query = _TOLD if tells_a_nir(typed) else "?" + urlencode({"q": typed})
    return HttpResponseRedirect(request.path + (query if typed else ""))


@_without_nirs
@visitor(methods=BOTH)
def search(request: HttpRequest) -> HttpResponse:
    """Help and news; for who has several establishments, what these hold too, each by the rights that they have there.

    Whoever else signed in is led to the same search in the establishment visited last.
    """
    if (asked := _asked(request, None)) is None:
        return _onwards(request)
    if _several(request):
        return _everywhere(request, asked)
    siret, _ = request.session.get("visited", ("", False)) if request.user.is_authenticated else ("", False)
    inside = address("information:search-here", siret) if siret else ""
    return _answered(request, asked, None, address("information:search"), inside)


@_without_nirs
@member(methods=BOTH, delegates=True, while_renewing=True)
def search_here(request: MemberRequest, siret: str) -> HttpResponse:
    """Help, news, the services that the person may open here, and what other packages find for them."""
    if (asked := _asked(request, request.standing)) is None:
        return _onwards(request)
    beyond = address("information:search") if _several(request) else ""
    return _answered(request, asked, request.standing, address("information:search-here", siret), beyond)


def _several(request: HttpRequest) -> bool:
    """Whether the person has several establishments, and may open their pages (as `access.rules` has it); never for
    advisers, whatever they see as."""
    held = request.session
    kept_out = held.get("office") or held.get("short_password")
    return request.user.is_authenticated and bool(held.get("several")) and not kept_out


def _answered(request: HttpRequest, asked: Asked, who: Standing | None, own: str, besides: str) -> HttpResponse:
    found = find(asked.text, who, only=asked.only)
    more = {"found": found, "total": found.total, "who": who, "places": (), "next_page": 0, "besides": besides}
    return _shown(request, asked, own, more)


def _everywhere(request: HttpRequest, asked: Asked) -> HttpResponse:
    held = find_everywhere(request.user.pk or 0, asked.text, page=asked.page, only=asked.only)
    more = {"found": held.findings, "total": held.total, "who": None, "places": held.places, "several": True}
    more |= {"next_page": held.page + 1 if held.further else 0, "later": held.page > 1, "besides": ""}
    return _shown(request, asked, address("information:search"), more)


def _shown(request: HttpRequest, asked: Asked, own: str, more: dict[str, Any]) -> HttpResponse:
    def href(base: str, kind: str = "", page: int = 0) -> str:
        more = {**({"dans": kind} if kind else {}), **({"page": page} if page else {})}
        return f"{base}?" + urlencode({"q": asked.typed, **more})

    context = {"several": False, "later": False, **more, "own": own, "asked": asked, "href": href}
    context["told"] = not asked.typed and request.GET.get("numero") == "1"
    context["whole_nir"] = looks_like_a_nir(asked.typed)
    return render(request, "information/search/results.html", context)
