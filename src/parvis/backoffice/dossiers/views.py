"""The queue, one dossier with what an adviser does with it, its documents."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.dossiers import actions, queries
from parvis.backoffice.dossiers.forms import NEW, AcceptForm, AskForm, ReasonForm, WordForm
from parvis.dossiers.actions.deciding import Decision, default_due
from parvis.dossiers.actions.drafting import PURPOSE
from parvis.dossiers.models import Document, State
from parvis.ground import clock, files
from parvis.ground.files.checking import TYPES
from parvis.ground.files.ranges import served
from parvis.ground.identifiers.text import showable
from parvis.ground.pages import render
from parvis.ground.rules import after
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh

ACTS = {
    "accepter": "Accepter",
    "refuser": "Refuser",
    "piece": "Demander une pièce",
    "message": "Écrire",
    "note": "Note interne",
    "attribuer": "Attribuer",
    "classer": "Classer",
}
_POSSIBLE = {
    State.SENT: ("piece", "message", "note", "attribuer", "classer"),
    State.EXAMINED: tuple(ACTS),
    State.ASKED: ("piece", "refuser", "message", "note", "attribuer", "classer"),
    State.DECIDING: ("message", "note"),
}
SAID = {
    "prendre": "Ce dossier est à vous.",
    "rendre": "Le dossier est de nouveau à prendre.",
    "attribuer": "Le dossier est attribué.",
    "accepter": "La demande est acceptée : l’établissement est prévenu.",
    "proposer": "L’acceptation est proposée : un second conseiller la valide dans « Quatre yeux ».",
    "refuser": "La demande est refusée : l’établissement est prévenu.",
    "piece": "La pièce est demandée : l’établissement est prévenu.",
    "message": "Votre message est écrit : l’établissement est prévenu.",
    "note": "La note est ajoutée : l’établissement ne la voit jamais.",
    "classer": "Le dossier est classé sans suite : l’établissement est prévenu.",
}


@adviser()
def queue(request: AdviserRequest) -> HttpResponse:
    """« Demandes »: what waits, by fund."""
    filters = queries.Filters.parse(request.GET, request.adviser.funds)
    context = {"found": queries.queue(request.adviser, filters), "states": queries.SHOWN, "whose": queries.WHOSE}
    return render(request, "backoffice/dossiers/list.html", context)


def _forms(request: AdviserRequest, found: queries.Detail, gesture: str) -> dict[str, Any]:
    def posted(name: str) -> Any:
        return request.POST if request.method == "POST" and gesture == name else None

    return {
        "piece": AskForm(posted("piece"), pieces=found.pieces, initial={"due_on": default_due()}),
        "message": WordForm(posted("message"), auto_id="word_%s"),
        "accepter": AcceptForm(
            posted("accepter"), amount=found.dossier.amount, initial={"granted": found.dossier.amount}
        ),
        "refuser": ReasonForm(posted("refuser"), auto_id="why_%s"),
        "classer": ReasonForm(posted("classer"), auto_id="close_%s"),
    }


@adviser(methods=BOTH)
def one(request: AdviserRequest, reference: str) -> HttpResponse:
    """One dossier; POST `geste`: what is done with it. The page shows the form of one act at a time (`acte`)."""
    found = queries.detail(request.adviser, reference)
    if found is None:
        raise Http404
    gesture = request.POST.get("geste", "")
    forms = _forms(request, found, gesture)
    problems: list[tuple[str, str]] = []
    if gesture == "accepter" and not is_fresh(request):
        # It moves money.
        return ask_again(request)
    if request.method == "POST":
        problems, said = _done(request, reference, gesture, forms)
        if not problems:
            messages.success(request, SAID[said])
            return HttpResponseRedirect(reverse("backoffice:dossier", args=[reference]))
        found = queries.detail(request.adviser, reference) or found
    possible = _POSSIBLE.get(State(found.dossier.state), ("note",))
    wanted = gesture if problems else request.GET.get("acte", "")

    def file_address(number: int) -> str:
        return reverse("backoffice:dossier-document", args=[reference, number])

    return render(
        request,
        "backoffice/dossiers/one.html",
        {
            "found": found,
            "forms": forms,
            "problems": problems,
            "page_error": bool(problems),
            "act": wanted if wanted in possible else possible[0],
            "acts": {code: ACTS[code] for code in possible},
            "typed": {name: showable(str(value)) for name, value in request.POST.items()} if problems else {},
            "file_address": file_address,
        },
    )


def _done(
    request: AdviserRequest, reference: str, gesture: str, forms: dict[str, Any]
) -> tuple[list[tuple[str, str]], str]:
    """What is wrong, or what was done."""
    form = forms.get(gesture)
    if form is not None and not form.is_valid():
        return list(form.problems), ""
    if gesture not in _GESTURES:
        return [("Choisissez ce que vous voulez faire de ce dossier.", "")], ""
    try:
        return [], _GESTURES[gesture](request, reference, form.cleaned_data if form is not None else {}) or gesture
    except Refused as refusal:
        anchor = form[refusal.field].auto_id if form is not None and refusal.field in form.fields else ""
        return [(refusal.message, anchor)], ""


def _take(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.take(who=request.adviser, reference=reference)


def _put_back(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.put_back(who=request.adviser, reference=reference)


def _assign(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.assign(who=request.adviser, reference=reference, adviser=request.POST.get("adviser", ""))


def _accept(request: AdviserRequest, reference: str, data: dict[str, Any]) -> str:
    decision = Decision(data.get("granted"), data["reference"], data["text"])
    done = actions.accept(who=request.adviser, reference=reference, decision=decision)
    return "accepter" if done else "proposer"


def _refuse(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.refuse(who=request.adviser, reference=reference, text=data["text"])


def _ask(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    piece = "" if data["piece"] == NEW else data["piece"]
    actions.ask(
        who=request.adviser,
        reference=reference,
        piece=piece,
        label=data["label"],
        text=data["text"],
        due_on=data["due_on"],
    )


def _word(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.comment(who=request.adviser, reference=reference, text=data["text"])


def _note(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.note(who=request.adviser, reference=reference, text=request.POST.get("note", ""))


def _close(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.cancel(who=request.adviser, reference=reference, text=data["text"])


_GESTURES: dict[str, Callable[[AdviserRequest, str, dict[str, Any]], str | None]] = {
    "prendre": _take,
    "rendre": _put_back,
    "attribuer": _assign,
    "accepter": _accept,
    "refuser": _refuse,
    "piece": _ask,
    "message": _word,
    "note": _note,
    "classer": _close,
}


@adviser()
def document(request: AdviserRequest, reference: str, number: int) -> HttpResponse:
    """A document of a dossier; the establishment's history says who opened it."""
    found = Document.objects.filter(pk=number, dossier__reference=reference).first()
    if found is None:
        raise Http404
    try:
        content = files.read(found.key, PURPOSE)
    except files.Missing as fault:
        raise Http404 from fault
    answer = served(
        request,
        content,
        filename=found.name,
        media_type=TYPES.get(found.kind, "application/octet-stream"),
        digest=found.sha256,
        shown="enregistrer" not in request.GET,
    )
    if answer.status_code in (200, 206):
        after(request, lambda: _opened(request, reference, number, part=answer.status_code == 206))
    return answer


def _opened(request: AdviserRequest, reference: str, number: int, *, part: bool) -> None:
    """One event for an opening: a browser's viewer asks for a file whole, then for parts of it all day."""
    today = clock.today().isoformat()
    held = request.session.get("documents")
    noted = held[1] if held and held[0] == today else []
    if part and number in noted:
        return
    request.session["documents"] = [today, [*noted, number] if number not in noted else noted]
    actions.note_opened(request.adviser, reference)
