"""The home after signing in, of one establishment or of all of them together; the services by theme or by fund."""

from django.http import HttpResponse

from parvis.access.pages import page
from parvis.access.queries.mine import each_once, my_administrators
from parvis.access.rules import MemberRequest, SignedInRequest, member, signed_in
from parvis.access.tasks import tasks_asked
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.database.together import together
from parvis.ground.pages import render
from parvis.inbox.cards import BY_FUND, BY_THEME, groups
from parvis.inbox.everywhere import WAITS, Asked, overview, said
from parvis.inbox.news import latest_everywhere
from parvis.inbox.waiting import folded, shown
from parvis.information.news.queries import latest_asked
from parvis.notices.queries import notices_asked
from parvis.obligations.queries import upcoming_asked, upcoming_everywhere

# How many of each the home shows; each has a page with the others.
ARRIVALS, DEADLINES, NEWS = 5, 5, 3


@member(delegates=True)
def home(request: MemberRequest, siret: str) -> HttpResponse:
    """« Accueil »: what is to be done, what came, the services, the next obligations, the news; in this order."""
    who = request.standing
    by = BY_FUND if request.GET.get("par") == BY_FUND else BY_THEME
    tasks, arrivals, deadlines, news = together(
        tasks_asked(who),
        notices_asked(who, ARRIVALS, unread_only=True),
        upcoming_asked(who, DEADLINES),
        latest_asked(who, NEWS),
    )
    lines = shown(tasks, who.today)
    first, others = folded(lines)
    return page(
        request,
        "inbox/home.html",
        {
            "count": len(lines),
            "tasks": first,
            "others": others,
            "arrivals": arrivals,
            "groups": groups(who, by),
            "by": by,
            "deadlines": deadlines,
            "news": news,
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
    found = overview(request.user.pk, asked := Asked.of(request.GET))
    several = bool(request.session.get("several"))
    if not asked.active and several != (found.found > 1):
        request.session["several"] = several = found.found > 1
    return render(
        request,
        "inbox/everywhere.html",
        {
            "overview": found,
            "asked": asked,
            "heading": said(found),
            "filtered": several or asked.active,
            "funds": FUNDS.values(),
            "waits": WAITS,
            "deadlines": upcoming_everywhere(clock.today(), DEADLINES),
            "news": latest_everywhere(request.user.pk, NEWS, found.standings),
            "administrators": each_once(my_administrators()) if not found.found and not asked.active else [],
        },
    )
