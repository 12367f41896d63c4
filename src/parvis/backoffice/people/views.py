"""The page of a person, for advisers of a fund that one of their establishments deals with."""

import uuid

from django.http import Http404, HttpResponse

from parvis.advisers.rules import AdviserRequest, adviser
from parvis.backoffice.calls.actions import current
from parvis.backoffice.people.acting import offered
from parvis.backoffice.people.queries import accounts, sign_in
from parvis.backoffice.traces import note_person
from parvis.ground.pages import render


@adviser()
def person(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """By one of their accounts: all of them, and how the person signs in."""
    held = accounts(ref)
    if not held:
        raise Http404
    note_person(request, request.adviser, [(one.place, one.ref) for one in held])
    state = sign_in(ref)
    return render(
        request,
        "backoffice/person.html",
        {
            "account": held[0],
            "held": held,
            "state": state,
            "call": current(request.adviser),
            "acts": {one.ref: offered(one, state) for one in held},
        },
    )
