"""« Mes échanges »: the list, one thread and what is done in it, its files."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.rules import BOTH, MemberRequest, member
from parvis.advisers.seeing import begun
from parvis.exchanges import queries
from parvis.exchanges.actions import thread
from parvis.exchanges.forms import ReopenForm, ReplyForm
from parvis.exchanges.rights import said_of
from parvis.exchanges.telling import ANSWERED, ASKED, MOVED
from parvis.ground import files, tenancy
from parvis.ground.files.checking import TYPES
from parvis.ground.pages import render
from parvis.ground.pages.kept import kept
from parvis.ground.rules import after
from parvis.ground.tables.downloads import download
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large
from parvis.notices.actions import read_about

SAID = {
    "ecrire": "Votre message est envoyé.",
    "reprendre": "Vous vous occupez de cet échange : vos collègues le voient.",
    "suivre": "Vous suivez cet échange : vous serez prévenu de ce qui arrive.",
    "ne-plus-suivre": "Vous ne suivez plus cet échange.",
    "clore": "L’échange est clos.",
    "rouvrir": "L’échange est rouvert : le fonds le reçoit de nouveau.",
}


@member(delegates=True)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """« Mes échanges »."""
    filters = queries.Filters.parse(request.GET)
    return render(
        request,
        "exchanges/index.html",
        {
            "siret": siret,
            "found": queries.listing(request.standing, filters),
            "drafts": queries.drafts(request.standing),
            "whose": queries.WHOSE,
            "states": queries.STATES,
        },
    )


@member(methods=BOTH, delegates=True)
def one(request: MemberRequest, siret: str, reference: str) -> HttpResponse:
    """One exchange; POST `geste`: what is done in it."""
    who = request.standing
    found = queries.detail(who, reference)
    if found is None:
        raise Http404
    typed = request.POST if request.method == "POST" else kept(request)
    gesture = request.POST.get("geste", "")
    reply = ReplyForm(typed if gesture != "rouvrir" else None)
    reopen = ReopenForm(typed if gesture == "rouvrir" else None, auto_id="again_%s")
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        problems = _done(request, reference, gesture, reply, reopen)
        if not problems:
            messages.success(request, SAID[gesture])
            return HttpResponseRedirect(reverse("exchanges:one", args=[siret, reference]))
    elif not begun(request):
        _note(request, found)
    return render(request, "exchanges/one.html", _context(siret, found, reply, reopen, problems))


def _context(siret: str, found: Any, reply: Any, reopen: Any, problems: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "siret": siret,
        "found": found,
        "holders": said_of(found.exchange.service),
        "reply": reply,
        "reopen": reopen,
        "problems": problems,
        "page_error": bool(problems),
        "accept": files.ACCEPT,
        "megabytes": settings.PARVIS_FILE_SIZE // 1_000_000,
        "most": settings.PARVIS_EXCHANGE_FILES,
    }


def _note(request: MemberRequest, found: queries.Detail) -> None:
    """That it was read, once the READ ONLY request is over; nothing where nothing is new."""
    who, number = request.standing, found.exchange.pk
    if found.read_at is not None and found.read_at >= found.exchange.moved_at:
        return

    def later() -> None:
        with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
            thread.note_read(establishment=who.establishment_id, person=who.person_id, exchange=number)
            read_about(who=who, kinds=(ANSWERED, ASKED, MOVED), objects=[number])

    after(request, later)


def _done(request: MemberRequest, reference: str, gesture: str, reply: Any, reopen: Any) -> list[tuple[str, str]]:
    who = request.standing
    form = {"ecrire": reply, "rouvrir": reopen}.get(gesture)
    if form is not None and not form.is_valid():
        return list(form.problems)
    try:
        if gesture == "ecrire":
            thread.may_write(who=who, reference=reference)
            sent = documents(request)
            thread.reply(who=who, reference=reference, text=reply.cleaned_data["text"], documents=sent)
        elif gesture == "rouvrir":
            thread.reopen(who=who, reference=reference, text=reopen.cleaned_data["text"])
        elif gesture == "reprendre":
            thread.take_over(who=who, reference=reference)
        elif gesture in ("suivre", "ne-plus-suivre"):
            thread.follow(who=who, reference=reference, follows=gesture == "suivre")
        elif gesture == "clore":
            thread.close(who=who, reference=reference)
        else:
            raise Refused("Choisissez ce que vous voulez faire de cet échange.")
    except Refused as refusal:
        return [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
    return []


def documents(request: Any) -> list[files.Clean]:
    """The files of the form, as they may be kept. Raises Refused, about `file`."""
    sent = [one for one in request.FILES.getlist("file") if isinstance(one, UploadedFile)]
    if too_large(request):
        raise Refused(f"Un fichier est trop lourd : {settings.PARVIS_FILE_SIZE // 1_000_000} Mo au plus.", field="file")
    if len(sent) > settings.PARVIS_EXCHANGE_FILES:
        raise Refused(f"Joignez {settings.PARVIS_EXCHANGE_FILES} fichiers au plus.", field="file")
    return [files.accepted(one, field="file") for one in sent]


@member(delegates=True)
def document(request: MemberRequest, siret: str, reference: str, number: int) -> HttpResponse:
    """A file of an exchange that one may open, to be saved."""
    found = queries.document(request.standing, reference, number)
    if found is None:
        raise Http404
    try:
        content = files.read(found.key, "exchange")
    except files.Missing as fault:
        raise Http404 from fault
    return download(content, found.name, TYPES.get(found.kind, "application/octet-stream"))
