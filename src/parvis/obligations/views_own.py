"""What each person sets for themselves: reminders, and the addresses that their calendar reads."""

import hashlib

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect

from parvis.access.pages import page
from parvis.access.rules import BOTH, MemberRequest, SignedInRequest, member, signed_in
from parvis.ground.pages import render
from parvis.ground.pages.kept import kept
from parvis.ground.rules import public
from parvis.obligations import calendars, ical
from parvis.obligations.forms import RemindersForm
from parvis.obligations.queries import whole
from parvis.obligations.reminding import Choice, choice_of, choose
from parvis.obligations.rights import FUNDS, ticked_funds

REVOKED = "L’adresse ne répond plus."


@member(methods=BOTH)
def reminders(request: MemberRequest, siret: str) -> HttpResponse:
    """« Mes rappels »: how many days before, of which funds."""
    who = request.standing
    funds = ticked_funds(who) & frozenset(one.fund for one in whole(who).items)
    choice = choice_of(who)
    form = RemindersForm(
        request.POST if request.method == "POST" else kept(request),
        funds=funds,
        initial={
            "delays": [str(day) for day in choice.delays],
            "funds": sorted(choice.funds & funds or funds),
        },
    )
    if request.method == "POST" and form.is_valid():
        picked = frozenset(form.cleaned_data["funds"])
        # All of them: those that come later too.
        wanted = Choice(
            tuple(sorted(form.cleaned_data["delays"], reverse=True)), frozenset() if picked == funds else picked
        )
        choose(who=who, choice=wanted)
        said = "sont enregistrés" if wanted.delays else "sont arrêtés : vous n’en recevrez plus"
        messages.success(request, f"Vos rappels {said}.")
        return redirect("obligations:reminders", siret=siret)
    return page(
        request,
        "obligations/reminders.html",
        {"form": form, "problems": form.problems, "funds": [FUNDS[code] for code in FUNDS if code in funds]},
    )


@member(methods=BOTH, delegates=True)
def calendar(request: MemberRequest, siret: str) -> HttpResponse:
    """« Mon agenda »: make the address (shown once, in the answer itself), replace it, or revoke it."""
    who, made = request.standing, ""
    of = {"person": who.person_id, "establishment": who.establishment_id}
    if request.method == "POST":
        if request.POST.get("faire") == "revoquer":
            if calendars.revoke(**of, who=who):
                messages.success(request, REVOKED)
            return redirect("obligations:calendar", siret=siret)
        made = calendars.make(**of, who=who)
    return _once(page(request, "obligations/calendar.html", {"served": calendars.served(**of), "made": made}))


@signed_in(methods=BOTH)
def calendar_all(request: SignedInRequest) -> HttpResponse:
    """The same for all establishments at once."""
    person, made = request.user.pk or 0, ""
    if request.method == "POST":
        if request.POST.get("faire") == "revoquer":
            if calendars.revoke(person=person, establishment=None):
                messages.success(request, REVOKED)
            return redirect("obligations:calendar-all")
        made = calendars.make(person=person, establishment=None)
    served = calendars.served(person, None)
    return _once(render(request, "obligations/calendar_all.html", {"served": served, "made": made}))


def _once(answer: HttpResponse) -> HttpResponse:
    """The secret stands on this page alone: no cache keeps it."""
    answer["Cache-Control"] = "no-store"
    return answer


@public()
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a private address: no cookie is read. 404 once it is revoked or the access is lost."""
    content = calendars.answer(token) if len(token) <= calendars.LONGEST_TOKEN else None
    if content is None:
        raise Http404
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if tag in known:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content, content_type=ical.TYPE)
        answer["Content-Disposition"] = 'inline; filename="echeancier.ics"'
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, max-age=3600"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
