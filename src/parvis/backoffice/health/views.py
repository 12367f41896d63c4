from django.http import HttpResponse

from parvis.advisers.models import Adviser
from parvis.advisers.rules import AdviserRequest, adviser
from parvis.ground import tenancy
from parvis.ground.health import findings
from parvis.ground.pages import render


@adviser(role=Adviser.Role.SUPERVISOR)
def health(request: AdviserRequest) -> HttpResponse:
    """Each thing that the site needs, and what to tell whoever runs it."""
    with tenancy.scope(read_only=True):
        # The queue's tables are the application's, not the advisers'.
        found = findings()
    return render(request, "backoffice/health/page.html", {"found": found})
