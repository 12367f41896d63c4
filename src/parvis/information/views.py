"""The help centre and the pages of the footer: open to everybody, the same text for everybody."""

import datetime
from itertools import pairwise

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from parvis.access.rules import visitor
from parvis.access.status import Status
from parvis.access.terms.text import blocks
from parvis.access.terms.versions import Version, in_force, newest, published
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long, plural
from parvis.information.articles import BY_SLUG, beside, by_theme
from parvis.information.operator import operator

ASSESSED_ON = datetime.date(2026, 11, 23)


@visitor()
def help_centre(request: HttpRequest) -> HttpResponse:
    """« Aide »: every article, by theme."""
    return render(request, "information/help.html", {"groups": by_theme()})


@visitor()
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """An article; 404 where there is none of that name."""
    found = BY_SLUG.get(slug)
    if found is None:
        raise Http404
    return render(
        request,
        found.template,
        {
            "article": found,
            "others": beside(found),
            "statuses": {status.name: status for status in Status},
            "invitation_days": settings.PARVIS_INVITATION_VALIDITY.days,
            "postal_days": settings.PARVIS_POSTAL_VALIDITY.days,
            "expiry_months": settings.PARVIS_EXPIRY_MONTHS,
            "deputy_days": settings.PARVIS_DEPUTY_DAYS,
            "warning_day": settings.PARVIS_EXPIRY_MONTHLY_WARNING_DAY,
            "warning_days": " et ".join(
                plural(count, "jour", "jours") for count in settings.PARVIS_EXPIRY_WARNING_DAYS
            ),
            "name_years": settings.PARVIS_NAME_RETENTION_YEARS,
            "terms_grace_days": settings.PARVIS_TERMS_GRACE.days,
            "terms_reminder_days": settings.PARVIS_TERMS_REMINDER.days,
            "browser_trust": settings.PARVIS_BROWSER_TRUST,
            "fresh_factor": settings.PARVIS_FRESH_FACTOR,
            "recovery_codes": settings.PARVIS_RECOVERY_CODES,
            "code_validity": settings.PARVIS_CODE_VALIDITY,
            "email_validity": settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY,
            "idle_limit": settings.PARVIS_IDLE_LIMIT,
            "idle_warning": settings.PARVIS_IDLE_WARNING,
            "session_limit": settings.PARVIS_SESSION_LIMIT,
            "call_code_validity": settings.PARVIS_CALL_CODE_VALIDITY,
            "factor_reset_delay": settings.PARVIS_FACTOR_RESET_DELAY,
            "reset_validity": settings.PARVIS_RESET_VALIDITY,
            "password_minimum": settings.PARVIS_PASSWORD_MINIMUM,
            "password_minimum_administrator": settings.PARVIS_PASSWORD_MINIMUM_ADMINISTRATOR,
            "failures": settings.PARVIS_FAILURES,
            "locks": settings.PARVIS_LOCKS,
            "provider_validity": settings.PARVIS_PROVIDERS_STATE_VALIDITY,
        },
    )


@visitor()
def contact(request: HttpRequest) -> HttpResponse:
    """Whom to call. What is not known is said to be so: a wrong number costs more than none."""
    others = [fund for code, fund in FUNDS.items() if code != "cnracl"]
    return render(request, "information/contact.html", {"operator": operator(), "others": others})


@visitor()
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration of accessibility: a self-assessment that says so."""
    return render(request, "information/accessibility.html", {"operator": operator(), "assessed_on": ASSESSED_ON})


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
