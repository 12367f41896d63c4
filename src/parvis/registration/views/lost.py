"""« Code de suivi perdu »: reference and e-mail first, then the link of the e-mail, then the new code on the screen."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.rules import BOTH, visitor
from parvis.ground.tenancy import Refused
from parvis.identity import rates
from parvis.registration.actions import lost
from parvis.registration.forms import LostCodeForm
from parvis.registration.sealed import grouped
from parvis.registration.views.pages import page
from parvis.registration.visitors import let_follow


@visitor(methods=BOTH)
def ask(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether anything left or not."""
    form = LostCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reference = form.cleaned_data["reference"][:8]
        if (refused := rates.too_many_links(request, rates.REGISTRATION, reference)) is not None:
            return refused
        lost.ask(reference=reference, email=form.cleaned_data["email"])
        return HttpResponseRedirect(reverse("registration:lost-asked"))
    return page(request, "lost", {"form": form, "problems": form.problems if form.is_bound else []})


@visitor()
def asked(request: HttpRequest) -> HttpResponse:
    """What follows, whatever there is."""
    return page(request, "lost_asked")


@visitor(methods=BOTH)
def replace(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the e-mail: GET shows its button, POST replaces the code and leads to the page that shows it."""
    if request.method == "POST":
        try:
            reference, code = lost.replace(token)
        except Refused:
            return page(request, "lost_gone", status=410)
        request.session.cycle_key()
        let_follow(request, reference)
        request.session["registration_code"] = [reference, code]
        return HttpResponseRedirect(reverse("registration:follow", args=[reference]))
    found = lost.linked(token)
    if found is None:
        return page(request, "lost_gone", status=410)
    return page(request, "lost_replace", {"found": found, "reference": grouped(found.reference)})
