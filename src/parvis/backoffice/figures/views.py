"""« Chiffres », for who supervises."""

from django.http import HttpResponse

from parvis.advisers.models import Adviser
from parvis.advisers.rules import AdviserRequest, adviser
from parvis.backoffice.figures.queries import DAYS, figures
from parvis.establishments.funds import FUNDS
from parvis.ground.pages import render


@adviser(role=Adviser.Role.SUPERVISOR)
def shown(request: AdviserRequest) -> HttpResponse:
    """Each figure is a table that draws its own bars."""
    funds = ", ".join(FUNDS[code].short for code in request.adviser.funds)
    return render(request, "backoffice/figures.html", {"figures": figures(), "funds": funds, "days": DAYS})
