"""« Rechercher »: one box, two lists."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse

from parvis.access.paging import paging
from parvis.advisers.rules import AdviserRequest, adviser
from parvis.backoffice.search.queries import Found, people, places
from parvis.backoffice.search.typed import read
from parvis.ground.pages import render
from parvis.ground.pages.numbering import page_asked

PLACES, PEOPLE = "etablissements", "personnes"


@adviser()
def search(request: AdviserRequest) -> HttpResponse:
    """What was typed, in establishments and in accounts; `dans` says which of the two is shown."""
    typed = read(request.GET.get("q", ""))
    number = request.GET.get("page", "1")
    page = page_asked(number)
    asked = request.GET.get("dans", "")
    if typed.empty:
        return render(request, "backoffice/search.html", {"typed": typed, "found": None})
    found: dict[str, Found[Any]] = {
        PLACES: places(typed, page=max(1, page) if asked == PLACES else 1),
        PEOPLE: people(typed, page=max(1, page) if asked == PEOPLE else 1),
    }
    shown = asked if asked in found else PLACES if found[PLACES].total or not found[PEOPLE].total else PEOPLE

    def address(page: int = 1, within: str = shown) -> str:
        pairs = {"q": typed.text, "dans": within, **({"page": page} if page > 1 else {})}
        return "?" + urlencode(pairs)

    listed = found[shown]
    return render(
        request,
        "backoffice/search.html",
        {
            "typed": typed,
            "shown": shown,
            "found": listed,
            "tabs": [
                (f"Établissements ({found[PLACES].said})", address(1, PLACES), shown == PLACES),
                (f"Personnes ({found[PEOPLE].said})", address(1, PEOPLE), shown == PEOPLE),
            ],
            "paging": paging(listed.page, listed.pages, listed.shown, address),
        },
    )
