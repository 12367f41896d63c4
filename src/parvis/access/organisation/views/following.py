"""« Propositions »: the answers of the establishments, on one page, and reminders."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.access.organisation.actions.reminders import remind
from parvis.access.organisation.pages import of_organisation, organisation_page
from parvis.access.organisation.queries.batches import unsent
from parvis.access.organisation.queries.clients import as_ref
from parvis.access.organisation.queries.following import FollowFilters, followed, remindable
from parvis.access.paging import paging
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.ground.pages.filters import plural
from parvis.ground.tenancy import Refused


@administrator()
@of_organisation
def listing(request: MemberRequest, siret: str) -> HttpResponse:
    """Every proposal that the organisation made, with its answer; counts, search, filter by answer."""
    who, filters = request.standing, FollowFilters.parse(request.GET)
    listed = followed(who, filters)
    return organisation_page(
        request,
        "following.html",
        "propositions",
        {
            "listed": listed,
            "filters": listed.filters,
            "paging": paging(listed.filters.page, listed.pages, listed.total, lambda n: listed.filters.query(page=n)),
            "unsent": unsent(who),
            "days": settings.PARVIS_DELEGATION_REMINDER.days,
        },
    )


@administrator(methods=BOTH)
@of_organisation
def remind_them(request: MemberRequest, siret: str) -> HttpResponse:
    """« Relancer »: one (`proposition`), or all that may be, asked first."""
    who = request.standing
    typed = request.POST.get("proposition", "")
    if request.method == "POST":
        try:
            ref = as_ref(typed)
            done = remind(who=who, refs=None if not typed else [ref] if ref else [])
            said = plural(done.count, "établissement est relancé", "établissements sont relancés")
            if done.remaining:
                messages.info(request, f"{said} : continuez pour les suivants.")
                return redirect("access:batch-remind", siret=siret)
            messages.success(request, f"{said}.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("access:batch-following", siret=siret)
    context = {
        "count": len(remindable(who)),
        "chunk": settings.PARVIS_BATCH_CHUNK,
        "days": settings.PARVIS_DELEGATION_REMINDER.days,
    }
    return organisation_page(request, "remind.html", "propositions", context)
