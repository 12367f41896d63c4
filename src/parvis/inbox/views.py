"""The home after signing in, of one establishment or of all of them together; the services by theme or by fund."""

from django.conf import settings
from django.http import HttpResponse

from parvis.access.pages import page
from parvis.access.queries.mine import each_once, my_administrators
from parvis.access.rules import MemberRequest, SignedInRequest, member, signed_in
from parvis.access.tasks import tasks_of
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.inbox.cards import BY_FUND, BY_THEME, groups
from parvis.inbox.everywhere import overview, said
from parvis.inbox.waiting import shown
from parvis.information.news.queries import latest, latest_public
from parvis.notices.queries import notices_of
from parvis.obligations.queries import upcoming, upcoming_everywhere

# How many of each the home shows; each has a page with the others.
ARRIVALS, DEADLINES, NEWS = 5, 5, 3


@member(delegates=True)
def home(request: MemberRequest, siret: str) -> HttpResponse:
    """« Accueil »: what is to be done, what came, the services, the next obligations, the news; in this order."""
    who = request.standing
    by = BY_FUND if request.GET.get("par") == BY_FUND else BY_THEME
    return page(
        request,
        "inbox/home.html",
        {
            "tasks": shown(tasks_of(who), who.today),
            "arrivals": notices_of(who, ARRIVALS, unread_only=True),
            "groups": groups(who, by),
            "by": by,
            "deadlines": upcoming(who, DEADLINES),
            "news": latest(who, NEWS),
        },
    )


@member(delegates=True)
def services(request: MemberRequest, siret: str) -> HttpResponse:
    """« Services »: those that the person holds, by theme or by fund, and how to ask for another."""
    by = BY_FUND if request.GET.get("par") == BY_FUND else BY_THEME
    return page(request, "inbox/services.html", {"groups": groups(request.standing, by), "by": by})


@signed_in()
def everywhere(request: SignedInRequest) -> HttpResponse:
    """« Vue d’ensemble »: the same over all establishments of the person, the most urgent ones first."""
    found = overview(request.user.pk, request.GET.get("q", ""), request.GET.get("page", "1"))
    if not found.q and bool(request.session.get("several")) != (found.found > 1):
        request.session["several"] = found.found > 1
    return render(
        request,
        "inbox/everywhere.html",
        {
            "overview": found,
            "heading": said(found.found),
            "searchable": bool(found.q) or found.found >= settings.PARVIS_PLACES_SEARCH,
            "deadlines": upcoming_everywhere(clock.today(), DEADLINES),
            "news": latest_public(NEWS),
            "administrators": each_once(my_administrators()) if not found.found and not found.q else [],
        },
    )
