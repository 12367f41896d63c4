"""The pages of « Correspondants »."""

import datetime
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.levels import Level
from parvis.access.models import Civility
from parvis.access.rules import BOTH, MemberRequest, service
from parvis.establishments.funds import FUNDS
from parvis.ground.pages.filters import date_long, phone
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.services.conflict import Conflict, Difference
from parvis.services.correspondents import actions, queries
from parvis.services.correspondents.actions import Entry
from parvis.services.correspondents.forms import CorrespondentForm, WithdrawForm
from parvis.services.correspondents.kinds import FIELDS
from parvis.services.correspondents.models import Correspondent, Function
from parvis.services.correspondents.service import SERVICE
from parvis.services.pages import page


def _found(correspondent_id: int) -> Correspondent:
    found = queries.found(correspondent_id)
    if found is None:
        raise Http404
    return found


@service("correspondants", Level.READ)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """Whom each fund reaches, function by function."""
    return page(
        request,
        SERVICE,
        "service_correspondents/index.html",
        {"directory": queries.directory(request.standing.funds)},
    )


def _form_page(request: MemberRequest, form: CorrespondentForm, **context: Any) -> HttpResponse:
    problems = form.problems
    return page(
        request,
        SERVICE,
        "service_correspondents/form.html",
        {
            "form": form,
            "problems": problems,
            "page_error": bool(problems or context.get("conflict")),
            "correspondent": None,
            "conflict": {},
            **context,
        },
    )


@service("correspondants", Level.WRITE, methods=BOTH)
def add(request: MemberRequest, siret: str) -> HttpResponse:
    """« Ajouter un correspondant »."""
    who = request.standing
    form = CorrespondentForm(request.POST if request.method == "POST" else kept(request), funds=who.funds)
    if request.method == "POST" and form.is_valid():
        try:
            correspondent, added = actions.add(who=who, entry=form.entry())
            said = (
                "est dans la liste des correspondants"
                if added
                else "était déjà dans la liste, avec les mêmes informations"
            )
            messages.success(request, f"{correspondent.name} {said}.")
            return redirect("service_correspondents:index", siret=siret)
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
    return _form_page(request, form)


@service("correspondants", Level.WRITE, methods=BOTH)
def modify(request: MemberRequest, siret: str, correspondent_id: int) -> HttpResponse:
    """« Modifier » a correspondent."""
    found, who = _found(correspondent_id), request.standing
    form = CorrespondentForm(
        request.POST if request.method == "POST" else kept(request),
        funds=who.funds | frozenset(found.funds),
        initial=asdict(actions.entry_of(found)),
        version=found.version,
    )
    conflict: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change(
                who=who, correspondent_id=correspondent_id, entry=form.entry(), version=form.version
            )
            said = "sont enregistrées" if changed else "n’ont pas changé : rien n’est à enregistrer"
            messages.success(request, f"Les informations sur {found.name} {said}.")
            return redirect("service_correspondents:index", siret=siret)
        except Conflict as met:
            form.version, found = met.version, _found(correspondent_id)
            conflict = {
                "said": queries.said(found),
                "differences": _differences(actions.entry_of(found), form.entry()),
            }
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
    return _form_page(request, form, correspondent=found, conflict=conflict)


def _shown(name: str, value: Any) -> str:
    if name == "functions":
        return ", ".join(str(Function(code).label) for code in value)
    if name == "funds":
        return ", ".join(FUNDS[code].short for code in value)
    if name == "civility":
        return str(Civility(value).label)
    if isinstance(value, datetime.date):
        return date_long(value)
    return (phone(value) if name == "phone" else value) or "Non renseigné"


def _differences(saved: Entry, typed: Entry) -> list[Difference]:
    return [
        Difference(FIELDS[name], _shown(name, getattr(saved, name)), _shown(name, getattr(typed, name)), f"id_{name}")
        for name in actions.changes(saved, typed)
    ]


@service("correspondants", Level.WRITE, methods=BOTH)
def withdraw(request: MemberRequest, siret: str, correspondent_id: int) -> HttpResponse:
    """« Retirer » a correspondent: a page that asks, with an end or an erasure."""
    found, who = _found(correspondent_id), request.standing
    form = WithdrawForm(
        request.POST if request.method == "POST" else kept(request),
        initial={"how": "end", "ends_on": max(found.ends_on or who.today, who.today)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["how"] == "delete":
                name = actions.delete(who=who, correspondent_id=correspondent_id)
                messages.success(request, f"{name} n’est plus dans la liste des correspondants.")
            else:
                ends_on = form.cleaned_data["ends_on"]
                actions.end(who=who, correspondent_id=correspondent_id, ends_on=ends_on)
                messages.success(request, f"Les fonds pourront joindre {found.name} jusqu’au {date_long(ends_on)}.")
            return redirect("service_correspondents:index", siret=siret)
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
    problems = form.problems
    return page(
        request,
        SERVICE,
        "service_correspondents/withdraw.html",
        {"correspondent": found, "form": form, "problems": problems, "page_error": bool(problems)},
    )
