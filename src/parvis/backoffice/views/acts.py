"""« Quatre yeux »: the acts that wait for a second adviser, and deciding one."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.cases import case_page
from parvis.establishments.models import Establishment
from parvis.ground.pages import render
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh

SAID = {"approuver": "L’acte est approuvé.", "refuser": "L’acte est refusé.", "retirer": "L’acte est retiré."}


@adviser()
def waiting(request: AdviserRequest) -> HttpResponse:
    """The acts of the adviser's funds, the oldest first, each with the establishment that it is about."""
    who = request.adviser
    acts = list(four_eyes.waiting_acts()[:200])
    places = Establishment.objects.in_bulk({act.establishment_id for act in acts if act.establishment_id})
    found = [(act, four_eyes.label_of(act.kind), places.get(act.establishment_id or 0)) for act in acts]
    return render(request, "backoffice/acts.html", {"who": who, "found": found})


@adviser(methods=BOTH)
def decide(request: AdviserRequest, act_id: uuid.UUID) -> HttpResponse:
    """One act: what is asked, by whom and why; POST `geste`: approuver, refuser or retirer."""
    who = request.adviser
    act = SensitiveAct.objects.select_related("opened_by", "decided_by").filter(pk=act_id).first()
    if act is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            gesture = _carried_out(request, act_id)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            messages.success(request, SAID[gesture])
            return HttpResponseRedirect(reverse("backoffice:acts"))
    return render(
        request,
        "backoffice/act.html",
        {
            "who": who,
            "act": act,
            "kind": four_eyes.kind_of(act.kind),
            "shown": four_eyes.kind_of(act.kind).shown(act),
            "case": case_page(act),
            "why_not": four_eyes.may_decide(who, act),
            "problems": problems,
            "note": request.POST.get("note", ""),
        },
    )


def _carried_out(request: AdviserRequest, act_id: uuid.UUID) -> str:
    gesture, note = request.POST.get("geste", ""), request.POST.get("note", "")[:1000]
    if gesture == "approuver":
        four_eyes.approve(who=request.adviser, act_id=act_id, note=note)
    elif gesture == "refuser":
        four_eyes.refuse(who=request.adviser, act_id=act_id, note=note)
    elif gesture == "retirer":
        four_eyes.withdraw(who=request.adviser, act_id=act_id)
    else:
        raise Refused("Choisissez « Approuver » ou « Refuser ».")
    return gesture
