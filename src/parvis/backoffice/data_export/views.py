"""« Demandes d’accès »: the list, asking, and the archive."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, POST, AdviserRequest, adviser
from parvis.backoffice.data_export.actions import ask, take
from parvis.backoffice.data_export.forms import AccessRequestForm
from parvis.backoffice.data_export.queries import requests
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.ground.tables import download
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


@adviser()
def exports(request: AdviserRequest) -> HttpResponse:
    """The access requests of the adviser's funds, latest first."""
    return render(
        request,
        "backoffice/data_export/list.html",
        {"found": requests(request.adviser), "days": settings.PARVIS_DATA_EXPORT_VALIDITY.days},
    )


@adviser(methods=BOTH)
def ask_export(request: AdviserRequest) -> HttpResponse:
    """Record an access request; `siret` and `identifiant` of the query fill it in."""
    typed = {"siret": request.GET.get("siret", ""), "identifier": request.GET.get("identifiant", "")}
    form = AccessRequestForm(request.POST if request.method == "POST" else None, initial=typed)
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        if form.is_valid():
            try:
                ask(who=request.adviser, asked=form.asked())
            except Refused as refusal:
                form.add_error(refusal.field or None, refusal.message)
            else:
                messages.success(request, "La demande est enregistrée : un second conseiller en décide.")
                return HttpResponseRedirect(reverse("backoffice:exports"))
    return render(request, "backoffice/data_export/ask.html", {"form": form})


@adviser(methods=POST)
def take_export(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """The archive, to the adviser who asked for it."""
    if not is_fresh(request):
        return ask_again(request)
    try:
        content = take(who=request.adviser, ref=ref)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return HttpResponseRedirect(reverse("backoffice:exports"))
    return download(content, f"parvis-donnees-{clock.today():%Y-%m-%d}.zip", "application/zip")
