"""« Fermetures exceptionnelles »: the days on which a telephone is not answered, besides holidays."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.contacts import actions, queries
from parvis.backoffice.contacts.forms import ClosingForm
from parvis.ground.pages import render
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


@adviser(methods=BOTH)
def closings(request: AdviserRequest) -> HttpResponse:
    """Those to come, and the form that adds one. POST `geste`: verifier, corriger, enregistrer."""
    places = queries.telephones(request.adviser.funds)
    form = ClosingForm(request.POST or None, places=places)
    problems: list[tuple[str, str]] = []
    gesture = request.POST.get("geste", "")
    correcting, checked = gesture == "corriger", False
    if request.method == "POST" and not correcting and form.is_valid():
        checked = gesture != "enregistrer"
        if not checked:
            if not is_fresh(request):
                return ask_again(request)
            try:
                _close(request, form)
            except Refused as refusal:
                problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
            else:
                messages.success(request, "La fermeture est enregistrée\u00a0: le public la lit dès maintenant.")
                return HttpResponseRedirect(reverse("backoffice:contact-closings"))
    told = {"form": form, "places": dict(places), "lines": queries.closing_lines(), "checked": checked}
    problems = problems or ([] if correcting else form.problems)
    return render(request, "backoffice/contacts/closings.html", told | {"problems": problems})


def _close(request: AdviserRequest, form: ClosingForm) -> None:
    said = form.cleaned_data
    fund, _, where = said["where"].partition(":")
    actions.close(
        who=request.adviser,
        fund=fund,
        point=None if where == queries.ALL_OF_FUND else uuid.UUID(where),
        starts_on=said["starts_on"],
        ends_on=said["ends_on"],
        reason=said["reason"],
    )


@adviser(methods=BOTH)
def reopen(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """The closing does not take place."""
    line = next((one for one in queries.closing_lines() if one.ref == ref), None)
    if line is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            actions.reopen(who=request.adviser, ref=ref)
        except Refused as refusal:
            problems = [(refusal.message, "")]
        else:
            messages.success(request, "La fermeture est retirée.")
            return HttpResponseRedirect(reverse("backoffice:contact-closings"))
    return render(request, "backoffice/contacts/reopen.html", {"line": line, "problems": problems})
