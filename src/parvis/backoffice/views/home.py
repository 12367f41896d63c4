from django.http import HttpResponse

from parvis.advisers.rules import AdviserRequest, adviser
from parvis.backoffice.queues import queues
from parvis.establishments.funds import FUNDS
from parvis.ground.pages import render


@adviser()
def home(request: AdviserRequest) -> HttpResponse:
    """« Espace conseiller »: the search, and what waits for advisers of these funds."""
    who = request.adviser
    funds = ", ".join(FUNDS[code].short for code in who.funds)
    return render(request, "backoffice/home.html", {"who": who, "queues": queues(), "funds": funds})
