"""The page of an establishment, its accounts and its history, for advisers of its funds."""

from django.http import HttpResponse

from parvis.access.paging import paging
from parvis.access.queries.accounts import Filters, accounts
from parvis.advisers.rules import AdviserRequest, adviser
from parvis.backoffice.establishments.acting import offered
from parvis.backoffice.establishments.queries import sheet
from parvis.backoffice.traces import note_place
from parvis.establishments.funds import ALL
from parvis.establishments.models import Establishment
from parvis.ground.pages import render
from parvis.journal.kinds import KINDS
from parvis.journal.queries import HistoryFilters, history


@adviser()
def place(request: AdviserRequest, siret: str) -> HttpResponse:
    """Everything about one establishment."""
    note_place(request, request.adviser, request.establishment_id)
    found = sheet(request.establishment_id)
    return render(
        request,
        "backoffice/place.html",
        {"siret": siret, "found": found, "place": found.place, "acts": offered(request.adviser, found)},
    )


@adviser()
def place_accounts(request: AdviserRequest, siret: str) -> HttpResponse:
    """All its accounts, with the search and the pages of « Gestion des comptes »."""
    note_place(request, request.adviser, request.establishment_id)
    filters = Filters.parse(request.GET, ALL)
    listed = accounts(filters, oneself=0)
    return render(
        request,
        "backoffice/place_accounts.html",
        {
            "siret": siret,
            "place": Establishment.objects.get(pk=request.establishment_id),
            "listed": listed,
            "filters": listed.filters,
            "refs": _refs([row.id for row in listed.rows]),
            "paging": paging(
                listed.filters.page, listed.pages, listed.total, lambda page: listed.filters.query(page=page)
            ),
        },
    )


def _refs(ids: list[int]) -> dict[int, object]:
    from parvis.access.models import Membership

    return dict(Membership.objects.filter(pk__in=ids).values_list("pk", "ref"))


@adviser()
def place_history(request: AdviserRequest, siret: str) -> HttpResponse:
    """Its whole history, as its administrators read it."""
    note_place(request, request.adviser, request.establishment_id)
    filters = HistoryFilters.parse(request.GET)
    shown = history(filters)
    return render(
        request,
        "backoffice/place_history.html",
        {
            "siret": siret,
            "place": Establishment.objects.get(pk=request.establishment_id),
            "shown": shown,
            "filters": shown.filters,
            "kinds": sorted(KINDS.values(), key=lambda kind: kind.label),
            "problems": [(text, f"id_{name}") for name, text in filters.mistakes()],
            "paging": paging(shown.filters.page, shown.pages, shown.total, lambda page: filters.query(page=page)),
        },
    )
