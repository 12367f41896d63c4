"""The acts on an establishment: each asks on a page of its own, with a fresh second factor, and says what it did."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.models import Adviser
from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.establishments import actions
from parvis.backoffice.people.account_views import ASKED
from parvis.backoffice.people.forms import ReasonForm
from parvis.establishments.models import Establishment, EstablishmentDomain
from parvis.ground.pages import render
from parvis.ground.pages.filters import de
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.identity.forms import PlainForm


def _answered(
    request: AdviserRequest,
    place: Establishment,
    template: str,
    form: PlainForm,
    act: Callable[[], str],
    **more: object,
) -> HttpResponse:
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
                return HttpResponseRedirect(
                    str(more.get("then", "")) or reverse("backoffice:place", args=[place.siret])
                )
        problems = problems or form.problems
    return render(request, template, {"place": place, "form": form, "problems": problems, **more})


def _place(request: AdviserRequest) -> Establishment:
    return Establishment.objects.get(pk=request.establishment_id)


@adviser(methods=BOTH)
def acting(request: AdviserRequest, siret: str) -> HttpResponse:
    """« Peut agir pour d’autres », or no longer: asked for, decided by a second adviser."""
    place, form = _place(request), ReasonForm(request.POST or None)

    def act() -> str:
        actions.ask_acting(
            who=request.adviser,
            establishment=place.pk,
            acts=not place.acts_for_others,
            reason=form.cleaned_data["reason"],
        )
        return ASKED

    return _answered(request, place, "backoffice/place_acting.html", form, act)


@adviser(role=Adviser.Role.SECOND, methods=BOTH)
def closing(request: AdviserRequest, siret: str) -> HttpResponse:
    """Close the access of the establishment, or open it again."""
    place = _place(request)

    def act() -> str:
        if place.access_closed_at:
            actions.reopen(who=request.adviser, establishment=place.pk)
            return f"L’accès {de(place.name)} est rouvert."
        actions.close(who=request.adviser, establishment=place.pk)
        return f"L’accès {de(place.name)} est fermé : plus personne n’y entre."

    return _answered(request, place, "backoffice/place_closing.html", PlainForm(request.POST), act)


@adviser(role=Adviser.Role.SECOND, methods=BOTH)
def domains(request: AdviserRequest, siret: str) -> HttpResponse:
    """The verified domains; POST `domain` adds one, POST `retirer` takes one back."""
    place = _place(request)

    def act() -> str:
        if gone := request.POST.get("retirer", ""):
            actions.withdraw_domain(who=request.adviser, establishment=place.pk, domain=gone[:253])
            return f"« {gone[:253]} » n’est plus vérifié."
        typed = request.POST.get("domain", "")[:300]
        return f"« {actions.verify_domain(who=request.adviser, establishment=place.pk, typed=typed)} » est vérifié."

    return _answered(
        request,
        place,
        "backoffice/place_domains.html",
        PlainForm(request.POST),
        act,
        held=list(EstablishmentDomain.objects.filter(establishment_id=place.pk).order_by("domain")),
        typed=request.POST.get("domain", "")[:300],
        then=request.path,
    )
