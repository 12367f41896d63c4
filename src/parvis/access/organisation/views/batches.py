"""« Proposer une délégation à plusieurs »: choose the establishments, say what is proposed, check, propose once."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from parvis.access.delegation.forms import LevelsForm, ProposalForm
from parvis.access.delegation.terms import ProposedTerms, latest_end
from parvis.access.organisation.actions import batches as acts
from parvis.access.organisation.forms import FileForm
from parvis.access.organisation.pages import of_organisation, organisation_page
from parvis.access.organisation.picked import Picked, read_picked
from parvis.access.organisation.queries.batches import (
    KINDS,
    PER_PAGE,
    VERDICTS,
    Batch,
    DirectoryFilters,
    counted,
    directory,
    one_batch,
    open_proposals,
)
from parvis.access.organisation.queries.clients import as_ref, number
from parvis.access.paging import paging
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.shortcuts import apply_shortcut
from parvis.establishments.funds import ALL
from parvis.ground import clock
from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural
from parvis.ground.pages.kept import kept
from parvis.ground.pages.numbering import page_count
from parvis.ground.tables.reading import Unreadable
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large

STEPS = ["Choisir les établissements", "Dire ce que l’on propose", "Vérifier et proposer"]
TOO_LARGE = "Ce fichier est trop volumineux : n’y gardez que la colonne des SIRET, puis choisissez-le de nouveau."


def found_batch(request: MemberRequest, ref: uuid.UUID) -> Batch:
    """The batch of that reference; 404 for one of others."""
    found = one_batch(request.standing, ref)
    if found is None:
        raise Http404
    return found


def _sent(siret: str, request: MemberRequest) -> HttpResponse:
    messages.success(request, acts.SENT_ALREADY)
    return redirect("access:batch-following", siret=siret)


@administrator(methods=BOTH)
@of_organisation
def choose(request: MemberRequest, siret: str) -> HttpResponse:
    """Step 1: from the directory, ticked or all that were found, or from a file; `lot`: added to a batch begun."""
    who, filters = request.standing, DirectoryFilters.parse(request.GET)
    ref = as_ref(request.GET.get("lot", ""))
    form, problems = FileForm(), []
    if request.method == "POST":
        try:
            if (lines := _lines(request, filters)) is not None:
                batch = acts.pick(who=who, ref=ref, lines=lines)
                return redirect("access:batch", siret=siret, ref=batch.ref)
            form = FileForm(request.POST, request.FILES)
            problems = form.problems
        except Refused as refusal:
            problems = [(refusal.message, "")]
        except Unreadable as fault:
            form = FileForm(request.POST, request.FILES)
            form.add_error("file", str(fault))
            problems = form.problems
    found, total = directory(who, filters) if filters.active else ([], 0)
    lot = [("lot", str(ref))] if ref else []
    pages = -(-total // PER_PAGE)
    return organisation_page(
        request,
        "choose.html",
        "propositions",
        {
            "steps": STEPS,
            "filters": filters,
            "found": found,
            "total": total,
            "kinds": list(KINDS.items()),
            "paging": paging(filters.page, pages, total, lambda n: _query([*lot, *filters.pairs(page=n)])),
            "lot": lot,
            "ref": ref,
            "here": _query([*lot, *filters.pairs(page=filters.page)]),
            "form": form,
            "problems": problems,
            "most": settings.PARVIS_BATCH_LINES,
        },
    )


def _query(pairs: list[tuple[str, str]]) -> str:
    return f"?{urlencode(pairs)}"


def _lines(request: MemberRequest, filters: DirectoryFilters) -> list[Picked] | None:
    """What was ticked, found or sent; None where there is no file. Raises Refused, Unreadable."""
    if "fichier" in request.POST or too_large(request):
        sent = request.FILES.get("file")
        if too_large(request) or (sent is not None and (sent.size or 0) > settings.PARVIS_BATCH_SIZE):
            raise Unreadable(TOO_LARGE)
        return read_picked(sent.read()) if sent is not None and sent.size else None
    if "tous" in request.POST:
        found, total = directory(request.standing, filters, most=settings.PARVIS_BATCH_LINES)
        if not filters.active or total > len(found):
            raise Refused("Cette recherche trouve trop d’établissements pour les ajouter tous : précisez-la.")
        return [Picked(0, one.siret, siret=one.siret) for one in found]
    ticked = [text for text in request.POST.getlist("siret") if _is_siret(text)]
    if not ticked:
        raise Refused("Aucun établissement n’est choisi : cochez-en au moins un.")
    return [Picked(0, text, siret=text) for text in ticked]


def _is_siret(text: str) -> bool:
    try:
        return parse_siret(text) == text
    except ValueError:
        return False


@administrator(methods=BOTH)
@of_organisation
def batch(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """The lines chosen so far, each with what becomes of it; one may leave (`retirer`)."""
    who, found = request.standing, found_batch(request, ref)
    if found.confirmed_at is not None:
        return _sent(siret, request)
    if request.method == "POST":
        try:
            typed = request.POST.get("retirer", "")
            if typed:
                acts.drop(who=who, ref=ref, sirets=[typed])
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(request.get_full_path())
    return organisation_page(request, "batch.html", "propositions", _shown(request, found))


def _shown(request: MemberRequest, found: Batch) -> dict[str, object]:
    """A page of the lines, of one kind if it is asked for; who may be proposed to first."""
    chosen, page = VERDICTS.get(request.GET.get("lignes", "")), number(request.GET.get("page", "1")) or 1
    lines = [line for line in found.lines if chosen is None or line.verdict is chosen]
    pages = page_count(len(lines), PER_PAGE)
    page = min(page, pages)
    slug = [("lignes", chosen.slug)] if chosen else []
    return {
        "steps": STEPS,
        "batch": found,
        "chosen": chosen,
        "counts": counted(found.lines),
        "lines": lines[(page - 1) * PER_PAGE : page * PER_PAGE],
        "paging": paging(page, pages, len(lines), lambda n: _query([*slug, ("page", str(n))])),
        "room": max(0, settings.PARVIS_DELEGATION_OPEN - open_proposals(request.standing)),
    }


def _initial(held: ProposedTerms | None) -> Mapping[str, Any]:
    today = clock.today()
    if held is None:
        return {"starts_on": today, "ends_on": latest_end(today)}
    return {name: getattr(held, name) for name in ProposalForm.base_fields}


@administrator(methods=BOTH)
@of_organisation
def terms(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """Step 2: services and levels, dates, reason, agreement."""
    who, found = request.standing, found_batch(request, ref)
    if found.confirmed_at is not None:
        return _sent(siret, request)
    typed = request.POST if request.method == "POST" else kept(request)
    form = ProposalForm(typed, today=who.today, initial=_initial(found.terms))
    rights = LevelsForm(ALL, typed=typed, levels=found.terms.services if found.terms else None)
    problems: list[tuple[str, str]] = []
    notice = apply_shortcut(typed, rights, who) if typed is not None and "raccourci" in typed else ""
    if request.method == "POST" and not notice:
        services = rights.levels()
        problems = [*rights.problems, *form.problems]
        if form.is_valid() and services is not None:
            try:
                acts.set_terms(who=who, ref=ref, terms=form.terms(services))
                return redirect("access:batch-check", siret=siret, ref=ref)
            except Refused as refusal:
                problems = [(refusal.message, f"id_{refusal.field}" if refusal.field in form.fields else "")]
    context = {"steps": STEPS, "batch": found, "form": form, "rights": rights, "problems": problems, "notice": notice}
    context["years"] = settings.PARVIS_DELEGATION_YEARS
    context["kept"] = request.method == "GET" and typed is not None
    return organisation_page(request, "batch_terms.html", "propositions", context)


@administrator(methods=BOTH)
@of_organisation
def check(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """Step 3: line by line what will be proposed, then one confirmation; pressed twice it proposes once."""
    found = found_batch(request, ref)
    problems: list[tuple[str, str]] = []
    if found.confirmed_at is not None:
        return _sent(siret, request)
    if found.terms is None:
        return redirect("access:batch-terms", siret=siret, ref=ref)
    if request.method == "POST":
        try:
            sent = acts.propose_batch(who=request.standing, ref=ref)
            if not sent.now:
                return _sent(siret, request)
            said = plural(sent.proposed, "établissement", "établissements")
            if sent.remaining:
                messages.info(request, f"La délégation est proposée à {said} : continuez pour les suivants.")
                return redirect("access:batch-check", siret=siret, ref=ref)
            messages.success(request, f"La délégation est proposée à {said}. Chacun reçoit un courriel.")
            return redirect("access:batch-following", siret=siret)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    context = {**_shown(request, found), "problems": problems}
    return organisation_page(request, "batch_check.html", "propositions", context)


@administrator(methods=BOTH)
@of_organisation
def abandon(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Abandonner », asked first: nothing was proposed yet."""
    found = found_batch(request, ref)
    if found.confirmed_at is not None:
        return _sent(siret, request)
    if request.method == "POST":
        try:
            acts.abandon(who=request.standing, ref=ref)
            messages.success(request, "Ces propositions groupées sont abandonnées : rien n’a été proposé.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(address("access:batch-following", siret))
    return organisation_page(request, "batch_abandon.html", "propositions", {"batch": found})
