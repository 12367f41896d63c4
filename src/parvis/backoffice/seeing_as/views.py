"""The page that asks why, and the button that ends it."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, POST, AdviserRequest, adviser
from parvis.advisers.seeing import KEY
from parvis.backoffice import motives
from parvis.backoffice.people.account_views import found_account
from parvis.backoffice.seeing_as import actions
from parvis.ground.pages import render
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


@adviser(methods=BOTH)
def begin(request: AdviserRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Voir comme cette personne »: with a reason, a fresh second factor, and for a few minutes."""
    account = found_account(request, ref)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            seen = actions.begin(
                who=request.adviser,
                establishment=account.place,
                account_id=account.number,
                reason=request.POST.get("reason", ""),
            )
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            request.session[KEY] = str(seen.id)
            return HttpResponseRedirect(reverse("inbox:home", args=[siret]))
    return render(
        request,
        "backoffice/seeing_as.html",
        {
            "account": account,
            "reasons": motives.SEEING,
            "minutes": int(settings.PARVIS_SEEING_AS.total_seconds()) // 60,
            "problems": problems,
        },
    )


@adviser(methods=POST)
def end(request: AdviserRequest) -> HttpResponse:
    """« Terminer »: back to the person's page."""
    account = actions.end_all(who=request.adviser)
    request.session.pop(KEY, None)
    messages.success(request, "« Voir comme » est terminé.")
    return HttpResponseRedirect(reverse("backoffice:person", args=[account]) if account else reverse("backoffice:home"))
