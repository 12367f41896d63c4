"""The pages that say no, and who can help: a 403 names the establishment's administrators."""

from django.http import HttpRequest, HttpResponse

from parvis.access.decision import Standing
from parvis.access.levels import Level
from parvis.access.queries.people import administrators
from parvis.access.registry import Service
from parvis.ground.pages import render


def refuse(
    request: HttpRequest, who: Standing, *, what: str, service: Service | None = None, level: Level = Level.NONE
) -> HttpResponse:
    """A 403. `what`: closed (the account is not open), administrator, or service (a level too low)."""
    return render(
        request,
        "access/refused.html",
        {
            "what": what,
            "who": who,
            "service": service,
            "level": level,
            "administrators": administrators(except_membership=who.membership_id),
        },
        status=403,
    )
