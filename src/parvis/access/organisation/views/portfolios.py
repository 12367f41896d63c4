"""Portfolios: the list, one with its clients and its team, its name, its end."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.levels import Level
from parvis.access.organisation.actions import portfolios as acts
from parvis.access.organisation.forms import LEVEL_HELP, PortfolioNameForm, WorkForm
from parvis.access.organisation.pages import of_organisation, organisation_page
from parvis.access.organisation.queries.clients import ClientFilters, clients, number
from parvis.access.organisation.queries.people import colleagues
from parvis.access.organisation.queries.portfolios import Listed, one_portfolio, portfolios, team
from parvis.access.paging import paging
from parvis.access.rules import BOTH, POST, MemberRequest, administrator, member
from parvis.ground.pages.filters import plural
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused


def found_portfolio(request: MemberRequest, ref: uuid.UUID) -> Listed:
    """The portfolio of that reference; 404 for one of others, or that is not the person's."""
    found = one_portfolio(request.standing, ref)
    if found is None:
        raise Http404
    return found


@member()
@of_organisation
def listing(request: MemberRequest, siret: str) -> HttpResponse:
    """All of them for who administers, one's own otherwise."""
    return organisation_page(request, "portfolios.html", "portefeuilles", {"found": portfolios(request.standing)})


def _named(request: MemberRequest, form: PortfolioNameForm, found: Listed | None) -> HttpResponse:
    """Creates or renames; the form again where something is wrong."""
    who, problems = request.standing, form.problems
    if not problems and request.method == "POST":
        try:
            name = form.cleaned_data["name"]
            if found is None:
                made = acts.create_portfolio(who=who, name=name)
                messages.success(request, f"Le portefeuille « {made.name} » est créé : ajoutez-y une équipe.")
            else:
                made = acts.rename_portfolio(who=who, ref=found.ref, name=name)
                messages.success(request, f"Le portefeuille s’appelle désormais « {made.name} ».")
            return redirect("access:portfolio", siret=who.siret, ref=made.ref)
        except Refused as refusal:
            form.add_error("name", refusal.message)
            problems = form.problems
    context = {"form": form, "found": found, "problems": problems}
    return organisation_page(request, "portfolio_name.html", "portefeuilles", context)


@administrator(methods=BOTH)
@of_organisation
def create(request: MemberRequest, siret: str) -> HttpResponse:
    """« Créer un portefeuille »."""
    typed = request.POST if request.method == "POST" else kept(request)
    return _named(request, PortfolioNameForm(typed), None)


@administrator(methods=BOTH)
@of_organisation
def rename(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Renommer »."""
    found = found_portfolio(request, ref)
    typed = request.POST if request.method == "POST" else kept(request)
    return _named(request, PortfolioNameForm(typed, initial={"name": found.name}), found)


@administrator(methods=BOTH)
@of_organisation
def delete(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Supprimer », asked first."""
    found = found_portfolio(request, ref)
    if request.method == "POST":
        try:
            name = acts.delete_portfolio(who=request.standing, ref=ref)
            messages.success(request, f"Le portefeuille « {name} » est supprimé. Les délégations demeurent.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("access:portfolios", siret=siret)
    return organisation_page(request, "portfolio_delete.html", "portefeuilles", {"found": found})


@member()
@of_organisation
def portfolio(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """Its clients, each a way into their home for who works there, and its team."""
    return _shown(request, found_portfolio(request, ref), WorkForm(None, []), [])


def _shown(request: MemberRequest, found: Listed, form: WorkForm, problems: list[tuple[str, str]]) -> HttpResponse:
    who = request.standing
    asked = ClientFilters.parse({"page": request.GET.get("page", "1"), "portefeuille": str(found.ref)})
    listed = clients(who, asked)
    if who.administers and not form.is_bound:
        form = WorkForm(None, colleagues(who))
    return organisation_page(
        request,
        "portfolio.html",
        "portefeuilles",
        {
            "found": found,
            "listed": listed,
            "paging": paging(listed.filters.page, listed.pages, listed.total, lambda n: f"?page={n}"),
            "team": team(who, found.ref),
            "form": form,
            "level_help": LEVEL_HELP,
            "problems": problems,
        },
    )


@administrator(methods=BOTH)
@of_organisation
def people(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """Somebody joins the team, changes level, or leaves it (`retirer`)."""
    who, found = request.standing, found_portfolio(request, ref)
    typed = request.POST if request.method == "POST" else kept(request)
    if typed is None:
        return redirect("access:portfolio", siret=siret, ref=ref)
    leaving = number(typed.get("retirer", ""))
    form, problems = WorkForm(typed, colleagues(who)), []
    try:
        if request.method == "POST" and (leaving or form.is_valid()):
            account, level = (leaving, Level.NONE) if leaving else (form.cleaned_data["account"], form.wanted)
            acts.set_member(who=who, ref=ref, account_id=account, level=level)
            done = "La personne ne travaille plus sur ce portefeuille." if leaving else "L’équipe est à jour."
            messages.success(request, done)
            return redirect("access:portfolio", siret=siret, ref=ref)
        problems = form.problems
    except Refused as refusal:
        problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
    return _shown(request, found, form, problems)


@administrator(methods=POST)
@of_organisation
def remove(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """Ticked clients leave the portfolio."""
    found_portfolio(request, ref)
    wanted = [one for text in request.POST.getlist("etablissement") if (one := number(text))]
    try:
        count = acts.remove_clients(who=request.standing, ref=ref, clients=wanted)
        messages.success(request, f"{plural(count, 'établissement retiré', 'établissements retirés')} du portefeuille.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("access:portfolio", siret=siret, ref=ref)
