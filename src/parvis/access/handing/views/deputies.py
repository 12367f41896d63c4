"""The deputy: named and withdrawn by who administers; the page on which the person named answers."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.access.handing.actions import deputies
from parvis.access.handing.forms import DeputyForm
from parvis.access.handing.queries import listing
from parvis.access.pages import page
from parvis.access.queries.account import colleagues
from parvis.access.rules import BOTH, MemberRequest, administrator, member
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


def _context() -> dict[str, object]:
    return {"days": settings.PARVIS_DEPUTY_DAYS, "warnings": settings.PARVIS_DEPUTY_WARNING_DAYS}


@administrator(methods=BOTH)
def deputy(request: MemberRequest, siret: str) -> HttpResponse:
    """Who is the deputy, or the form that names one; who withdraws says so with the button « Retirer »."""
    who, posted = request.standing, request.method == "POST"
    withdrawing = posted and request.POST.get("faire") == "retirer"
    typed = request.POST if posted and not withdrawing else kept(request)
    form = DeputyForm(
        typed,
        initial={"deputy": request.GET.get("deputy", "")},
        colleagues=colleagues(),
        oneself=who.membership_id,
    )
    problems: list[tuple[str, str]] = []
    if posted and (withdrawing or form.is_valid()):
        if not withdrawing and not is_fresh(request):
            return ask_again(request)
        try:
            messages.success(request, _withdraw(request) if withdrawing else _name(request, form))
            return redirect("access:deputy", siret=siret)
        except Refused as refusal:
            problems = [(refusal.message, "" if withdrawing else "id_deputy")]
    problems = problems or form.problems
    context = {"form": form, "problems": problems, "deputyship": listing.open_deputyship(), **_context()}
    return page(request, "access/handing/deputy.html", context)


def _name(request: MemberRequest, form: DeputyForm) -> str:
    made = deputies.name(who=request.standing, deputy_id=form.cleaned_data["deputy"])
    return f"{made.deputy_name} est désigné ou désignée : sa réponse est attendue, un courriel la lui demande."


def _withdraw(request: MemberRequest) -> str:
    found = deputies.withdraw(who=request.standing)
    return f"{found.deputy_name} n’est plus la personne suppléante. Un courriel le lui dit."


@member(methods=BOTH)
def answer(request: MemberRequest, siret: str) -> HttpResponse:
    """Accept or refuse, and later give up; accepting asks for a fresh second factor."""
    who = request.standing
    held = who.deputyship
    concerned = held is not None and held.deputy == who.membership_id
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        accepts = request.POST.get("reponse") == "accepter"
        if accepts and not is_fresh(request):
            return ask_again(request)
        try:
            messages.success(request, _answer(request, accepts=accepts))
            return redirect("inbox:home", siret=siret)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    if not concerned and not problems:
        messages.info(request, "Aucune suppléance ne vous est proposée ici.")
        return redirect("inbox:home", siret=siret)
    found = listing.open_deputyship() if concerned else None
    return page(request, "access/handing/deputy_answer.html", {"deputyship": found, "problems": problems, **_context()})


def _answer(request: MemberRequest, *, accepts: bool) -> str:
    if accepts:
        deputies.accept(who=request.standing)
        return "Vous êtes la personne suppléante. Rien ne change pour l’instant dans vos droits."
    found = deputies.decline(who=request.standing)
    done = "renoncé à" if found.accepted_at else "refusé"
    return f"Vous avez {done} la suppléance. Les personnes qui administrent l’établissement en sont prévenues."
