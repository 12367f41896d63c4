"""« Copie de mes données »: what it holds, and its two files, each after a fresh second factor and with an event."""

from collections.abc import Callable

from django.http import HttpResponse

from parvis.access.my_data.copying import Copy, copy_of
from parvis.access.my_data.files import as_json, as_pdf
from parvis.access.queries.mine import each_once, my_administrators
from parvis.access.rules import SignedInRequest, signed_in
from parvis.ground import clock, rules, tenancy
from parvis.ground.pages import render
from parvis.ground.tables import download
from parvis.identity.entry import ask_again, is_fresh
from parvis.journal.actions import Actor, record

# No HEAD: each copy leaves its event.
GET = ("GET",)


@signed_in()
def my_data(request: SignedInRequest) -> HttpResponse:
    """What the copy holds, and the links to its two files."""
    return render(request, "access/me/data.html", {"administrators": each_once(my_administrators())})


@signed_in(methods=GET)
def json_copy(request: SignedInRequest) -> HttpResponse:
    """Everything, for a machine."""
    return _copied(request, as_json, "json", "application/json")


@signed_in(methods=GET)
def pdf_copy(request: SignedInRequest) -> HttpResponse:
    """The same to read."""
    return _copied(request, as_pdf, "pdf", "application/pdf")


def _copied(request: SignedInRequest, make: Callable[[Copy], bytes], ending: str, kind: str) -> HttpResponse:
    if not is_fresh(request):
        return ask_again(request)
    person = request.user.pk
    made = make(copy_of(person, f"{request.user.first_name} {request.user.last_name}"))

    def noted() -> None:
        with tenancy.scope(person=person, role=tenancy.PERSON):
            record(
                "identity.data_copied",
                actor=Actor(ref=None, person_id=person),
                person=person,
                after={"format": ending},
            )

    rules.after(request, noted)
    return download(made, f"parvis-mes-donnees-{clock.today():%Y-%m-%d}.{ending}", kind)
