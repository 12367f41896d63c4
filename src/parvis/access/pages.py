"""Account pages: each ends with « En cas de difficulté » and the establishment's administrators."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from parvis.access.rules import MemberRequest
from parvis.access.sections import sections
from parvis.ground.pages import render


def page(
    request: MemberRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """An account page: `who`, `siret`, `administrators`, `others` and `alone` are there for the template.

    `others`: whom the person can ask, for nobody is told to ask themselves.
    `alone`: the person is the only one who administers the establishment today.
    """
    who = request.standing
    found = tuple(who.administrators.values())
    return render(
        request,
        template,
        {
            "who": who,
            "siret": who.siret,
            "administrators": found,
            "others": who.others_who_administer,
            "alone": who.administers and len(found) < 2,
            "sections": sections,
            **(context or {}),
        },
        status=status,
    )
