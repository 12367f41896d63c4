"""« Nous contacter », one question per page; every answer is kept in the draft before the next page."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access.rules import BOTH, POST, MemberRequest, member
from parvis.exchanges import helping, queries
from parvis.exchanges.actions import drafts
from parvis.exchanges.motifs import Came, Tree
from parvis.exchanges.references import grouped
from parvis.exchanges.rights import is_theme, said_of
from parvis.exchanges.steps import LABELS, STEPS, Held, held, number_of
from parvis.exchanges.views.answers import ANSWERS, PAGES
from parvis.ground.identifiers.text import clean
from parvis.ground.pages import render
from parvis.ground.pages.filters import duration
from parvis.ground.tenancy import Refused


@member(methods=BOTH, delegates=True)
def new(request: MemberRequest, siret: str) -> HttpResponse:
    """The first question: a theme, or a motif found by its words. From where one comes, it is answered already."""
    who = request.standing
    query = request.GET if request.method == "GET" else request.POST
    came, problems = Came.parse(query), []
    if request.method == "POST":
        try:
            draft = drafts.begin(
                who=who, theme=request.POST.get("choix", ""), motif=request.POST.get("sujet", ""), came=came
            )
            return redirect("exchanges:step", siret=siret, draft=draft.pk, step=held(who, draft).goes_on_at)
        except Refused as refusal:
            problems = [(refusal.message, "id_theme" if refusal.field else "")]
    tree, q = Tree(who), clean(query.get("q", ""))[:100]
    theme, motif = tree.preselected(came)
    return render(
        request,
        "exchanges/new.html",
        {
            "siret": siret,
            "tree": tree,
            "q": q,
            "found": tree.found(q) if q else [],
            "theme": request.POST.get("choix", "") or (theme.code if theme else ""),
            "motif": motif,
            "came": came,
            "drafts": queries.drafts(who),
            "labels": LABELS,
            "problems": problems,
        },
    )


def _draft(request: MemberRequest, draft_id: uuid.UUID) -> Held | None:
    found = queries.draft(request.standing, draft_id)
    return held(request.standing, found) if found is not None else None


@member(methods=BOTH, delegates=True)
def step(request: MemberRequest, siret: str, draft: uuid.UUID, step: str) -> HttpResponse:
    """One question of a draft. Where it was sent meanwhile: to what it became."""
    if step not in STEPS:
        raise Http404
    whole = _draft(request, draft)
    if whole is None:
        return _gone(request, siret, draft)
    if not whole.reachable(step):
        return redirect("exchanges:step", siret=siret, draft=draft, step=whole.goes_on_at)
    answer = ANSWERS[step](request, whole)
    if answer.field_refused or request.method != "POST" or answer.stays:
        return _page(
            request, siret, whole if request.method != "POST" else _draft(request, draft) or whole, step, answer
        )
    if step == "verifier":
        return redirect("exchanges:sent", siret=siret, reference=answer.reference)
    return redirect("exchanges:step", siret=siret, draft=draft, step=_next(request, draft, step))


def _next(request: MemberRequest, draft: uuid.UUID, step: str) -> str:
    """What follows; for who came back from « Vérification » to change one answer, that page again if nothing lacks."""
    whole = _draft(request, draft)
    if whole is None:
        return "theme"
    if request.GET.get("retour") == "verifier" and whole.goes_on_at == "verifier":
        return "verifier"
    return whole.after(step) if not whole.lacks(step) else whole.goes_on_at


def _page(request: MemberRequest, siret: str, whole: Held, step: str, answer: Any) -> HttpResponse:
    before = whole.before(step)
    context: dict[str, Any] = {
        "siret": siret,
        "held": whole,
        "holders": said_of(whole.motif.service) if whole.motif else "",
        "themed": whole.motif is not None and is_theme(whole.motif.service),
        "draft": whole.draft,
        "step": step,
        "number": number_of(step),
        "labels": LABELS,
        "back": reverse("exchanges:step", args=[siret, whole.draft.pk, before]) if before else "",
        "problems": answer.problems,
        "page_error": bool(answer.problems),
        "kept_for": duration(settings.PARVIS_EXCHANGE_DRAFT_RETENTION),
        "articles": helping.linked(whole.motif.articles) if whole.motif and step == "aide" else [],
        **answer.context,
    }
    return render(request, f"exchanges/steps/{PAGES[step]}.html", context)


def _gone(request: MemberRequest, siret: str, draft: uuid.UUID) -> HttpResponse:
    """Sent already (the button was pressed twice), or given up."""
    sent = queries.sent_from(request.standing, draft)
    if sent:
        return redirect("exchanges:sent", siret=siret, reference=sent)
    if request.method == "POST":
        messages.error(request, drafts.GONE)
        return redirect("exchanges:new", siret=siret)
    raise Http404


@member(methods=POST, delegates=True)
def give_up(request: MemberRequest, siret: str, draft: uuid.UUID) -> HttpResponse:
    """« Abandonner »: the draft and its files are erased."""
    try:
        drafts.give_up(who=request.standing, draft_id=draft)
        messages.success(request, "Votre brouillon est supprimé, avec les documents joints.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(reverse("exchanges:index", args=[siret]))


@member(delegates=True)
def sent(request: MemberRequest, siret: str, reference: str) -> HttpResponse:
    """« Votre demande est envoyée »: its reference, until when an answer is meant, what comes next."""
    found = queries.detail(request.standing, reference)
    if found is None:
        raise Http404
    return render(request, "exchanges/sent.html", {"siret": siret, "found": found, "reference": grouped(reference)})
