"""Models of answers and motifs: their lists, and the page of one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.exchanges import motifs as editing
from parvis.backoffice.exchanges import replies as texts
from parvis.backoffice.exchanges.forms import MotifForm, ReplyTextForm
from parvis.establishments.funds import FUNDS
from parvis.exchanges.models import StandardReply
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.ground.tenancy import Refused


@adviser()
def replies(request: AdviserRequest) -> HttpResponse:
    """« Modèles de réponse »."""
    found = [(one, FUNDS[one.fund].short) for one in texts.all_of_them()]
    return render(request, "backoffice/exchanges/replies.html", {"found": found})


@adviser(methods=BOTH)
def reply(request: AdviserRequest, number: int | None = None) -> HttpResponse:
    """One model, new or changed; POST `geste` supprimer erases it."""
    held = StandardReply.objects.filter(pk=number).first() if number is not None else None
    if number is not None and held is None:
        raise Http404
    if held is not None and request.POST.get("geste") == "supprimer":
        texts.delete(who=request.adviser, number=held.pk)
        messages.success(request, f"Le modèle « {held.title} » est supprimé.")
        return redirect("backoffice:exchange-replies")
    begun = {"fund": held.fund, "title": held.title, "text": held.text} if held else {}
    posted = request.POST if request.method == "POST" else None
    form = ReplyTextForm(posted, funds=request.adviser.funds, initial=begun)
    if posted is not None and form.is_valid():
        try:
            made = texts.save(who=request.adviser, number=number, **form.cleaned_data)
            messages.success(request, f"Le modèle « {made.title} » est enregistré.")
            return redirect("backoffice:exchange-replies")
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
    problems = form.problems if form.is_bound else []
    context = {"form": form, "held": held, "problems": problems, "placeholders": texts.PLACEHOLDERS}
    return render(request, "backoffice/exchanges/reply.html", context)


@adviser()
def motifs(request: AdviserRequest) -> HttpResponse:
    """« Motifs », by theme."""
    return render(request, "backoffice/exchanges/motifs.html", {"groups": editing.listing(request.adviser)})


@adviser(methods=BOTH)
def motif(request: AdviserRequest, code: str = "") -> HttpResponse:
    """One motif, new or changed."""
    held = editing.found(code) if code else None
    if code and held is None:
        raise Http404
    begun = editing.initial(held) if held else {"starts_on": clock.today(), "target_days": 5, "rank": 100,
                                                "fund_question": "Quel fonds est concerné ?"}  # fmt: skip
    posted = request.POST if request.method == "POST" else None
    form = MotifForm(posted, funds=request.adviser.funds, initial=begun)
    if posted is not None and form.is_valid():
        given = posted.get("version", "")
        version = int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
        try:
            made = editing.save(who=request.adviser, motif=held, version=version, data=form.cleaned_data)
            messages.success(request, f"Le motif « {made.title} » est enregistré.")
            return redirect("backoffice:exchange-motifs")
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
    problems = form.problems if form.is_bound else []
    beyond = editing.beyond(request.adviser, held) if held else []
    context = {"form": form, "held": held, "problems": problems, "page_error": bool(problems), "beyond": beyond}
    return render(request, "backoffice/exchanges/motif.html", context)
