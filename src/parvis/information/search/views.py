"""« Rechercher »: for everybody, and in an establishment for its people; what was typed stays in the box."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from parvis.access.finding import SOURCES
from parvis.access.rules import MemberRequest, member, visitor
from parvis.access.standing import Standing
from parvis.ground.pages import render
from parvis.ground.pages.addresses import address
from parvis.information.search.queries import LABELS, find


@visitor()
def search(request: HttpRequest) -> HttpResponse:
    """Help and news. Who signed in is led to the same search in the establishment visited last."""
    siret, _ = request.session.get("visited", ("", False)) if request.user.is_authenticated else ("", False)
    inside = address("information:search-here", siret) if siret else ""
    return _answered(request, None, address("information:search"), inside)


@member(delegates=True)
def search_here(request: MemberRequest, siret: str) -> HttpResponse:
    """Help, news, the services that the person may open here, and what other packages find for them."""
    return _answered(request, request.standing, address("information:search-here", siret), "")


def _answered(request: HttpRequest, who: Standing | None, own: str, inside: str) -> HttpResponse:
    only = request.GET.get("dans", "")
    only = only if only in LABELS or (who is not None and only in SOURCES) else ""
    found = find(request.GET.get("q", ""), who, only=only)

    def href(kind: str = "") -> str:
        return f"{own}?" + urlencode({"q": found.q, **({"dans": kind} if kind else {})})

    return render(
        request,
        "information/search/results.html",
        {
            "found": found,
            "who": who,
            "own": own,
            "only": only,
            "inside": f"{inside}?{urlencode({'q': found.q})}" if inside else "",
            "href": href,
        },
    )
