"""The pages of the Échéancier: the list, the month, the tick, what serves the computation."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from parvis.access import registry
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.pages import page
from parvis.access.rules import BOTH, POST, MemberRequest, member, service
from parvis.establishments.models import Establishment
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_short
from parvis.ground.pages.kept import kept
from parvis.ground.tables import CSV_TYPE, ODS_TYPE, Column, csv_file, download, ods_file
from parvis.ground.tenancy import Refused
from parvis.obligations import actions, listing, stating
from parvis.obligations.computing import horizon
from parvis.obligations.forms import DoneForm, FactsForm
from parvis.obligations.known import source
from parvis.obligations.queries import Item, Whole, whole
from parvis.obligations.rights import FUNDS
from parvis.obligations.words import DONE
from parvis.regulations.due_dates.calendar import Fund

SHEET = "mon-etablissement"


def _level(request: MemberRequest) -> Level:
    """The level on « Mon établissement »: who reads it reads the figures, who modifies it says what is missing."""
    declared = registry.get(SHEET)
    return decide(request.standing, declared).level if declared is not None else Level.NONE


def _shared(request: MemberRequest, found: Whole) -> dict[str, Any]:
    """What the list and the month show alike."""
    siret = request.standing.siret
    places = {
        "facts": address("obligations:facts", siret),
        **dict.fromkeys(("headcount", "contributions"), address(source().page, siret) if source().page else ""),
    }
    missing = [(one.text, places.get(one.where, ""), one.where) for one in found.computed.missing]
    return {
        "missing": missing,
        "assumed": found.computed.assumed,
        "may_say": _level(request) >= Level.WRITE,
        "today": request.standing.today,
    }


@member(delegates=True)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """The list, by month."""
    who, filters = request.standing, listing.Filters.parse(request.GET)
    found = whole(who)
    items = [one for one in found.items if filters.keeps(one, who.today)]
    held = {one.fund for one in found.items}
    first, folded = filters.folded(items)
    return page(
        request,
        "obligations/index.html",
        {
            **_shared(request, found),
            "filters": filters,
            "groups": listing.groups(first),
            "folded": folded,
            "count": listing.count_in_words(len(items), filters),
            "any": bool(found.items),
            "fund_options": [(code, name) for code, name in FUNDS.items() if code in held],
            "state_options": list(listing.STATES.items()),
            "period_options": list(listing.PERIODS.items()),
        },
    )


@member(delegates=True)
def month(request: MemberRequest, siret: str) -> HttpResponse:
    """A month as a calendar."""
    who = request.standing
    found, past = whole(who), horizon(who.today)
    first = listing.asked_month(request.GET.get("mois", ""), who.today, past)
    return page(
        request,
        "obligations/month.html",
        {
            **_shared(request, found),
            "month": listing.month(first, found.items, who.today, past),
            "weekdays": listing.WEEKDAYS,
            "address_of": listing.address_of,
        },
    )


COLUMNS: list[Column] = [
    Column("Échéance", "due_on", "date"),
    Column("À partir du", "opens_on", "date"),
    Column("Fonds", "fund_name"),
    Column("Obligation", "label"),
    Column("Période", "period"),
    Column("État", lambda one: one.state.label),
    Column("À vérifier", lambda one: "Oui" if one.uncertain else ""),
    Column("Suivi par", "taken_by"),
    Column("Fait le", "done_on", "date"),
    Column("Note", "note"),
    Column("Règle", "rule"),
    Column("Source", "source"),
    Column("Remarques", lambda one: " ".join(one.remarks)),
]


@member(delegates=True)
def export(request: MemberRequest, siret: str, form: str) -> HttpResponse:
    """A file of exactly what is filtered."""
    who, filters = request.standing, listing.Filters.parse(request.GET)
    items = [one for one in whole(who).items if filters.keeps(one, who.today)]
    name = f"echeancier-{siret}-{who.today:%Y-%m-%d}.{form}"
    if form == "csv":
        return download(csv_file(COLUMNS, items), name, CSV_TYPE)
    return download(ods_file(COLUMNS, items, "Échéancier"), name, ODS_TYPE)


def _item(request: MemberRequest, key: str) -> Item:
    found = next((one for one in whole(request.standing).items if one.key == key), None)
    if found is None:
        raise Http404
    return found


def _back(request: MemberRequest, key: str) -> HttpResponseRedirect:
    query = listing.Filters.parse(request.GET).query
    return HttpResponseRedirect(address("obligations:index", request.standing.siret) + f"{query}#{key}")


ACTS = {
    "prendre": (actions.take, "Vous vous occupez de « {} »."),
    "rendre": (actions.release, "Vous ne vous occupez plus de « {} »."),
    "annuler": (actions.undone, "« {} » est de nouveau à faire."),
}


@member(methods=POST, delegates=True)
def act(request: MemberRequest, siret: str, key: str) -> HttpResponse:
    """« Je m’en occupe », « Je ne m’en occupe plus », « Ce n’est pas fait »."""
    wanted = ACTS.get(request.POST.get("faire", ""))
    if wanted is None or _item(request, key) is None:
        raise Http404
    try:
        found = wanted[0](who=request.standing, key=key)
        messages.success(request, wanted[1].format(found.label))
    except actions.NotThere:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.message)
    return _back(request, key)


@member(methods=BOTH, delegates=True)
def done(request: MemberRequest, siret: str, key: str) -> HttpResponse:
    """« C’est fait »: on which day, with a note."""
    who, found = request.standing, _item(request, key)
    if found.state is DONE or not found.may_tick:
        messages.error(request, found.done_said + "." if found.done_said else actions.NOT_YOURS)
        return _back(request, key)
    form = DoneForm(request.POST if request.method == "POST" else kept(request), initial={"on": date_short(who.today)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.done(who=who, key=key, on=form.cleaned_data["on"], note=form.cleaned_data["note"])
            messages.success(request, f"« {found.label} », {found.period} : c’est fait.")
            return _back(request, key)
        except actions.NotThere:
            raise Http404 from None
        except Refused as refusal:
            form.add_error("on" if refusal.field else None, refusal.message)
    return page(
        request,
        "obligations/done.html",
        {"item": found, "form": form, "problems": form.problems, "query": listing.Filters.parse(request.GET).query},
    )


@member(delegates=True)
def facts(request: MemberRequest, siret: str) -> HttpResponse:
    """« Ce qui sert au calcul »: what is known, from where, what is assumed and missing; who said it and when.

    The figures themselves are for who reads « Mon établissement »: the others see which are known.
    """
    who = request.standing
    found, now = whole(who), stating.stated(who, who.today.year)
    asked, reads = stating.asked_of(*_directory(who.establishment_id)), _level(request) >= Level.READ
    return page(
        request,
        "obligations/facts.html",
        {
            **_shared(request, found),
            "held": found.held,
            "stated": now,
            "may_read": reads,
            "rows": [
                (stating.LABELS[name], stating.shown(name, now.values.get(name), hidden=not reads)) for name in asked
            ],
            "history": stating.history(who) if reads else [],
            "sheet": address(source().page, siret) if source().page else "",
            "population": None if "inhabitants" in asked else found.held.inhabitants,
            "funds": [name for code, name in FUNDS.items() if found.held.holds(Fund(code))],
        },
    )


def _directory(establishment: int) -> tuple[str, int | None]:
    """Its legal category and its population, as the directory has them."""
    return Establishment.objects.values_list("legal_category", "population").get(pk=establishment)


@service(SHEET, Level.WRITE, methods=BOTH)
def state(request: MemberRequest, siret: str) -> HttpResponse:
    """« Modifier » what serves the computation, for this year."""
    who = request.standing
    now = stating.stated(who, who.today.year)
    form = FactsForm(
        request.POST if request.method == "POST" else kept(request),
        asked=stating.asked_of(*_directory(who.establishment_id)),
        version=now.version,
        initial=now.values,
    )
    if request.method == "POST" and form.is_valid():
        try:
            written = stating.state(who=who, year=now.year, values=form.cleaned_data, version=form.version)
            said = "est enregistré, et les échéances sont recalculées" if written else "n’a pas changé"
            messages.success(request, f"« Ce qui sert au calcul » {said}.")
            return redirect("obligations:facts", siret=siret)
        except Refused as refusal:
            form.version = getattr(refusal, "version", form.version)
            form.add_error(None, refusal.message)
            now = stating.stated(who, who.today.year)
    return page(
        request,
        "obligations/state.html",
        {
            "form": form,
            "stated": now,
            "problems": form.problems,
            "labels": stating.LABELS,
            "was_kept": getattr(request, "kept", False),
        },
    )
