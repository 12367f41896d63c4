"""« Types de courriers »: what they are, who reads them, how long they are kept."""

from dataclasses import asdict

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.models import Adviser
from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.fund_letters import actions, queries
from parvis.backoffice.fund_letters.forms import TypeForm
from parvis.ground.pages import render
from parvis.ground.tenancy import Refused
from parvis.letters.models import LetterType


@adviser()
def types(request: AdviserRequest) -> HttpResponse:
    """The list; who may change it sees how."""
    return render(
        request,
        "backoffice/fund_letters/types.html",
        {"types": queries.types(), "may_change": request.adviser.supervises},
    )


def _form(request: AdviserRequest, kind: LetterType | None) -> HttpResponse:
    initial = asdict(actions.entry_of(kind)) if kind is not None else {"service": "courriers", "kept_years": 5}
    form = TypeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_type(who=request.adviser, kind=kind, entry=actions.TypeEntry(**form.cleaned_data))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, f"Le type « {saved.name} » est enregistré.")
            return HttpResponseRedirect(reverse("backoffice:letter-types"))
    return render(request, "backoffice/fund_letters/type.html", {"form": form, "kind": kind})


@adviser(role=Adviser.Role.SUPERVISOR, methods=BOTH)
def new(request: AdviserRequest) -> HttpResponse:
    """« Ajouter un type »."""
    return _form(request, None)


@adviser(role=Adviser.Role.SUPERVISOR, methods=BOTH)
def modify(request: AdviserRequest, code: str) -> HttpResponse:
    """« Modifier » a type."""
    kind = LetterType.objects.filter(code=code).first()
    if kind is None:
        raise Http404
    return _form(request, kind)
