"""« Importer »: the file, its preview, its confirmation, what it made."""

import uuid
from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.actions.guards import actor_of
from parvis.access.bulk import actions
from parvis.access.bulk.holding import found, unsealed
from parvis.access.bulk.queries import (
    PER_PAGE,
    clashes,
    created_accounts,
    download_columns,
    download_rows,
    handed,
    shown_lines,
)
from parvis.access.models import Import
from parvis.access.pages import page
from parvis.access.paging import paging
from parvis.access.registry import catalogue
from parvis.access.rules import BOTH, POST, MemberRequest, administrator
from parvis.access.views.creation import sheets_of
from parvis.ground import clock, rules, tenancy
from parvis.ground.pages.filters import plural
from parvis.ground.pages.numbering import page_asked, page_count
from parvis.ground.tables import CSV_TYPE, ODS_TYPE, csv_file, download, ods_file
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large
from parvis.identity.entry import ask_again, is_fresh
from parvis.identity.forms import PlainForm
from parvis.journal.actions import trace


class UploadForm(PlainForm):
    """The file that was edited."""

    file = forms.FileField(
        label="Fichier à importer",
        widget=forms.FileInput(),
        error_messages={
            "required": "Choisissez le fichier que vous avez modifié.",
            "empty": "Ce fichier est vide : choisissez celui que vous avez modifié.",
            "missing": "Choisissez le fichier que vous avez modifié.",
            "invalid": "Choisissez le fichier que vous avez modifié.",
        },
    )


@administrator(methods=BOTH)
def start(request: MemberRequest, siret: str) -> HttpResponse:
    """Download, edit, send: the three steps on one page."""
    who = request.standing
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST":
        if too_large(request):
            # Django saw no file at all, and says so: this is what happened.
            form.errors.pop("file", None)
            form.add_error("file", f"Ce fichier dépasse {settings.PARVIS_IMPORT_SIZE // 1_000_000} Mo.")
        elif form.is_valid():
            try:
                file = actions.read_file(form.cleaned_data["file"].read(), who)
                made = actions.preview(who=who, file=file)
                return redirect("access:import-preview", siret=siret, import_id=made.pk)
            except Refused as refusal:
                form.add_error("file", refusal.message)
    return page(
        request,
        "access/import.html",
        {
            "form": form,
            "problems": form.problems if form.is_bound else [],
            "waiting": Import.objects.filter(author=who.ref, confirmed_at=None, expires_at__gt=clock.now()).first(),
            "services": catalogue(who.funds),
            "lines": settings.PARVIS_IMPORT_LINES,
            "size": settings.PARVIS_IMPORT_SIZE // 1_000_000,
        },
    )


def _download_view(form: str) -> Callable[..., HttpResponse]:
    def give(request: MemberRequest, siret: str) -> HttpResponse:
        who = request.standing
        rows, columns = download_rows(who), download_columns(who, typed_cells=form == "ods")
        content = csv_file(columns, rows) if form == "csv" else ods_file(columns, rows, "Comptes et droits")
        name = f"comptes-et-droits-{who.siret}-{clock.today():%Y-%m-%d}.{form}"

        def noted() -> None:
            with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
                trace("accounts.downloaded", actor=actor_of(who), after={"rows": len(rows), "format": form})

        rules.after(request, noted)
        return download(content, name, CSV_TYPE if form == "csv" else ODS_TYPE)

    return administrator()(give)


file_csv = _download_view("csv")
file_ods = _download_view("ods")


def _own(request: MemberRequest, import_id: uuid.UUID) -> Import:
    """The person's own import of that number; 404 for any other."""
    one = found(request.standing, import_id)
    if one is None:
        raise Http404
    return one


@administrator(methods=BOTH)
def preview(request: MemberRequest, siret: str, import_id: uuid.UUID) -> HttpResponse:
    """Line by line what the file would do; its button does it, under a fresh second factor."""
    one = _own(request, import_id)
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and one.confirmed_at is None:
        if not is_fresh(request):
            return ask_again(request)
        try:
            one = actions.confirm(who=request.standing, import_id=import_id)
        except actions.Outdated as refusal:
            context = {"one": one, "clashes": clashes(one, refusal.differences), "problems": [(refusal.message, "")]}
            return page(request, "access/import_outdated.html", context, status=409)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    if one.confirmed_at is not None:
        return redirect("access:import-done", siret=siret, import_id=import_id)
    held = unsealed(one.sealed)
    shown = shown_lines(held.lines, wanted=request.GET.get("voir", ""), page=request.GET.get("page", "1"))
    return page(
        request,
        "access/import_preview.html",
        {"one": one, "shown": shown, "remarks": held.remarks, "total": len(held.lines), "problems": problems},
    )


@administrator(methods=POST)
def again(request: MemberRequest, siret: str, import_id: uuid.UUID) -> HttpResponse:
    """« Refaire l’aperçu »: the same file against the accounts as they are now."""
    _own(request, import_id)
    try:
        actions.preview_again(who=request.standing, import_id=import_id)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("access:import", siret=siret)
    messages.success(request, "L’aperçu tient compte des changements faits depuis.")
    return redirect("access:import-preview", siret=siret, import_id=import_id)


@administrator(methods=POST)
def give_up(request: MemberRequest, siret: str, import_id: uuid.UUID) -> HttpResponse:
    """« Abandonner »: the preview and what it holds are erased."""
    _own(request, import_id)
    try:
        actions.give_up(who=request.standing, import_id=import_id)
        messages.success(request, "L’import est abandonné : rien n’a changé, et le contenu du fichier est effacé.")
    except Refused as refusal:
        # Thrown away, or replaced, by another request at the same moment.
        messages.error(request, refusal.message)
    return redirect("access:import", siret=siret)


@administrator()
def done(request: MemberRequest, siret: str, import_id: uuid.UUID) -> HttpResponse:
    """What the import made: the identifiers to hand over, and how many accounts changed."""
    one = _own(request, import_id)
    if one.confirmed_at is None:
        return redirect("access:import-preview", siret=siret, import_id=import_id)
    created = created_accounts(one)
    typed = request.GET.get("page", "1")
    pages = page_count(len(created), PER_PAGE)
    number = min(page_asked(typed), pages)
    said = [
        plural(one.counts["created"], "compte créé", "comptes créés"),
        plural(one.counts["changed"], "compte modifié", "comptes modifiés"),
    ]
    context = {
        "one": one,
        "said": [text for text, kind in zip(said, ("created", "changed"), strict=True) if one.counts[kind]],
        "created": created[(number - 1) * PER_PAGE : number * PER_PAGE],
        "total": len(created),
        "parts": parts(len(created)),
        "paging": paging(number, pages, len(created), lambda n: f"?page={n}"),
    }
    return page(request, "access/import_done.html", context)


def parts(total: int) -> list[tuple[int, int, int]]:
    """The PDF of the sheets: its number, its first sheet and its last; several where there are very many."""
    size = settings.PARVIS_IMPORT_SHEETS
    return [(n, first, min(first + size - 1, total)) for n, first in enumerate(range(1, total + 1, size), start=1)]


@administrator()
def sheets(request: MemberRequest, siret: str, import_id: uuid.UUID) -> HttpResponse:
    """One PDF with a hand-over sheet for each account created; `partie` where they are too many for one."""
    created = created_accounts(_own(request, import_id))
    wanted = request.GET.get("partie", "1")
    part = next((part for part in parts(len(created)) if str(part[0]) == wanted), None)
    if part is None:
        raise Http404
    number, first, last = part
    body = sheets_of(request, handed(created[first - 1 : last]))
    name = f"identifiants-{siret}-{clock.today():%Y-%m-%d}{f'-{number}' if len(created) > last or first > 1 else ''}"
    return download(body, f"{name}.pdf", "application/pdf")
