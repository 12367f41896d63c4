"""The home after signing in, of one establishment or of all of them together; the services by theme or by fund."""

from django.http import HttpResponse

from parvis.access.pages import page
from parvis.access.rules import MemberRequest, member
from parvis.access.tasks import tasks_of
from parvis.inbox.cards import BY_FUND, BY_THEME, groups
from parvis.information.news.queries import latest
from parvis.notices.queries import notices_of

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
            "tasks": tasks_of(who),
            "arrivals": notices_of(who, ARRIVALS, unread_only=True),
            "groups": groups(who, by),
            "by": by,
            "deadlines": [],
            "news": latest(who, NEWS),
        },
    )


@member(delegates=True)
def services(request: MemberRequest, siret: str) -> HttpResponse:
    """« Services »: those that the person holds, by theme or by fund, and how to ask for another."""
    by = BY_FUND if request.GET.get("par") == BY_FUND else BY_THEME
    return page(request, "inbox/services.html", {"groups": groups(request.standing, by), "by": by})
