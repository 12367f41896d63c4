"""« Les fonds », and the page of each: what Parvis offers for it, what is owed to it, its news, whom to ask."""

from django.http import Http404, HttpRequest, HttpResponse

from parvis.access.registry import catalogue
from parvis.access.rules import visitor
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.information.contacts.audiences import BY_AUDIENCE, OF_AGENTS
from parvis.information.contacts.queries import contacts
from parvis.information.contacts.visiting import territory_of
from parvis.information.funds.duties import duties
from parvis.information.funds.texts import TEXTS
from parvis.information.models import ContactPoint
from parvis.information.news.queries import latest_public

Audience = ContactPoint.Audience
NEWS_SHOWN = 3
YOU_ARE = {Audience.ACTIVE: "agent, en activité", Audience.RETIRED: "à la retraite"}


@visitor()
def funds(request: HttpRequest) -> HttpResponse:
    """Every fund, with a sentence on each."""
    listed = [(fund, TEXTS[code][0]) for code, fund in FUNDS.items()]
    return render(request, "information/funds/list.html", {"funds": listed})


@visitor()
def fund(request: HttpRequest, fund: str) -> HttpResponse:
    """The entry page of a fund; 404 for a name that is none of theirs."""
    shown = FUNDS.get(fund)
    if shown is None:
        raise Http404
    about, whom = TEXTS[fund]
    return render(
        request,
        "information/funds/one.html",
        {
            "fund": shown,
            "about": about,
            "whom": whom,
            "services": catalogue([fund]),
            "duties": duties(fund, clock.today()),
            "news": latest_public(NEWS_SHOWN, fund=fund),
            "groups": contacts(fund, Audience.EMPLOYER, territory_of(request)),
            "others": [(BY_AUDIENCE[audience], YOU_ARE[audience]) for audience in YOU_ARE if fund in OF_AGENTS],
        },
    )
