"""A request in its steps: a page of questions, its documents, reading it over and sending it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access.levels import Level
from parvis.dossiers.actions import drafting, sending
from parvis.dossiers.actions.moving import Stale, line_for
from parvis.dossiers.queries.detail import Detail, document
from parvis.dossiers.registry import Step
from parvis.dossiers.rights import hand_of
from parvis.dossiers.transitions import Gesture
from parvis.dossiers.views.opening import BOTH, DossierRequest, dossier_page, of_dossier, shown
from parvis.ground import files
from parvis.ground.files.checking import TYPES
from parvis.ground.files.ranges import served
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large

OTHER = "autre"


def _version(request: DossierRequest) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


@of_dossier(methods=BOTH, level=Level.WRITE)
def step(request: DossierRequest, siret: str, step: str) -> HttpResponse:
    """One page of questions; kept before the next one is shown."""
    one = shown(request)
    if one.held is None:
        raise Http404
    chosen = next((known for known in one.held.steps if known.code == step), None)
    if chosen is None:
        return redirect("dossiers:one", siret=siret, reference=one.dossier.reference)
    if not one.fresh or not one.may("write") or (request.method != "POST" and not one.writes):
        # Nobody fills a page in for nothing: the dossier's own page says who has it, and what to do.
        messages.info(request, one.next.text)
        return redirect("dossiers:one", siret=siret, reference=one.dossier.reference)
    form = one.held.form(chosen, request.POST if request.method == "POST" else kept(request))
    differences: list[tuple[str, str]] = []
    version = one.dossier.version
    if request.method == "POST":
        if form.is_valid():
            try:
                drafting.write(
                    who=request.standing,
                    reference=one.dossier.reference,
                    step=chosen.code,
                    answers=form.answers(),
                    version=_version(request),
                )
                return HttpResponseRedirect(_after(request, siret, chosen))
            except Stale as stale:
                version, differences = stale.version, one.held.form(chosen).shown()
                form.add_error(None, stale.message)
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            version = _version(request)
    return _step_page(request, one, chosen, form, version, differences)


def _step_page(
    request: DossierRequest, one: Detail, chosen: Step, form: Any, version: int, differences: list[tuple[str, str]]
) -> HttpResponse:
    assert one.held is not None
    steps = one.held.steps
    number = steps.index(chosen)
    back = reverse("dossiers:step", args=[request.standing.siret, one.dossier.reference, steps[number - 1].code])
    return dossier_page(
        request,
        "dossiers/steps/question.html",
        whole=one,
        step=chosen,
        form=form,
        typed_version=version,
        differences=differences,
        labels=[*(known.label for known in steps), "Documents", "Vérification"],
        number=number + 1,
        back=back if number else "",
        problems=form.problems if form.is_bound and request.method == "POST" else [],
    )


def _after(request: DossierRequest, siret: str, chosen: Step) -> str:
    """What follows the step; for who came back from « Vérifier » to change one answer, that page again."""
    request.dossier.refresh_from_db()
    one = shown(request)
    assert one.held is not None
    reference = one.dossier.reference
    if request.GET.get("retour") == "verifier" and one.held.first_lacking_step is None:
        return reverse("dossiers:check", args=[siret, reference])
    codes = [known.code for known in one.held.steps]
    later = codes[codes.index(chosen.code) + 1 :] if chosen.code in codes else []
    if later:
        return reverse("dossiers:step", args=[siret, reference, later[0]])
    return reverse("dossiers:documents", args=[siret, reference])


def _received(request: DossierRequest, one: Detail) -> list[tuple[str, str]]:
    """Each document has its own field; what is accepted is kept, even where another file is refused."""
    problems = []
    codes = [slot.piece.code for slot in one.held.slots] if one.held else []
    for code in [*codes, OTHER]:
        name = f"piece-{code}"
        for sent in request.FILES.getlist(name)[:10]:
            if not isinstance(sent, UploadedFile):
                continue
            try:
                drafting.join(
                    who=request.standing,
                    reference=one.dossier.reference,
                    piece="" if code == OTHER else code,
                    document=files.accepted(sent, field=name),
                )
            except Refused as refusal:
                problems.append((refusal.message, name))
    if too_large(request):
        problems.append((f"Un fichier est trop lourd : {settings.PARVIS_FILE_SIZE // 1_000_000} Mo au plus.", ""))
    return problems


@of_dossier(methods=BOTH)
def documents(request: DossierRequest, siret: str) -> HttpResponse:
    """Its documents, version by version; POST: joined, taken away."""
    one = shown(request)
    problems: list[tuple[str, str]] = []
    gesture = request.POST.get("geste", "")
    if request.method == "POST":
        try:
            if gesture.startswith("retirer-"):
                number = gesture.removeprefix("retirer-")
                drafting.take_away(who=request.standing, reference=one.dossier.reference, number=_number(number))
            else:
                # Asked before files are looked into: whoever may not write waits for nothing.
                _may_join(request, one)
                problems = _received(request, one)
        except Refused as refusal:
            problems = [(refusal.message, "")]
        if not problems:
            if gesture == "continuer":
                return redirect("dossiers:check", siret=siret, reference=one.dossier.reference)
            if request.FILES:
                messages.success(request, "Vos documents sont joints.")
            return redirect("dossiers:documents", siret=siret, reference=one.dossier.reference)
        request.dossier.refresh_from_db()
        one = shown(request)
    return dossier_page(
        request,
        "dossiers/documents.html",
        "documents",
        whole=one,
        problems=problems,
        other=f"piece-{OTHER}",
        accept=files.ACCEPT,
        megabytes=settings.PARVIS_FILE_SIZE // 1_000_000,
    )


def _may_join(request: DossierRequest, one: Detail) -> None:
    hand = hand_of(request.standing, one.dossier)
    line_for(Gesture.JOIN, hand.side, one.dossier)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@of_dossier()
def file(request: DossierRequest, siret: str, number: int) -> HttpResponse:
    """A document, in the browser or saved (`?enregistrer=1`), whole or in parts."""
    found = document(request.standing, request.dossier.reference, number)
    if found is None:
        raise Http404
    try:
        content = files.read(found.key, drafting.PURPOSE)
    except files.Missing as fault:
        raise Http404 from fault
    return served(
        request,
        content,
        filename=found.name,
        media_type=TYPES.get(found.kind, "application/octet-stream"),
        digest=found.sha256,
        shown="enregistrer" not in request.GET,
    )


@of_dossier(methods=BOTH, level=Level.WRITE)
def check(request: DossierRequest, siret: str) -> HttpResponse:
    """« Vérifier et transmettre »: everything read over, the conditions, the attestation."""
    one = shown(request)
    if one.held is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    attested = request.POST.get("attestation") == "on"
    if request.method == "POST":
        try:
            sending.send(
                who=request.standing,
                reference=one.dossier.reference,
                version=_version(request),
                attested=attested,
            )
            return redirect("dossiers:sent", siret=siret, reference=one.dossier.reference)
        except Refused as refusal:
            problems = [(refusal.message, "id_attestation" if refusal.field == "attestation" else "")]
            request.dossier.refresh_from_db()
            one = shown(request)
    elif not one.may("send"):
        return redirect("dossiers:one", siret=siret, reference=one.dossier.reference)
    assert one.held is not None
    return dossier_page(
        request,
        "dossiers/steps/check.html",
        whole=one,
        problems=problems,
        attested=attested,
        labels=[*(known.label for known in one.held.steps), "Documents", "Vérification"],
        number=len(one.held.steps) + 2,
    )


@of_dossier()
def sent(request: DossierRequest, siret: str) -> HttpResponse:
    """« Votre demande est transmise »: its reference, by when an answer is meant, what comes next."""
    one = shown(request)
    if one.dossier.sent_at is None:
        return redirect("dossiers:one", siret=siret, reference=one.dossier.reference)
    return dossier_page(request, "dossiers/sent.html", whole=one)
