"""The acts on an account: each asks on a page of its own, with a fresh second factor, and says what it did."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.people import actions
from parvis.backoffice.people.forms import CoordinatesForm, ReasonForm
from parvis.backoffice.people.queries import Account, accounts, sign_in
from parvis.ground.pages import render
from parvis.ground.pages.filters import de
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.identity.forms import PlainForm

ASKED = "La demande attend la décision d’un second conseiller, dans « Quatre yeux »."


def found_account(request: AdviserRequest, ref: uuid.UUID) -> Account:
    """The account of that reference in the establishment of the address; 404 for any other."""
    for one in accounts(ref)[:1]:
        if one.ref == ref and one.place == request.establishment_id:
            return one
    raise Http404


def answered(
    request: AdviserRequest, account: Account, template: str, form: PlainForm, act: Callable[[], str], **more: object
) -> HttpResponse:
    """The page of an act, or what came of its POST: refused with the reason, or done and back to the person."""
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        if form.is_valid():
            try:
                said = act()
            except Refused as refusal:
                problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
            else:
                messages.success(request, said)
                return HttpResponseRedirect(reverse("backoffice:person", args=[account.ref]))
        problems = problems or form.problems
    context = {"account": account, "form": form, "problems": problems, **more}
    return render(request, template, context)


@adviser(methods=BOTH)
def unblock(request: AdviserRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Débloquer »."""
    account = found_account(request, ref)

    def act() -> str:
        actions.unblock(who=request.adviser, establishment=account.place, account_id=account.number)
        return f"Le compte {de(account.name)} est débloqué : un courriel l’en prévient."

    return answered(request, account, "backoffice/account_confirm.html", PlainForm(request.POST), act, what="unblock")


@adviser(methods=BOTH)
def send_again(request: AdviserRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Renvoyer le courriel de première connexion »."""
    account = found_account(request, ref)

    def act() -> str:
        actions.send_again(who=request.adviser, establishment=account.place, account_id=account.number)
        return f"Un nouveau courriel de première connexion part vers {account.email}."

    return answered(
        request, account, "backoffice/account_confirm.html", PlainForm(request.POST), act, what="send_again"
    )


@adviser(methods=BOTH)
def coordinates(request: AdviserRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Corriger l’adresse ou le téléphone »: at once for a user, by two advisers for who administers."""
    account = found_account(request, ref)
    known = {"email": account.email, "phone": account.phone}
    form = CoordinatesForm(request.POST or None, initial=known, administers=account.administers)

    def act() -> str:
        done = actions.correct_coordinates(
            who=request.adviser,
            establishment=account.place,
            account_id=account.number,
            email=form.cleaned_data["email"],
            phone=form.cleaned_data["phone"],
            reason=form.cleaned_data.get("reason", ""),
        )
        return f"Les coordonnées {de(account.name)} sont corrigées." if done else ASKED

    return answered(request, account, "backoffice/account_coordinates.html", form, act)


@adviser(methods=BOTH)
def factors(request: AdviserRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Réinitialiser le second facteur »: asked for, decided by a second adviser."""
    account = found_account(request, ref)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        actions.ask_factor_reset(
            who=request.adviser,
            establishment=account.place,
            account_id=account.number,
            reason=form.cleaned_data["reason"],
        )
        return ASKED

    return answered(request, account, "backoffice/account_factors.html", form, act, state=sign_in(ref))
