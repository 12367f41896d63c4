"""What is read: the list by month, a declaration with its reports, anomalies, what is left to payroll, the checks."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access.actions.guards import actor_of
from parvis.access.levels import Level
from parvis.access.paging import paging
from parvis.access.rules import POST, MemberRequest, service
from parvis.ground import rules, tenancy
from parvis.ground.identifiers.text import showable
from parvis.ground.pages.filters import de, plural
from parvis.ground.tables import CSV_TYPE, ODS_TYPE, Column, csv_file, download, ods_file
from parvis.journal.actions import trace
from parvis.ledger.words import month_in_words
from parvis.regulations.identifiers.persons import looks_like_a_nir, tells_a_nir
from parvis.services.declarations import files, queries, reports
from parvis.services.declarations.checks import CHECKS, Family
from parvis.services.declarations.filters import FAMILIES, STATES, TAKEN, Filters
from parvis.services.declarations.service import CODE, SERVICE
from parvis.services.declarations.todo import lacking_month
from parvis.services.pages import page


@service(CODE, Level.READ)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """The declarations by month, what waits, the chart of anomalies."""
    place = request.standing.establishment_id
    rows = queries.declared_months(place)
    return page(
        request,
        SERVICE,
        "service_declarations/index.html",
        {
            "rows": rows,
            "counted": queries.counted(place),
            "chart": queries.chart(place, request.standing.today),
            "lacking": lacking_month(request.standing.today, rows),
        },
    )


def _report(request: MemberRequest, ref: uuid.UUID) -> reports.Report:
    found = reports.declaration(request.standing.establishment_id, ref)
    if found is None:
        raise Http404
    return found


@service(CODE, Level.READ)
def declaration(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """One declaration: its state, its two reports, its anomalies by kind."""
    return page(request, SERVICE, "service_declarations/declaration.html", {"report": _report(request, ref)})


@service(CODE, Level.READ)
def receipt(request: MemberRequest, siret: str, ref: uuid.UUID, form: str) -> HttpResponse:
    """The acknowledgement (AR) as a PDF or a CSV; it says nothing of anybody."""
    found = _report(request, ref)
    name = f"ar-dsn-{found.row.month:%Y-%m}-{siret}"
    if form == "csv":
        return download(csv_file(files.FACTS, files.facts(found)), f"{name}.csv", CSV_TYPE)
    return download(files.receipt(found, request.standing), f"{name}.pdf", "application/pdf")


@service(CODE, Level.READ)
def business(request: MemberRequest, siret: str, ref: uuid.UUID, form: str) -> HttpResponse:
    """The business report (CRM) as a PDF or a CSV; not before the day that the rules say."""
    found = _report(request, ref)
    if not found.ready:
        raise Http404
    lines = queries.of_declaration(request.standing.establishment_id, found.id)
    name = f"crm-dsn-{found.row.month:%Y-%m}-{siret}"
    _noted(request, len(lines), form, f"compte rendu {de(month_in_words(found.row.month))}")
    if form == "csv":
        return download(csv_file(files.ANOMALIES, lines), f"{name}.csv", CSV_TYPE)
    return download(files.business(found, lines, request.standing), f"{name}.pdf", "application/pdf")


@service(CODE, Level.READ)
def anomalies(request: MemberRequest, siret: str) -> HttpResponse:
    """The anomalies, by agent; filtered."""
    who, filters = request.standing, Filters.of(request.GET)
    rows = filters.narrow(queries.anomalies_rows(who.establishment_id), who)
    pages = Paginator(rows, settings.PARVIS_ANOMALIES_PAGE)
    shown = pages.get_page(filters.page)
    return page(
        request,
        SERVICE,
        "service_declarations/anomalies.html",
        {
            "lines": [queries.line_of(one) for one in shown.object_list],
            "filters": filters,
            "states": list(STATES.items()),
            "families": list(FAMILIES.items()),
            "taken": list(TAKEN.items()),
            "checks": [(one.code, f"{one.code} : {one.label}") for one in CHECKS.values()],
            "total": pages.count,
            "counted": queries.counted(who.establishment_id),
            "by_kind": queries.by_kind(who.establishment_id),
            "paging": paging(shown.number, pages.num_pages, pages.count, lambda n: filters.query(page=n)),
            "base": reverse("service_declarations:anomalies", args=[siret]),
            "me": who.ref,
        },
    )


@service(CODE, Level.READ, methods=POST)
def find(request: MemberRequest, siret: str) -> HttpResponse:
    """What was typed into the search: a NIR leads to what was found of the agent, and stands in no address."""
    # Under the name of a NIR: what bears it is not kept where the session is lost.
    typed = showable(request.POST.get("nir", ""))[:80].strip()
    filters = Filters.of({**request.POST.dict(), "q": typed})
    back = reverse("service_declarations:anomalies", args=[siret]) + (filters.query() if filters.active else "")
    if looks_like_a_nir(typed):
        found = queries.by_nir(request.standing.establishment_id, typed)
        if not found:
            messages.warning(request, "Aucune anomalie n’est relevée pour un agent déclaré sous ce NIR.")
            return redirect(back)
        return redirect("service_declarations:individual", siret=siret, ref=found[0])
    if tells_a_nir(typed):
        messages.warning(request, "Saisissez un NIR en entier, 13 caractères ou 15 : un morceau ne se cherche pas.")
    return redirect(back)


def _noted(request: MemberRequest, rows: int, form: str, said: str) -> None:
    """Leave the event of a file once the request's own transaction is over."""
    who = request.standing

    def noted() -> None:
        with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
            after = {"rows": rows, "format": form, "filter": said}
            trace("declarations.exported", actor=actor_of(who, service=CODE), after=after)

    rules.after(request, noted)


def _file(columns: list[Column], rows: list[Any], name: str, form: str, title: str) -> HttpResponse:
    if form == "ods":
        return download(ods_file(columns, rows, title), f"{name}.ods", ODS_TYPE)
    return download(csv_file(columns, rows), f"{name}.csv", CSV_TYPE)


@service(CODE, Level.READ)
def export(request: MemberRequest, siret: str, form: str) -> HttpResponse:
    """The anomalies that the filters find, as a file."""
    who, filters = request.standing, Filters.of(request.GET)
    rows = filters.narrow(queries.anomalies_rows(who.establishment_id), who)
    lines = [queries.line_of(one) for one in rows]
    _noted(request, len(lines), form, filters.said())
    return _file(files.ANOMALIES, lines, f"anomalies-dsn-{siret}-{who.today}", form, "Anomalies")


@service(CODE, Level.READ)
def payroll(request: MemberRequest, siret: str) -> HttpResponse:
    """« À corriger en paie »: the list for the payroll provider, to print."""
    lines = queries.to_payroll(request.standing.establishment_id)
    agents = len({line.who for line in lines})
    return page(
        request,
        SERVICE,
        "service_declarations/payroll.html",
        {
            "lines": lines,
            "said": f"{plural(len(lines), 'correction', 'corrections')}, {plural(agents, 'agent', 'agents')}",
        },
    )


@service(CODE, Level.READ)
def payroll_file(request: MemberRequest, siret: str, form: str) -> HttpResponse:
    """The same as a file."""
    who = request.standing
    lines = queries.to_payroll(who.establishment_id)
    _noted(request, len(lines), form, "à corriger en paie")
    return _file(files.PAYROLL, lines, f"a-corriger-en-paie-{siret}-{who.today}", form, "À corriger en paie")


@service(CODE, Level.READ)
def checks(request: MemberRequest, siret: str) -> HttpResponse:
    """Every check: what it means, how it is mended here and in payroll."""
    families = [(one.value, [check for check in CHECKS.values() if check.family is one]) for one in Family]
    return page(request, SERVICE, "service_declarations/checks.html", {"families": families})
