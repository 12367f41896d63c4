"""« Mon compte » and « Mes établissements »: who I am, how I am reached, what I may do where and why."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.factor_reset.queries import notice, of_person
from parvis.access.places.queries import places
from parvis.access.queries.mine import each_once, memberships, my_administrators
from parvis.access.queries.my_rights import my_rights
from parvis.access.rules import BOTH, SignedInRequest, signed_in
from parvis.ground.pages import render
from parvis.ground.pages.filters import plural
from parvis.ground.tenancy import Refused
from parvis.identity.actions import ask_confirmation
from parvis.identity.entry import ask_again, is_fresh
from parvis.identity.queries.choices import declined
from parvis.identity.queries.coordinates import own_coordinates
from parvis.identity.queries.factors import Factors, factors_of


@signed_in()
def mine(request: SignedInRequest) -> HttpResponse:
    """« Mes établissements »: profile, status, rights and dates in each, and whom one works for by delegation."""
    found = places(request.GET.get("q", ""), request.GET.get("page", "1"))
    request.session["several"] = found.total > 1
    asked = my_administrators()
    return render(
        request,
        "access/mine.html",
        {
            "places": found,
            "asked": asked,
            "administrators": each_once(asked),
            "months": settings.PARVIS_EXPIRY_MONTHS,
        },
    )


def _factors(held: Factors) -> str:
    said = []
    if held.totp_since:
        said.append("application de codes")
    if held.passkeys:
        said.append(plural(len(held.passkeys), "clé d’accès", "clés d’accès"))
    if held.phones:
        said.append(plural(len(held.phones), "téléphone", "téléphones"))
    text = ", ".join(said) or "aucun"
    return text[:1].upper() + text[1:]


@signed_in()
def me(request: SignedInRequest) -> HttpResponse:
    """« Mon compte »: each of its pages with what one would open it for."""
    person, found, asked = request.user.pk, memberships(), my_administrators()
    held = factors_of(person)
    return render(
        request,
        "access/me/index.html",
        {
            "memberships": found,
            "office": bool(request.session.get("office")),
            "coordinates": own_coordinates(person),
            "factors": _factors(held),
            "factor_kinds": held.kinds,
            "recovery_left": held.recovery_left,
            "declined": len(declined(person)),
            "administrators": each_once(asked),
            "reset": notice(pending.effective_at) if (pending := of_person(person)) else None,
        },
    )


@signed_in(methods=BOTH)
def coordinates(request: SignedInRequest) -> HttpResponse:
    """« Mes coordonnées »: the person's own, and what each establishment declared, which is theirs to correct.

    POST `confirmer`: the person wants the address that one of their establishments declared to be theirs.
    """
    if request.method == "POST":
        return _wanted(request) if is_fresh(request) else ask_again(request)
    asked, own = my_administrators(), own_coordinates(request.user.pk)
    return render(
        request,
        "access/me/coordinates.html",
        {
            "memberships": memberships(),
            "own": own,
            "confirmed": {email.address.lower() for email in own.emails},
            "asked": asked,
            "administrators": each_once(asked),
        },
    )


def _wanted(request: SignedInRequest) -> HttpResponse:
    declared = [one for one in memberships() if one.siret == request.POST.get("confirmer") and one.enters]
    try:
        if declared:
            ask_confirmation(request.user.pk, declared[0].email)
            messages.success(
                request, f"Un courriel part vers {declared[0].email} : ouvrez son lien pour confirmer l’adresse."
            )
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("access:coordinates")


@signed_in()
def rights(request: SignedInRequest) -> HttpResponse:
    """« Mes droits »: the establishments, or at once the only one."""
    found = memberships()
    if len(found) == 1:
        return redirect("access:my-rights-in", found[0].siret)
    asked = my_administrators()
    context: dict[str, Any] = {"memberships": found, "administrators": each_once(asked)}
    return render(request, "access/me/rights.html", context)


@signed_in()
def rights_in(request: SignedInRequest, place: str) -> HttpResponse:
    """« Mes droits » in one establishment: each service with the reasons for its level, and whom to ask."""
    held, here = my_rights(request.user.pk, place), next((one for one in memberships() if one.siret == place), None)
    if held is None or here is None:
        raise Http404
    return render(
        request,
        "access/me/rights_in.html",
        {
            "held": held,
            "one": here,
            "administrators": my_administrators().get(place, []),
            "several": bool(request.session.get("several")),
            "months": settings.PARVIS_EXPIRY_MONTHS,
        },
    )
