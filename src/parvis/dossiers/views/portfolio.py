"""« Demandes »: the list, its exports, a new request; an organisation's entrusted dossiers and its circuit."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access.pages import page
from parvis.access.rules import BOTH, MemberRequest, administrator, member
from parvis.access.views.accounts import note_export
from parvis.dossiers import circuits, registry
from parvis.dossiers.actions import drafting
from parvis.dossiers.models import Circuit
from parvis.dossiers.queries import entrusted, portfolio
from parvis.dossiers.rights import may_begin
from parvis.dossiers.views.opening import follower
from parvis.ground import clock
from parvis.ground.pages.numbering import page_asked
from parvis.ground.tables import CSV_TYPE, ODS_TYPE, csv_file, download, ods_file
from parvis.ground.tenancy import Refused


def _listed(request: MemberRequest, siret: str, *, archived: bool) -> HttpResponse:
    who = request.standing
    filters = portfolio.Filters.parse(request.GET, archived=archived)
    found = portfolio.listing(who, filters)
    return page(
        request,
        "dossiers/index.html",
        {
            "found": found,
            "filters": filters,
            "states": portfolio.STATES,
            "whose": portfolio.whose(found.people),
            "sorts": portfolio.SORTS,
            "may_begin": any(may_begin(who, kind) for kind in registry.kinds()),
            "base": reverse("dossiers:archived" if archived else "dossiers:index", args=[siret]),
        },
    )


@follower()
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """Those under way, or closed lately."""
    return _listed(request, siret, archived=False)


@follower()
def archived(request: MemberRequest, siret: str) -> HttpResponse:
    """Those that nobody needs any more."""
    return _listed(request, siret, archived=True)


@follower()
def export(request: MemberRequest, siret: str, form: str) -> HttpResponse:
    """The list as a file: exactly what is filtered; journaled."""
    if form not in ("csv", "ods"):
        raise Http404
    filters = portfolio.Filters.parse(request.GET, archived="archives" in request.GET)
    rows = portfolio.exported(request.standing, filters)
    name = f"demandes-{siret}-{clock.today():%Y-%m-%d}.{form}"
    note_export(request, "dossier.exported", len(rows), form, filters.query())
    if form == "csv":
        return download(csv_file(portfolio.COLUMNS, rows), name, CSV_TYPE)
    return download(ods_file(portfolio.COLUMNS, rows, "Demandes"), name, ODS_TYPE)


def _token(request: MemberRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid.uuid4()


@follower(methods=BOTH)
def new(request: MemberRequest, siret: str) -> HttpResponse:
    """« Nouvelle demande »: which one. The page's token makes pressing twice begin one."""
    who = request.standing
    offered = [kind for kind in registry.kinds() if may_begin(who, kind)]
    problems: list[tuple[str, str]] = []
    chosen = request.POST.get("kind", "") or request.GET.get("demande", "")
    if request.method == "POST":
        try:
            if chosen not in [kind.code for kind in offered] and offered:
                raise Refused("Choisissez une demande.", field="kind")
            dossier = drafting.begin(who=who, kind=chosen, token=_token(request))
            return redirect("dossiers:step", siret=siret, reference=dossier.reference, step=_first(dossier.kind))
        except Refused as refusal:
            problems = [(refusal.message, "id_kind" if refusal.field else "")]
    context = {
        "offered": offered,
        "chosen": chosen,
        "token": request.POST.get("token") or uuid.uuid4(),
        "problems": problems,
        "page_error": bool(problems),
    }
    return page(request, "dossiers/new.html", context)


def _first(code: str) -> str:
    kind = registry.get(code)
    assert kind is not None
    return kind.steps[0].code


@member()
def given(request: MemberRequest, siret: str) -> HttpResponse:
    """« Dossiers confiés »: for an organisation that works for others."""
    if not request.standing.acts_for_others:
        raise Http404
    context: dict[str, Any] = {
        "found": entrusted.entrusted(request.standing, page_asked(request.GET.get("page", "1"))),
        "circuit": circuits.chosen(request.standing.establishment_id),
    }
    return page(request, "dossiers/entrusted.html", context)


@administrator(methods=BOTH)
def circuit(request: MemberRequest, siret: str) -> HttpResponse:
    """What the organisation does with what is delegated to it; by who administers it."""
    who = request.standing
    if not who.acts_for_others:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            circuits.choose(who=who, circuit=request.POST.get("circuit", ""), by=who.ref)
            messages.success(
                request, "Le circuit est enregistré : il vaut pour les dossiers confiés à partir de maintenant."
            )
            return HttpResponseRedirect(reverse("dossiers:entrusted", args=[siret]))
        except Refused as refusal:
            problems = [(refusal.message, "id_circuit")]
    return page(
        request,
        "dossiers/circuit.html",
        {
            "chosen": request.POST.get("circuit", "") or circuits.chosen(who.establishment_id),
            "circuits": [(one.value, one.label) for one in Circuit],
            "problems": problems,
            "page_error": bool(problems),
        },
    )
