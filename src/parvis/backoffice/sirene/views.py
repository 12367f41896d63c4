"""« Changements Sirene »: the list, and one change to see to."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.paging import paging
from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.sirene import actions, queries
from parvis.establishments.models import SireneChange
from parvis.ground.pages import render
from parvis.ground.pages.numbering import page_asked
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh

STATES = {"a-traiter": "waiting", "traites": "done", "mis-de-cote": "aside"}
SAID = {
    SireneChange.Kind.NAME: "Le nouveau nom est repris.",
    SireneChange.Kind.ADDRESS: "La nouvelle adresse est reprise.",
}


@adviser()
def changes(request: AdviserRequest) -> HttpResponse:
    """What Sirene changed: `etat` (a-traiter, traites, mis-de-cote), `type`, `page`."""
    state = request.GET.get("etat", "")
    kind = request.GET.get("type", "")
    number = request.GET.get("page", "1")
    state = state if state in STATES else "a-traiter"
    kind = kind if kind in SireneChange.Kind.values else ""
    shown = queries.changes(state=STATES[state], kind=kind, page=page_asked(number))
    query = f"?etat={state}" + (f"&type={kind}" if kind else "")
    return render(
        request,
        "backoffice/sirene/changes.html",
        {
            "shown": shown,
            "state": state,
            "kind": kind,
            "kinds": SireneChange.Kind.choices,
            "run": queries.last_run(),
            "paging": paging(shown.page, shown.pages, shown.total, lambda n: f"{query}&page={n}"),
        },
    )


@adviser(methods=BOTH)
def change(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """One change: what it was, what it is, what is proposed. POST `geste`: traiter or ecarter."""
    found = SireneChange.objects.select_related("establishment").filter(ref=ref).first()
    if found is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            said = _done(request, ref)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("backoffice:sirene"))
    (line,) = queries.lines_of([found])
    return render(
        request,
        "backoffice/sirene/change.html",
        {"line": line, "problems": problems, "note": request.POST.get("note", "")},
    )


def _done(request: AdviserRequest, ref: uuid.UUID) -> str:
    gesture = request.POST.get("geste", "")
    if gesture == "traiter":
        found = actions.see_to(who=request.adviser, ref=ref, shown=request.POST.get("vu", "").replace("\r\n", "\n"))
        return SAID.get(SireneChange.Kind(found.kind), "Le changement est marqué comme traité.")
    if gesture == "ecarter":
        actions.set_aside(who=request.adviser, ref=ref, note=request.POST.get("note", ""))
        return "Le changement est mis de côté."
    raise Refused("Choisissez ce que vous faites de ce changement.")
