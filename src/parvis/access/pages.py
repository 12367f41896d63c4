"""Account pages: each ends with « En cas de difficulté » and the establishment's administrators."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from parvis.access.queries.people import administrators
from parvis.access.rules import MemberRequest
from parvis.ground.pages import render


def page(
    request: MemberRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """An account page: `who`, `siret`, `administrators` and `alone` are there for the template.

    `alone`: the person is the only one who administers the establishment today.
    """
    who = request.standing
    found = administrators()
    return render(
        request,
        template,
        {
            "who": who,
            "siret": who.siret,
            "administrators": found,
            "alone": who.administers and len(found) < 2,
            **(context or {}),
        },
        status=status,
    )
