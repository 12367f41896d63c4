"""A lost second factor: the administrators' page, the person's link to refuse, and their own page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from parvis.access.factor_reset import actions
from parvis.access.factor_reset.queries import of_person
from parvis.access.factor_reset.state import Obstacle, State, obstacle, waiting
from parvis.access.pages import page
from parvis.access.rules import BOTH, MemberRequest, SignedInRequest, administrator, signed_in
from parvis.access.views.accounts import found_account
from parvis.ground.pages import render
from parvis.ground.pages.filters import date_full, de, duration
from parvis.ground.rules import public
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh

REFUSED = "La réinitialisation est refusée : votre second facteur reste le même. Les administrateurs sont prévenus."


@administrator(methods=BOTH)
def reset(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """Ask for a reset, confirm a colleague's request, or abandon it; or why none can be asked for."""
    found = found_account(account_id)
    who, account = request.standing, found.membership
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            messages.success(request, _done(request, account_id))
            return redirect("access:account", siret=siret, account_id=account_id)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    pending = waiting(account_id)
    why = None if pending else obstacle(who, account)
    context: dict[str, Any] = {
        "found": found,
        "problems": problems,
        "pending": pending,
        "asker": actions.name_of(pending.asked_by) if pending else "",
        "mine": pending is not None and pending.asked_by == who.ref,
        "why": why.value if why else "",
        "oneself": account.pk == who.membership_id,
        "delay": duration(settings.PARVIS_FACTOR_RESET_DELAY),
    }
    return page(request, "access/factor_reset/reset.html", context, status=403 if why is Obstacle.ONESELF else 200)


def _done(request: MemberRequest, account_id: int) -> str:
    who, asked = request.standing, request.POST
    typed = asked.get("demande", "")
    reset_id = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0
    if asked.get("faire") == "confirmer":
        account = actions.confirm(who=who, account_id=account_id, reset_id=reset_id)
        return f"Le second facteur {de(account.name)} est réinitialisé : un nouveau lui sera demandé à la connexion."
    if asked.get("faire") == "abandonner":
        account = actions.cancel(who=who, account_id=account_id, reset_id=reset_id)
        return f"La demande est abandonnée : le second facteur {de(account.name)} reste le même."
    made = actions.ask(who=who, account_id=account_id)
    return (
        f"La demande est enregistrée, et un courriel le dit à {made.membership.name}. Elle prend effet le "
        f"{date_full(made.effective_at)}, sauf refus, ou dès qu’une autre personne qui administre la confirme."
    )


@public(methods=BOTH)
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the e-mail. A GET shows the button and changes nothing."""
    if request.method == "POST":
        state = actions.refuse_by_link(token)
        if state is State.REFUSED:
            return render(request, "access/factor_reset/refused.html")
    state, found = actions.look(token)
    return render(
        request,
        "access/factor_reset/refuse.html",
        {"state": state.value, "reset": found},
        status=200 if state is State.WAITING else 410,
    )


@signed_in(methods=BOTH)
def own(request: SignedInRequest) -> HttpResponse:
    """The person, signed in with the factor that was said to be lost: what was asked, and a button to refuse."""
    if request.method == "POST":
        state = actions.refuse_own(person_id=request.user.pk)
        if state is State.REFUSED:
            messages.success(request, REFUSED)
        else:
            messages.info(request, "Il n’y a plus de demande à refuser.")
        return redirect("access:me")
    found = of_person(request.user.pk)
    if found is None:
        messages.info(request, "Il n’y a plus de demande à refuser.")
        return redirect("access:me")
    return render(request, "access/factor_reset/own.html", {"reset": found, "administrators": ()})
