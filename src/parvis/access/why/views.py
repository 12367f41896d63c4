"""« Qui peut faire quoi » and « Pourquoi cet accès ? »: for who administers, and for oneself."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse

from parvis.access import registry
from parvis.access.pages import page
from parvis.access.paging import paging
from parvis.access.queries.mine import my_administrators
from parvis.access.queries.my_rights import my_reasons
from parvis.access.rights_form import TONES
from parvis.access.rules import MemberRequest, SignedInRequest, administrator, signed_in
from parvis.access.standing import Standing
from parvis.access.views.accounts import export, note_export
from parvis.access.why.explaining import ACCOUNTS, Explanation, account_of, explain, find
from parvis.access.why.filters import LEVELS, PROFILES, MatrixFilters
from parvis.access.why.lines import lines
from parvis.access.why.matrix import Matrix, matrix
from parvis.access.why.sheet import columns, matrix_sheet
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.ground.tables import download

# From so many services on, the columns are narrow and the levels one letter each.
NARROW = 8


def _asked(request: MemberRequest) -> MatrixFilters:
    offered = registry.catalogue(request.standing.funds)
    return MatrixFilters.parse(request.GET, frozenset(service.code for service in offered))


@administrator()
def shown(request: MemberRequest, siret: str) -> HttpResponse:
    """The matrix, by pages, as it is or as it was."""
    who = request.standing
    found = matrix(_asked(request), funds=who.funds)
    asked = found.filters
    return page(
        request,
        "access/why/matrix.html",
        {
            "found": found,
            "filters": asked,
            "paging": paging(asked.page, found.pages, found.total, lambda number: asked.query(page=number)),
            "narrow": len(found.services) > NARROW,
            "tones": TONES,
            "profile_options": list(PROFILES.items()),
            "service_options": [(service.code, service.name) for service in registry.catalogue(who.funds)],
            "level_options": list(LEVELS.items()),
            "base": f"/etablissements/{siret}/comptes/matrice/",
            "suffix": f"?au={asked.on}" if found.day else "",
            "problems": [(found.mistake, "id_au")] if found.mistake else [],
        },
    )


def _whole(request: MemberRequest) -> Matrix:
    found = matrix(_asked(request), funds=request.standing.funds, everything=True)
    if found.mistake:
        # A file of another day than the one asked for would mislead.
        raise Http404
    return found


def _export_view(form: str) -> Callable[..., HttpResponse]:
    def exporting(request: MemberRequest, siret: str) -> HttpResponse:
        found = _whole(request)
        kind, said = "matrix.exported", found.filters.said()
        return export(request, columns(found.services), list(found.rows), "qui-peut-faire-quoi", form, kind, said)

    return administrator()(exporting)


export_csv = _export_view("csv")
export_ods = _export_view("ods")


@administrator()
def export_pdf(request: MemberRequest, siret: str) -> HttpResponse:
    """The matrix to print: a tagged PDF."""
    found = _whole(request)
    content = matrix_sheet(found, request.standing)
    note_export(request, "matrix.exported", len(found.rows), "pdf", found.filters.said())
    name = f"qui-peut-faire-quoi-{siret}-{found.day or clock.today():%Y-%m-%d}.pdf"
    return download(content, name, "application/pdf")


def _found(request: MemberRequest, ref: uuid.UUID) -> tuple[Standing, MatrixFilters]:
    """Who is meant, on the day asked for; 404 for whoever does not stand here."""
    asked = _asked(request)
    who = find(ref, asked.day)
    if who is None:
        raise Http404
    return who, asked


@administrator()
def person(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """All that somebody may do here, and why."""
    about, asked = _found(request, ref)
    context = {
        "about": about,
        "groups": lines(about),
        "managing": explain(about, ACCOUNTS, day=asked.day),
        "account": account_of(about),
        "day": asked.day,
        "suffix": f"?au={asked.on}" if asked.day else "",
        "base": f"/etablissements/{siret}/comptes/matrice/{ref}/",
    }
    return page(request, "access/why/person.html", context)


def _said(explanation: Explanation) -> dict[str, Any]:
    return {"why": explanation, "about": explanation.who, "day": explanation.day}


@administrator()
def why(request: MemberRequest, siret: str, ref: uuid.UUID, code: str) -> HttpResponse:
    """« Pourquoi cet accès ? » for somebody and a service."""
    about, asked = _found(request, ref)
    explanation = explain(about, code, day=asked.day)
    if explanation is None:
        raise Http404
    suffix = f"?au={asked.on}" if asked.day else ""
    context = {**_said(explanation), "ref": ref, "account": account_of(about), "suffix": suffix}
    return page(request, "access/why/why.html", context)


@signed_in()
def own(request: SignedInRequest, place: str, code: str) -> HttpResponse:
    """« Pourquoi cet accès ? » for oneself."""
    explanation = my_reasons(request.user.pk, place, code)
    if explanation is None:
        raise Http404
    asked = my_administrators().get(place, [])
    return render(request, "access/why/own.html", {**_said(explanation), "administrators": asked, "place": place})
