"""Files of agents: a list to add or correct, a mass mutation; the preview, and its confirmation."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.forms import FrenchDateField
from parvis.access.levels import Level
from parvis.access.paging import paging
from parvis.access.rules import BOTH, POST, MemberRequest, service
from parvis.ground.fields import LineField
from parvis.ground.pages.filters import plural
from parvis.ground.pages.numbering import page_asked
from parvis.ground.tables import CSV_TYPE, ODS_TYPE, csv_file, download, ods_file
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large
from parvis.services.affiliations.columns import TEMPLATE, TITLES
from parvis.services.affiliations.files import actions
from parvis.services.affiliations.files.planning import KINDS
from parvis.services.affiliations.models import AgentFile
from parvis.services.affiliations.service import CODE, SERVICE
from parvis.services.affiliations.views.sent import sent
from parvis.services.pages import page
from parvis.services.pages.forms import ServiceForm

PER_PAGE = 50
LABELS = {
    "refused": "Refusées",
    "entered": "À affilier",
    "corrected": "À corriger",
    "left": "Départs",
    "unchanged": "Sans changement",
}
Way = AgentFile.Way


class FileForm(ServiceForm):
    """A file of agents."""

    file = forms.FileField(
        label="Fichier",
        widget=forms.FileInput(),
        error_messages=dict.fromkeys(("required", "missing", "invalid"), "Choisissez votre fichier.")
        | {"empty": "Ce fichier est vide : choisissez celui que vous avez rempli."},
    )


class MassForm(FileForm):
    """A mass mutation: which way, from when, by which act, with which file."""

    way = forms.ChoiceField(
        label="Sens de la mutation",
        choices=[(Way.IN, "Des agents arrivent dans votre établissement"), (Way.OUT, "Des agents en partent")],
        widget=forms.RadioSelect(),
        error_messages={"required": "Choisissez le sens.", "invalid_choice": "Choisissez le sens dans la liste."},
    )
    on = FrenchDateField(label="Date", required=True, missing="Saisissez la date de la mutation.")
    employer = LineField(label="L’autre employeur", missing="Saisissez le nom de l’autre employeur.", limit=150)
    act = LineField(
        label="Acte",
        missing="Saisissez l’acte qui décide du transfert, par exemple « Arrêté du 12 novembre 2026 ».",
        limit=150,
    )
    field_order = ("way", "on", "employer", "act", "file")


def _read(request: MemberRequest, form: FileForm, way: str, told: dict[str, Any]) -> AgentFile | None:
    try:
        file = actions.read_file(form.cleaned_data["file"].read(), way=way)
        return actions.preview(who=request.standing, file=file, way=way, told=told)
    except Refused as refusal:
        form.refuse(refusal.message, refusal.field or "file")
        return None


def _page(request: MemberRequest, template: str, form: FileForm) -> HttpResponse:
    if request.method == "POST" and too_large(request):
        # Django saw no file at all, and says so: this is what happened.
        form.errors.pop("file", None)
        form.add_error("file", f"Ce fichier dépasse {settings.PARVIS_AGENT_FILE_SIZE // 1_000_000} Mo.")
    problems = form.problems if form.is_bound else []
    return page(
        request,
        SERVICE,
        f"service_affiliations/{template}.html",
        {
            "form": form,
            "problems": problems,
            "page_error": bool(problems),
            "conflict": {},
            "waiting": actions.waiting(request.standing),
            "columns": [title for key, title in TITLES.items() if key not in ("reference", "version")],
            "lines": settings.PARVIS_AGENT_FILE_LINES,
            "size": settings.PARVIS_AGENT_FILE_SIZE // 1_000_000,
        },
    )


@service(CODE, Level.WRITE, methods=BOTH)
def start(request: MemberRequest, siret: str) -> HttpResponse:
    """« Ajouter ou corriger par fichier »."""
    form = FileForm(request.POST if request.method == "POST" else None, files=request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = _read(request, form, Way.LIST, {})
        if made is not None:
            return redirect("service_affiliations:preview", siret=siret, file=made.pk)
    return _page(request, "file", form)


@service(CODE, Level.WRITE, methods=BOTH)
def mass(request: MemberRequest, siret: str) -> HttpResponse:
    """« Mutation de masse »."""
    form = MassForm(sent(request), files=request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = {"on": data["on"].isoformat(), "act": data["act"], "employer": data["employer"]}
        made = _read(request, form, data["way"], told)
        if made is not None:
            return redirect("service_affiliations:preview", siret=siret, file=made.pk)
    return _page(request, "mass", form)


@service(CODE, Level.WRITE, methods=BOTH)
def preview(request: MemberRequest, siret: str, file: uuid.UUID) -> HttpResponse:
    """Line by line what the file would do; its button does it."""
    one = actions.found(request.standing, file)
    if one is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            one = actions.confirm(who=request.standing, file_id=file)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    if one.confirmed_at is not None:
        messages.success(request, _done(one))
        return redirect("service_affiliations:index", siret=siret)
    held = actions.unsealed(one)
    return page(
        request,
        SERVICE,
        "service_affiliations/preview.html",
        {
            "one": one,
            "held": held,
            "on": actions.day_of(one),
            "problems": problems,
            "page_error": bool(problems),
            **_shown(request, one, held),
        },
    )


def _done(one: AgentFile) -> str:
    parts = [
        plural(one.counts["entered"], "agent affilié", "agents affiliés") if one.counts.get("entered") else "",
        plural(one.counts["corrected"], "fiche corrigée", "fiches corrigées") if one.counts.get("corrected") else "",
        plural(one.counts["left"], "départ déclaré", "départs déclarés") if one.counts.get("left") else "",
    ]
    return f"C’est fait : {', '.join(part for part in parts if part)}."


def _shown(request: MemberRequest, one: AgentFile, held: actions.Held) -> dict[str, Any]:
    """The lines of the kind that is looked at, a page of them."""
    there = [kind for kind in KINDS if one.counts.get(kind)]
    wanted = request.GET.get("voir", "")
    kind = wanted if wanted in there else there[0]
    lines = [line for line in held.lines if line.kind == kind]
    pages = max(1, -(-len(lines) // PER_PAGE))
    typed = request.GET.get("page", "1")
    number = min(page_asked(typed), pages)
    return {
        "kind": kind,
        "tabs": [
            (f"{LABELS[one_kind]} : {one.counts[one_kind]}", f"?voir={one_kind}", one_kind == kind)
            for one_kind in there
        ],
        "lines": lines[(number - 1) * PER_PAGE : number * PER_PAGE],
        "paging": paging(number, pages, len(lines), lambda n: f"?voir={kind}&page={n}"),
        "refused": one.counts.get("refused", 0),
        "nothing": not any(one.counts.get(name) for name in ("entered", "corrected", "left")),
    }


@service(CODE, Level.WRITE, methods=POST)
def give_up(request: MemberRequest, siret: str, file: uuid.UUID) -> HttpResponse:
    """« Abandonner »: the preview and what it holds are erased."""
    actions.give_up(who=request.standing, file_id=file)
    messages.success(request, "Ce fichier est abandonné : rien n’a changé, et son contenu est effacé.")
    return redirect("service_affiliations:index", siret=siret)


def _template(form: str) -> Callable[..., HttpResponse]:
    def give(request: MemberRequest, siret: str) -> HttpResponse:
        content = csv_file(TEMPLATE, []) if form == "csv" else ods_file(TEMPLATE, [], "Agents")
        return download(content, f"modele-agents.{form}", CSV_TYPE if form == "csv" else ODS_TYPE)

    return service(CODE, Level.WRITE)(give)


template_csv = _template("csv")
template_ods = _template("ods")
