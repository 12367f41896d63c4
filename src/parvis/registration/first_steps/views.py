"""« Premiers pas »: every step with its state; marking one, putting the list away."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.access.actions.guards import actor_of
from parvis.access.pages import page
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.ground.tenancy import Refused
from parvis.registration import steps as rule


@administrator(methods=BOTH)
def steps(request: MemberRequest, siret: str) -> HttpResponse:
    """The list; POST `etape`: marked as done, or `retirer`: shown no more."""
    who = request.standing
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and "retirer" in request.POST:
        rule.put_away(actor=actor_of(who), establishment_id=who.establishment_id)
        messages.success(request, "« Premiers pas » n’est plus affiché.")
        return redirect("inbox:home", siret=siret)
    if request.method == "POST":
        try:
            rule.mark(establishment_id=who.establishment_id, code=request.POST.get("etape", ""))
            return redirect("first-steps:list", siret=siret)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    return page(request, "registration/first_steps.html", {"shown": rule.steps_of(who), "problems": problems})
