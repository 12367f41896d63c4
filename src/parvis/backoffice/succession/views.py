"""« Reprises d’établissements »: the list, preparing one, its preview and what becomes of it."""

import datetime
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.succession import actions, queries
from parvis.backoffice.succession.carrying_out import said_moved
from parvis.backoffice.succession.forms import SuccessionForm
from parvis.establishments.models import Succession
from parvis.ground.pages import render
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


@adviser()
def listed(request: AdviserRequest) -> HttpResponse:
    """Prepared, done and given up."""
    return render(request, "backoffice/succession/list.html", {"found": queries.successions()})


@adviser(methods=BOTH)
def prepare(request: AdviserRequest) -> HttpResponse:
    """Who takes whose place; `ancien`, `nouveau`, `le` fill the form from a change of Sirene."""
    form = SuccessionForm(request.POST or None, initial=_proposed(request))
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.prepare(
                who=request.adviser,
                old_siret=said["old"],
                new_siret=said["new"],
                cause=said["cause"],
                on=said["on"],
                reason=said["reason"],
            )
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            return HttpResponseRedirect(reverse("backoffice:succession", args=[made.ref]))
    return render(request, "backoffice/succession/prepare.html", {"form": form, "problems": problems or form.problems})


def _proposed(request: AdviserRequest) -> dict[str, object]:
    try:
        on = datetime.date.fromisoformat(request.GET.get("le", ""))
    except ValueError:
        on = None
    return {"old": request.GET.get("ancien", "")[:14], "new": request.GET.get("nouveau", "")[:14], "on": on}


@adviser(methods=BOTH)
def one(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """What would move; POST `geste`: demander (a second adviser) or abandonner."""
    found = Succession.objects.select_related("predecessor", "successor").filter(ref=ref).first()
    if found is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            said = _done(request, ref)
        except Refused as refusal:
            problems = [(refusal.message, "")]
        else:
            messages.success(request, said)
            return HttpResponseRedirect(request.path)
    return _shown(request, found, problems)


def _done(request: AdviserRequest, ref: uuid.UUID) -> str:
    if request.POST.get("geste") == "demander":
        actions.ask(who=request.adviser, ref=ref)
        return "La décision est demandée à un second conseiller."
    if request.POST.get("geste") == "abandonner":
        actions.cancel(who=request.adviser, ref=ref)
        return "La reprise est abandonnée : rien n’a changé."
    raise Refused("Choisissez ce que vous faites de cette reprise.")


def _shown(request: AdviserRequest, found: Succession, problems: list[tuple[str, str]]) -> HttpResponse:
    prepared = found.done_at is None and found.cancelled_at is None
    state, tone = queries.state_of(found)
    return render(
        request,
        "backoffice/succession/one.html",
        {
            "one": found,
            "old": found.predecessor,
            "new": found.successor,
            "state": state,
            "tone": tone,
            "prepared": prepared,
            "prepared_by": queries.names_of([found.prepared_by]).get(found.prepared_by, ""),
            "preview": queries.preview(request.adviser, found.predecessor, found.successor, found.on)
            if prepared
            else None,
            "act": actions.waiting_act(found),
            "moved": said_moved(found.moved) if found.done_at else "",
            "problems": problems,
        },
    )
