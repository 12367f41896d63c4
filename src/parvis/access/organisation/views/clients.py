"""« Établissements suivis »: the list and its export, one client with who works there, giving a selection."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect

from parvis.access.actions.guards import actor_of
from parvis.access.organisation.actions.assignments import assign, unassign
from parvis.access.organisation.actions.portfolios import add_clients
from parvis.access.organisation.forms import LEVEL_HELP, PortfolioChoiceForm, WorkForm
from parvis.access.organisation.pages import of_organisation, organisation_page
from parvis.access.organisation.queries.clients import (
    NOBODY,
    Client,
    ClientFilters,
    ClientState,
    as_ref,
    clients,
    number,
    one_client,
)
from parvis.access.organisation.queries.people import colleagues, last_visits
from parvis.access.organisation.queries.portfolios import portfolios
from parvis.access.paging import paging
from parvis.access.rules import BOTH, MemberRequest, administrator, member
from parvis.ground import clock, rules, tenancy
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural
from parvis.ground.pages.kept import kept
from parvis.ground.tables import CSV_TYPE, Column, csv_file, download
from parvis.ground.tenancy import Refused
from parvis.journal.actions import trace

STATE_OPTIONS = [(state.slug, state.label) for state in ClientState]


@member()
@of_organisation
def listing(request: MemberRequest, siret: str) -> HttpResponse:
    """The person's own clients; for who administers all of them, with who works there."""
    who, filters = request.standing, ClientFilters.parse(request.GET)
    listed = clients(who, filters)
    people = [(str(one.id), one.name) for one in colleagues(who)] if who.administers else []
    return organisation_page(
        request,
        "clients.html",
        "suivis",
        {
            "listed": listed,
            "filters": listed.filters,
            "paging": paging(listed.filters.page, listed.pages, listed.total, lambda n: listed.filters.query(page=n)),
            "states": STATE_OPTIONS,
            "portfolios": [(str(one.ref), one.name) for one in portfolios(who)],
            "people": [(NOBODY, "Personne"), *people] if who.administers else [],
        },
    )


_COLUMNS = [
    Column("SIRET", "siret", "code"),
    Column("Établissement", "name"),
    Column("Code postal", "postcode", "code"),
    Column("État de la délégation", lambda row: row.state.label),
    Column("Début", "starts_on", "date"),
    Column("Fin", "ends_on", "date"),
    Column("Services délégués", "services_said"),
    Column("Portefeuilles", "portfolios_said"),
]
_OF_ADMINISTRATORS = [*_COLUMNS, Column("Personnes", "people_said")]
_OF_MEMBERS = [*_COLUMNS, Column("Votre niveau", lambda row: row.level.label if row.level else "")]


@member()
@of_organisation
def export(request: MemberRequest, siret: str) -> HttpResponse:
    """The list as CSV: exactly what is filtered; journaled."""
    who, filters = request.standing, ClientFilters.parse(request.GET)
    rows = clients(who, filters, everything=True).rows
    columns = _OF_ADMINISTRATORS if who.administers else _OF_MEMBERS

    def noted() -> None:
        with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
            after = {"rows": len(rows), "format": "csv", "filter": filters.said()}
            trace("clients.exported", actor=actor_of(who), after=after)

    rules.after(request, noted)
    name = f"etablissements-suivis-{who.siret}-{clock.today():%Y-%m-%d}.csv"
    return download(csv_file(columns, rows), name, CSV_TYPE)


def found_client(request: MemberRequest, siret: str) -> Client:
    """The client of that SIRET; 404 for who is none."""
    found = one_client(request.standing, siret)
    if found is None:
        raise Http404
    return found


@administrator(methods=BOTH)
@of_organisation
def client(request: MemberRequest, siret: str, client: str) -> HttpResponse:
    """Who works for one client, by which path; gives and takes back, one by one."""
    who, found = request.standing, found_client(request, client)
    if "retirer" in request.POST:
        return _take_back(request, found)
    typed = request.POST if request.method == "POST" else kept(request)
    if typed is not None and "retirer" in typed:
        # Pressed as the session was lost: nothing is taken back by coming here, the button is.
        typed = None
    problems: list[tuple[str, str]] = []
    form = WorkForm(typed, colleagues(who))
    if request.method == "POST":
        try:
            if form.is_valid():
                account = form.cleaned_data["account"]
                assign(who=who, account_id=account, clients=[found.id], level=form.wanted)
                messages.success(request, f"{found.name} est confié : la personne y entre dès sa prochaine page.")
                return redirect("access:client", siret=siret, client=client)
            problems = form.problems
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
    return organisation_page(
        request,
        "client.html",
        "suivis",
        {
            "client": found,
            "visits": last_visits(who, found.id),
            "form": form,
            "level_help": LEVEL_HELP,
            "problems": problems,
        },
    )


def _take_back(request: MemberRequest, found: Client) -> HttpResponse:
    try:
        unassign(who=request.standing, account_id=number(request.POST.get("retirer", "")), clients=[found.id])
        messages.success(request, f"C’est retiré : la personne ne travaille plus directement pour {found.name}.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("access:client", siret=request.standing.siret, client=found.siret)


def _chosen(request: MemberRequest, typed: QueryDict, filters: ClientFilters) -> list[Client]:
    """Those ticked, or all that the filters leave; `etablissements` is what the page asked to confirm."""
    who = request.standing
    if "tous" in typed:
        return clients(who, filters, everything=True).rows
    wanted = [*typed.getlist("etablissement"), *typed.get("etablissements", "").split(",")]
    numbers = [found for text in wanted if (found := number(text))]
    return clients(who, ClientFilters(), everything=True, only=numbers).rows if numbers else []


@administrator(methods=BOTH)
@of_organisation
def give(request: MemberRequest, siret: str) -> HttpResponse:
    """« Confier la sélection »: to a portfolio, or to a person at a level."""
    who, filters = request.standing, ClientFilters.parse(request.GET)
    typed = request.POST if request.method == "POST" else kept(request) or request.GET
    chosen = _chosen(request, typed, filters)
    back = address("access:clients", siret) + filters.query(page=filters.page).rstrip("?")
    open_ones = [row for row in chosen if row.state is not ClientState.ENDED]
    if not open_ones:
        why = "Leur délégation est terminée : rien ne se confie plus." if chosen else "Cochez-en au moins un."
        messages.error(request, f"Aucun établissement à confier. {why}")
        return HttpResponseRedirect(back)
    act = typed.get("acte", "") if typed is not request.GET else ""
    work = WorkForm(typed if act == "personne" else None, colleagues(who))
    choice = PortfolioChoiceForm(typed if act == "portefeuille" else None, found := portfolios(who))
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            if said := _given(request, work, choice, [row.id for row in open_ones]):
                messages.success(request, said)
                return HttpResponseRedirect(back)
            problems = [*work.problems, *choice.problems] or [("Choisissez à qui confier ces établissements.", "")]
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
    return organisation_page(
        request,
        "give.html",
        "suivis",
        {
            "rows": open_ones,
            "left_out": len(chosen) - len(open_ones),
            "numbers": ",".join(str(row.id) for row in open_ones),
            "work": work,
            "choice": choice,
            "portfolios": found,
            "level_help": LEVEL_HELP,
            "problems": problems,
            "back": back,
        },
    )


def _given(request: MemberRequest, work: WorkForm, choice: PortfolioChoiceForm, wanted: list[int]) -> str:
    """Does what was asked; "" where something is wrong."""
    who = request.standing
    if choice.is_bound and choice.is_valid() and (ref := as_ref(choice.cleaned_data["portfolio"])):
        new = add_clients(who=who, ref=ref, clients=wanted)
        return f"{plural(new, 'établissement ajouté', 'établissements ajoutés')} au portefeuille."
    if work.is_bound and work.is_valid():
        new = assign(who=who, account_id=work.cleaned_data["account"], clients=wanted, level=work.wanted)
        return f"{plural(new, 'établissement confié', 'établissements confiés')}, au niveau « {work.wanted.label} »."
    return ""
