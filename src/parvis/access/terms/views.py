"""« Conditions générales » of an establishment: everybody reads what was accepted, an administrator accepts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.access.pages import page
from parvis.access.refusals import refuse
from parvis.access.rules import BOTH, MemberRequest, member
from parvis.access.terms.actions import accept
from parvis.access.terms.queries import acceptances
from parvis.access.terms.text import blocks
from parvis.access.terms.versions import published
from parvis.ground.pages.filters import datetime_long
from parvis.ground.tenancy import Refused
from parvis.identity.entry import stronger_first


@member(methods=BOTH)
def terms(request: MemberRequest, siret: str) -> HttpResponse:
    """The version to accept, with its text, and the acceptances so far. Stays open where the services are closed."""
    who = request.standing
    if request.method == "POST":
        if not who.administers:
            return refuse(request, who, what="accept")
        # As on every page of who administers.
        return _accept(request, siret) if request.session.get("strong_factor") else stronger_first(request)
    asked = who.terms.asked
    return page(
        request,
        "access/terms/page.html",
        {
            "given": acceptances(),
            "blocks": blocks(asked.body) if asked else (),
            "readable": {version.number for version in published(who.today)},
        },
    )


def _accept(request: MemberRequest, siret: str) -> HttpResponse:
    who, typed = request.standing, request.POST.get("version", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
    try:
        done = accept(who=who, number=number, digest=request.POST.get("text", ""))
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("access:terms", siret=siret)
    given = done.acceptance
    if done.now:
        opened = " Tous les services sont rouverts." if who.terms.closed else ""
        messages.success(
            request,
            f"Les conditions générales (version {given.version}) sont acceptées pour {who.establishment_name}.{opened}",
        )
    else:
        messages.success(
            request,
            f"Les conditions générales (version {given.version}) sont déjà acceptées pour {who.establishment_name}, "
            f"par {given.name}, le {datetime_long(given.accepted_at)}.",
        )
    return redirect("inbox:home", siret=siret)
