"""The queue, one registration, its documents; asking for its acceptance, refusing it, another letter."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.registrations import queries
from parvis.ground import files
from parvis.ground.files.checking import TYPES
from parvis.ground.pages import render
from parvis.ground.pages.filters import siret
from parvis.ground.rules import after
from parvis.ground.tables.downloads import download
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.registration import deciding
from parvis.registration.models import RegistrationDocument

PURPOSE = "registration"
SAID = {
    "proposer": "L’acceptation est demandée : un second conseiller en décide dans « Quatre yeux ».",
    "refuser": "L’inscription est refusée. La personne reçoit votre raison par courriel.",
    "lever": "Le signalement est levé : l’inscription continue.",
    "courrier": "Un nouveau courrier est à imprimer.",
}


@adviser()
def listing(request: AdviserRequest) -> HttpResponse:
    """« Inscriptions »: what waits, then what was settled lately."""
    return render(request, "backoffice/registrations/list.html", {"lines": queries.queue(), "lately": queries.lately()})


@adviser(methods=BOTH)
def one(request: AdviserRequest, reference: str) -> HttpResponse:
    """One registration; POST `geste`: proposer, refuser or courrier, each with a fresh second factor."""
    found = queries.detail(reference)
    if found is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            gesture = _done(request, reference)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            messages.success(request, SAID[gesture])
            return HttpResponseRedirect(reverse("backoffice:registration", args=[reference]))
    context: dict[str, Any] = {
        "found": found,
        "problems": problems,
        "reason": request.POST.get("reason", ""),
        "note": request.POST.get("note", ""),
        "siret": siret(found.registration.establishment.siret),
    }
    return render(request, "backoffice/registrations/one.html", context)


def _done(request: AdviserRequest, reference: str) -> str:
    gesture, who = request.POST.get("geste", ""), request.adviser
    if gesture == "proposer":
        deciding.ask_acceptance(who=who, reference=reference, reason=request.POST.get("reason", "")[:1000])
    elif gesture == "refuser":
        deciding.refuse(who=who, reference=reference, note=request.POST.get("note", "")[:1000])
    elif gesture == "courrier":
        deciding.post_again(who=who, reference=reference)
    elif gesture == "lever":
        deciding.clear_contest(who=who, reference=reference)
    else:
        raise Refused("Choisissez ce que vous voulez faire de cette inscription.")
    return gesture


@adviser()
def document(request: AdviserRequest, reference: str, number: int) -> HttpResponse:
    """A document, to be saved; the establishment's history says who opened it."""
    if not is_fresh(request):
        return ask_again(request)
    found = RegistrationDocument.objects.filter(pk=number, registration__reference=reference).first()
    if found is None:
        raise Http404
    try:
        content = files.read(found.key, PURPOSE)
    except files.Missing as fault:
        raise Http404 from fault
    after(request, lambda: deciding.note_opened(request.adviser, found, reference))
    return download(content, found.name, TYPES.get(found.kind, "application/octet-stream"))
