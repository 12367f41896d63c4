from django.http import HttpResponse

from parvis.advisers import four_eyes
from parvis.advisers.rules import AdviserRequest, adviser
from parvis.ground.pages import render


@adviser()
def home(request: AdviserRequest) -> HttpResponse:
    """« Espace conseiller »: what waits for this adviser."""
    who = request.adviser
    return render(request, "backoffice/home.html", {"who": who, "waiting": four_eyes.waiting_acts().count()})
