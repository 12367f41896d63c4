"""« Conseillers »: who works for which funds, for who supervises. The operator opens and closes accounts by command."""

from django.http import HttpResponse

from parvis.advisers.models import Adviser
from parvis.advisers.rules import AdviserRequest, adviser
from parvis.establishments.funds import FUNDS
from parvis.ground.pages import render


@adviser(role=Adviser.Role.SUPERVISOR)
def listing(request: AdviserRequest) -> HttpResponse:
    """Advisers who share a fund with who supervises, open accounts first."""
    mine = set(request.adviser.funds)
    found = [
        (one, ", ".join(FUNDS[code].short for code in one.funds.split(",")))
        for one in Adviser.objects.order_by("closed_at", "last_name", "first_name", "id")
        if mine & set(one.funds.split(",")) and one.last_name
    ]
    return render(request, "backoffice/advisers.html", {"found": found})
