"""« Retrouver l’accès » for who calls: the adviser writes what they are told; it counts no more than on the form."""

from typing import Any

from django.http import HttpResponse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.establishments.models import Establishment
from parvis.ground.pages import render
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.recovery.actions.opening import Opened, Request, open_by_adviser
from parvis.recovery.forms import RequestForm
from parvis.recovery.models import Case


class CallersForm(RequestForm):
    """The public form without the SIRET, which the address says, and without files, which no call brings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["siret"], self.fields["proofs"]


@adviser(methods=BOTH)
def begin(request: AdviserRequest, siret: str) -> HttpResponse:
    """Open the request; the page that answers shows, once, the reference and code to read out to the caller."""
    place = Establishment.objects.get(pk=request.establishment_id)
    form = CallersForm(request.POST or None)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        if form.is_valid():
            try:
                opened = _opened(request, form)
            except Refused as refusal:
                problems = [(refusal.message, "")]
            else:
                return render(request, "backoffice/place_recovery_done.html", {"place": place, "opened": opened})
        problems = problems or form.problems
    return render(request, "backoffice/place_recovery.html", {"place": place, "form": form, "problems": problems})


def _opened(request: AdviserRequest, form: CallersForm) -> Opened:
    asked = Request(form.coordinates(), Case.Why(form.cleaned_data["why"]), form.cleaned_data["explanation"])
    return open_by_adviser(who=request.adviser, establishment_id=request.establishment_id, request=asked)
