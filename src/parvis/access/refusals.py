"""The pages that say no, and who can help: a 403 names the establishment's administrators."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from parvis.access.asking.queries import asking
from parvis.access.levels import Level
from parvis.access.queries.people import organisation_administrators
from parvis.access.registry import Service
from parvis.access.standing import Standing
from parvis.ground.pages import render


def refuse(
    request: HttpRequest, who: Standing, *, what: str, service: Service | None = None, level: Level = Level.NONE
) -> HttpResponse:
    """A 403. `what`: closed (the account is not open), renewing, limited (after a recovery), administrator, delegate
    (what no delegation opens), service (a level too low), terms (the services are closed until they are accepted) or
    accept (an administrator alone accepts them)."""
    # A delegate asks those of their own organisation.
    found = organisation_administrators(who) if who.delegate else who.others_who_administer
    return render(
        request,
        "access/terms/refused.html" if what in ("terms", "accept") else "access/refused.html",
        {
            "what": what,
            "who": who,
            "service": service,
            "level": level,
            "months": settings.PARVIS_EXPIRY_MONTHS,
            "administrators": found,
            "asking": asking(who, service, others=len(found)) if service and what == "service" else None,
        },
        status=403,
    )
