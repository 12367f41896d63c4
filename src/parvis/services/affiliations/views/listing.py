"""The list of agents: searched, filtered, by pages; looked for by NIR; downloaded."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access.actions.guards import actor_of
from parvis.access.levels import Level
from parvis.access.paging import paging
from parvis.access.rules import POST, MemberRequest, service
from parvis.agents import listing
from parvis.agents.filters import HOURS, STATES, Filters
from parvis.agents.models import Category, Scheme, Status
from parvis.ground import clock, rules, tenancy
from parvis.ground.identifiers.text import clean, showable
from parvis.ground.tables import CSV_TYPE, ODS_TYPE, csv_file, download, ods_file
from parvis.journal.actions import trace
from parvis.regulations.identifiers.persons import looks_like_a_nir, tells_a_nir
from parvis.services.affiliations import drafts
from parvis.services.affiliations.columns import EXPORTED
from parvis.services.affiliations.service import CODE, SERVICE
from parvis.services.pages import page

CHOICES = {
    "schemes": Scheme.choices,
    "statuses": Status.choices,
    "states": list(STATES.items()),
    "categories": Category.choices,
    "hours": list(HOURS.items()),
}


@service(CODE, Level.READ)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """The list."""
    filters = Filters.of(request.GET)
    found = listing.listed(filters)
    return page(
        request,
        SERVICE,
        "service_affiliations/index.html",
        {
            "listed": found,
            "filters": filters,
            "choices": CHOICES,
            "drafts": drafts.all_own(request.standing) if request.decision.level >= Level.WRITE else [],
            "paging": paging(found.page, found.pages, found.total, lambda number: filters.query(page=number)),
            "base": SERVICE.address(siret),
        },
    )


@service(CODE, Level.READ, methods=POST)
def find(request: MemberRequest, siret: str) -> HttpResponse:
    """What was typed into the search: a NIR or an affiliation number leads to its agent, and stands in no address."""
    # Under the name of a NIR: what bears it is not kept where the session is lost.
    typed = clean(showable(request.POST.get("nir", "")))[:100]
    filters = Filters.of({**request.POST.dict(), "q": typed})
    agent = None
    if looks_like_a_nir(typed):
        agent = listing.by_nir(typed)
        if agent is None:
            messages.warning(request, "Aucun de vos agents n’a ce NIR.")
    elif (agent := listing.by_number(typed)) is None:
        if tells_a_nir(typed):
            messages.warning(
                request, "Aucun de vos agents n’a ce numéro. Un NIR se cherche en entier, 13 caractères ou 15."
            )
        return redirect(reverse("service_affiliations:index", args=[siret]) + filters.query())
    if agent is None:
        return redirect("service_affiliations:index", siret=siret)
    return redirect("service_affiliations:agent", siret=siret, ref=agent.ref)


def _export(form: str) -> Callable[..., HttpResponse]:
    def give(request: MemberRequest, siret: str) -> HttpResponse:
        who, filters = request.standing, Filters.of(request.GET)
        rows = listing.everybody(filters)
        content = csv_file(EXPORTED, rows) if form == "csv" else ods_file(EXPORTED, rows, "Agents")

        def noted() -> None:
            with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
                trace(
                    "agents.exported",
                    actor=actor_of(who, service=CODE),
                    after={"count": len(rows), "format": form},
                )

        rules.after(request, noted)
        name = f"agents-{siret}-{clock.today():%Y-%m-%d}.{form}"
        return download(content, name, CSV_TYPE if form == "csv" else ODS_TYPE)

    return service(CODE, Level.READ)(give)


export_csv = _export("csv")
export_ods = _export("ods")
