"""« Présentation de la plateforme » for a visitor, one's own place for who is signed in; the site map."""

from django.http import HttpRequest, HttpResponse

from parvis.access.rules import visitor
from parvis.access.views.home import start as to_ones_own_place
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.ground.rules import public
from parvis.ground.territories import HEXAGONE
from parvis.information.contacts.queries import closings, in_force, shown
from parvis.information.funds.texts import TEXTS
from parvis.information.models import ContactPoint
from parvis.information.news.queries import latest_public
from parvis.information.site_map import site_map

NEWS_SHOWN = 3


@public()
def start(request: HttpRequest) -> HttpResponse:
    """Everybody arrives here: who is signed in goes on to their establishment, a visitor reads what Parvis is."""
    if request.user.is_authenticated:
        return to_ones_own_place(request)
    return _presented(request)


@visitor()
def presentation(request: HttpRequest) -> HttpResponse:
    """The presentation at an address of its own: who is signed in reads it too, in their own frame."""
    return _presented(request)


def _presented(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "information/start.html",
        {
            "funds": [(fund, TEXTS[code][0]) for code, fund in FUNDS.items()],
            "news": latest_public(NEWS_SHOWN),
            "telephones": _telephones(),
        },
    )


def _telephones() -> list[tuple[str, object]]:
    """The telephones that answer employers, with their funds: several make a link to them all."""
    today = clock.today()
    points = [
        one
        for one in in_force(today)
        if one.channel == ContactPoint.Channel.PHONE and ContactPoint.Audience.EMPLOYER in one.audiences
    ]
    closed = closings(today) if points else []
    return [(FUNDS[one.fund].short, shown(one, closed, HEXAGONE)) for one in points]


@visitor()
def site_map_page(request: HttpRequest) -> HttpResponse:
    """« Plan du site »."""
    return render(request, "information/site_map.html", {"groups": site_map()})
