"""« Nous contacter »: who are you, which fund, and then whom to ask, how, and when they answer."""

from django.http import HttpRequest, HttpResponse

from parvis.access.rules import visitor
from parvis.establishments.funds import FUNDS
from parvis.ground.pages import render
from parvis.ground.pages.addresses import address
from parvis.ground.territories import TERRITORIES
from parvis.information.articles import BY_SLUG
from parvis.information.contacts.audiences import BY_AUDIENCE, HINTS, WHO, funds_for
from parvis.information.contacts.forms import asked
from parvis.information.contacts.queries import contacts
from parvis.information.contacts.visiting import territory_of, visited_siret
from parvis.information.models import ContactPoint
from parvis.information.operator import operator

Audience = ContactPoint.Audience
# What answers first, most often.
FIRST_ANSWERS = (
    "mot-de-passe-oublie",
    "premiere-connexion",
    "retrouver-l-acces",
    "second-facteur",
    "demander-un-acces",
)
WRITING = "exchanges:new"


@visitor()
def contact(request: HttpRequest) -> HttpResponse:
    """`qui`, `fonds`, `lieu`; without them the page asks."""
    wanted = asked(request.GET, territory_of(request))
    known = wanted.audience is not None and wanted.fund is not None
    siret = visited_siret(request)
    return render(
        request,
        "information/contact.html",
        {
            "wanted": wanted,
            "problems": wanted.problems,
            "groups": contacts(wanted.fund.code, wanted.audience, wanted.territory) if known else [],  # type: ignore[union-attr, arg-type]
            "who": [(BY_AUDIENCE[audience], label, HINTS[audience], audience) for audience, label in WHO.items()],
            "funds": list(FUNDS.values()) if wanted.audience is None else funds_for(wanted.audience),
            "territories": list(TERRITORIES.values()),
            "for_employer": wanted.audience in (None, Audience.EMPLOYER),
            "articles": [BY_SLUG[slug] for slug in FIRST_ANSWERS],
            "writing_href": f"{address(WRITING, siret)}?fonds={wanted.fund.code}" if siret and wanted.fund else "",
            "operator": operator(),
        },
    )
