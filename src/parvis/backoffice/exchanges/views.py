"""The queue, one exchange with what an adviser does in it, its files, the figures."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.exchanges import actions, queries, replies
from parvis.backoffice.exchanges import figures as counted
from parvis.backoffice.exchanges.forms import AnswerForm, AskForm, TransferForm
from parvis.establishments.funds import FUNDS
from parvis.exchanges.actions.answering import default_due
from parvis.exchanges.models import Attachment
from parvis.exchanges.views.thread import documents
from parvis.ground import clock, files
from parvis.ground.files.checking import TYPES
from parvis.ground.identifiers.text import showable
from parvis.ground.pages import render
from parvis.ground.rules import after
from parvis.ground.tables.downloads import download
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.regulations.identifiers.persons import nir_grouped

ACTS = {
    "repondre": "Répondre",
    "complement": "Demander un complément",
    "note": "Note interne",
    "attribuer": "Attribuer",
    "transmettre": "Transmettre",
    "regrouper": "Regrouper",
}
SAID = {
    "prendre": "Cet échange est à vous.",
    "attribuer": "L’échange est attribué.",
    "rendre": "L’échange est de nouveau à prendre.",
    "repondre": "Votre réponse est partie : l’établissement est prévenu.",
    "clore-repondre": "Votre réponse est partie, et l’échange est clos.",
    "complement": "Le complément est demandé : l’établissement est prévenu.",
    "transmettre": "L’échange est transmis : l’établissement le sait.",
    "regrouper": "L’échange est regroupé : la suite est dans celui-ci.",
    "note": "La note est ajoutée : l’établissement ne la voit jamais.",
    "clore": "L’échange est clos.",
}
# The exchange whose NIR the adviser asked to see whole, in the session until the next page of an exchange.
_NIR = "nir_shown"


@adviser()
def queue(request: AdviserRequest) -> HttpResponse:
    """« Échanges »: what waits, by fund."""
    filters = queries.Filters.parse(request.GET, request.adviser.funds)
    found = queries.queue(request.adviser, filters)
    context = {"found": found, "states": queries.SHOWN, "whose": queries.WHOSE}
    return render(request, "backoffice/exchanges/list.html", context)


def _forms(request: AdviserRequest, found: queries.Detail, gesture: str) -> dict[str, Any]:
    posted = request.POST if request.method == "POST" else None
    model = request.GET.get("modele", "")
    chosen = next((one for one in replies.of_fund(found.exchange.fund) if str(one.pk) == model), None)
    text = replies.filled(chosen.text, found.exchange, found.line.establishment, request.adviser) if chosen else ""
    due = {"due_on": default_due(), "text": text}
    return {
        "answer": AnswerForm(posted if gesture in ("repondre", "clore-repondre") else None, initial={"text": text}),
        "ask": AskForm(posted if gesture == "complement" else None, initial=due),
        "transfer": TransferForm(posted if gesture == "transmettre" else None),
    }


@adviser(methods=BOTH)
def one(request: AdviserRequest, reference: str) -> HttpResponse:
    """One exchange; POST `geste`: what is done with it. The page shows the form of one act at a time (`acte`)."""
    found = queries.detail(request.adviser, reference)
    if found is None:
        raise Http404
    gesture = request.POST.get("geste", "")
    forms = _forms(request, found, gesture)
    asked = request.session.pop(_NIR, "") == reference and request.method == "GET" and is_fresh(request)
    nir = nir_grouped(found.details.nir) if asked else ""
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and gesture == "nir":
        if not is_fresh(request):
            return ask_again(request)
        actions.show_nir(who=request.adviser, reference=reference)
        # Shown by the page that comes next: an answer to a POST that waited for the second factor is not seen.
        request.session[_NIR] = reference
        return HttpResponseRedirect(reverse("backoffice:exchange", args=[reference]) + "#agent")
    if request.method == "POST":
        problems, lead = _done(request, reference, gesture, forms)
        if not problems:
            messages.success(request, SAID[gesture])
            return HttpResponseRedirect(lead)
    wanted = {"clore-repondre": "repondre"}.get(gesture, gesture) if problems else request.GET.get("acte", "")
    context = {
        "found": found,
        "forms": forms,
        "problems": problems,
        "page_error": bool(problems),
        "nir": nir,
        "act": wanted if wanted in ACTS else "repondre",
        "acts": ACTS,
        "models": replies.of_fund(found.exchange.fund),
        "chosen": request.GET.get("modele", ""),
        "typed": {name: showable(str(value)) for name, value in request.POST.items()} if problems else {},
        **_of_files(),
    }
    return render(request, "backoffice/exchanges/one.html", context)


def _of_files() -> dict[str, Any]:
    return {
        "accept": files.ACCEPT,
        "megabytes": settings.PARVIS_FILE_SIZE // 1_000_000,
        "most": settings.PARVIS_EXCHANGE_FILES,
    }


def _done(
    request: AdviserRequest, reference: str, gesture: str, forms: dict[str, Any]
) -> tuple[list[tuple[str, str]], str]:
    """What is wrong, or where to go on."""
    form = {"repondre": "answer", "clore-repondre": "answer", "complement": "ask", "transmettre": "transfer"}.get(
        gesture
    )
    if form and not forms[form].is_valid():
        return list(forms[form].problems), ""
    data = forms[form].cleaned_data if form else {}
    try:
        lead = _GESTURES[gesture](request, reference, data) if gesture in _GESTURES else None
    except Refused as refusal:
        return [(refusal.message, f"id_{refusal.field}" if refusal.field else "")], ""
    if gesture not in _GESTURES:
        return [("Choisissez ce que vous voulez faire de cet échange.", "")], ""
    return [], lead or reverse("backoffice:exchange", args=[reference])


def _take(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.take(who=request.adviser, reference=reference)


def _assign(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.assign(who=request.adviser, reference=reference, adviser=request.POST.get("adviser", ""))


def _release(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.release(who=request.adviser, reference=reference)


def _answer(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.answer(who=request.adviser, reference=reference, text=data["text"], documents=documents(request))


def _answer_and_close(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.answer(
        who=request.adviser, reference=reference, text=data["text"], documents=documents(request), closes=True
    )


def _ask(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.ask(
        who=request.adviser,
        reference=reference,
        text=data["text"],
        due_on=data["due_on"],
        documents=documents(request),
    )


def _transfer(request: AdviserRequest, reference: str, data: dict[str, Any]) -> str:
    fund = request.POST.get("fund", "")
    actions.transfer(who=request.adviser, reference=reference, fund=fund, text=data["text"])
    # It may be another operator's from now on.
    return "" if fund in request.adviser.funds else reverse("backoffice:exchanges")


def _merge(request: AdviserRequest, reference: str, data: dict[str, Any]) -> str:
    into = actions.merge(who=request.adviser, reference=reference, into=request.POST.get("into", "")[:40])
    return reverse("backoffice:exchange", args=[into])


def _note(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.note(who=request.adviser, reference=reference, text=request.POST.get("note", ""))


def _close(request: AdviserRequest, reference: str, data: dict[str, Any]) -> None:
    actions.close(who=request.adviser, reference=reference)


_GESTURES: dict[str, Callable[[AdviserRequest, str, dict[str, Any]], str | None]] = {
    "prendre": _take,
    "attribuer": _assign,
    "rendre": _release,
    "repondre": _answer,
    "clore-repondre": _answer_and_close,
    "complement": _ask,
    "transmettre": _transfer,
    "regrouper": _merge,
    "note": _note,
    "clore": _close,
}


@adviser()
def document(request: AdviserRequest, reference: str, number: int) -> HttpResponse:
    """A file of an exchange, to be saved; the establishment's history says who opened it."""
    found = Attachment.objects.filter(pk=number, exchange__reference=reference).first()
    if found is None:
        raise Http404
    try:
        content = files.read(found.key, "exchange")
    except files.Missing as fault:
        raise Http404 from fault
    after(request, lambda: actions.note_opened(request.adviser, reference))
    return download(content, found.name, TYPES.get(found.kind, "application/octet-stream"))


def _asked(request: AdviserRequest) -> tuple[str, str]:
    period, fund = request.GET.get("periode", "90"), request.GET.get("fonds", "")
    return (period if period in counted.PERIODS else "90"), (fund if fund in request.adviser.funds else "")


@adviser()
def figures(request: AdviserRequest) -> HttpResponse:
    """Exchanges by motif: how many, how long, how late."""
    period, fund = _asked(request)
    rows, total = counted.figures(period, fund)
    return render(
        request,
        "backoffice/exchanges/figures.html",
        {
            "rows": rows,
            "total": total,
            "period": period,
            "fund": fund,
            "periods": counted.PERIODS,
            "funds": [(code, FUNDS[code].short) for code in FUNDS if code in request.adviser.funds],
        },
    )


@adviser()
def figures_csv(request: AdviserRequest) -> HttpResponse:
    """The same as a file."""
    rows, _ = counted.figures(*_asked(request))
    body, kind = counted.as_csv(rows)
    return download(body, f"echanges-{clock.today():%Y-%m-%d}.csv", kind)
