"""The pages of the footer: open to everybody, the same text for everybody."""

import datetime
from itertools import pairwise

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from parvis.access.rules import visitor
from parvis.access.terms.text import blocks
from parvis.access.terms.versions import Version, in_force, newest, published
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long
from parvis.information.held import lines
from parvis.information.operator import operator

ASSESSED_ON = datetime.date(2026, 11, 28)


@visitor()
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration of accessibility: a self-assessment that says so."""
    return render(
        request,
        "information/accessibility.html",
        {
            "operator": operator(),
            "assessed_on": ASSESSED_ON,
            "state": settings.PARVIS_ACCESSIBILITY,
            "audit": settings.PARVIS_ACCESSIBILITY_AUDIT,
        },
    )


@visitor()
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of people, how long, who reads it, their rights."""
    return render(
        request,
        "information/privacy.html",
        {
            "operator": operator(),
            "session_hours": settings.SESSION_COOKIE_AGE // 3600,
            "draft_days": settings.PARVIS_DRAFT_RETENTION.days,
            "invitation_days": settings.PARVIS_INVITATION_VALIDITY.days,
            "name_years": settings.PARVIS_NAME_RETENTION_YEARS,
            "coordinate_days": settings.PARVIS_COORDINATE_RETENTION.days,
            "browser_days": settings.PARVIS_BROWSER_MEMORY.days,
            "reset_validity": settings.PARVIS_RESET_VALIDITY,
            "email_validity": settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY,
            "counter_days": settings.PARVIS_COUNTER_RETENTION.days,
            "closed_account_years": settings.PARVIS_CLOSED_ACCOUNT_RETENTION.days // 365,
            "over_years": settings.PARVIS_OVER_RETENTION.days // 365,
            "declaration_years": settings.PARVIS_DECLARATION_RETENTION_YEARS,
            "proof_years": settings.PARVIS_PROOF_RETENTION_YEARS,
            "message_days": settings.PARVIS_MESSAGE_RETENTION.days,
            "lines": lines(),
            "export_days": settings.PARVIS_DATA_EXPORT_VALIDITY.days,
        },
    )


@visitor()
def legal(request: HttpRequest) -> HttpResponse:
    """Legal notices: the software's own, and what the operator filled in."""
    return render(request, "information/legal.html", {"operator": operator()})


@visitor()
def terms(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """« Conditions générales d'utilisation »: the version in force, or that of the address; all that were published."""
    today = clock.today()
    known = published(today)
    if number is None:
        shown = in_force(today) or newest(today)
    elif (shown := next((version for version in known if version.number == number), None)) is None:
        raise Http404
    siret, _ = request.session.get("visited", ("", False)) if request.user.is_authenticated else ("", False)
    return render(
        request,
        "information/terms.html",
        {
            "shown": shown,
            "chosen": number is not None,
            "next": newest(today) if number is None and newest(today) != shown else None,
            "blocks": blocks(shown.body) if shown else (),
            "versions": known[::-1],
            "states": _applications(known, today),
            "acceptances_href": address("access:terms", siret) if siret else "",
        },
    )


def _applications(known: tuple[Version, ...], today: datetime.date) -> dict[int, str]:
    """From when to when each version applies, by number."""
    ends = {before.number: after.applies - datetime.timedelta(days=1) for before, after in pairwise(known)}
    said = {}
    for version in known:
        end = ends.get(version.number)
        if version.applies > today:
            said[version.number] = f"S’appliquera à partir du {date_long(version.applies)}"
        elif end is None or end >= today:
            said[version.number] = f"En vigueur depuis le {date_long(version.applies)}"
        else:
            said[version.number] = f"S’est appliquée du {date_long(version.applies)} au {date_long(end)}"
    return said
