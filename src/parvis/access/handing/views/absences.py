"""« Absences et passations », and the pages of an absence: who and when, which rights, ending it."""

import datetime
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access import registry
from parvis.access.actions.creation import Grant
from parvis.access.handing.actions import absences
from parvis.access.handing.forms import AbsenceForm
from parvis.access.handing.queries import listing
from parvis.access.handing.queries.passing import offered_grants
from parvis.access.levels import Level
from parvis.access.models import Membership
from parvis.access.pages import page
from parvis.access.queries.account import colleagues
from parvis.access.rights_form import RightsForm
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.shortcuts import apply_shortcut
from parvis.ground import clock
from parvis.ground.pages.filters import date_long, de
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


@administrator()
def overview(request: MemberRequest, siret: str) -> HttpResponse:
    """What is under way and planned, the deputy, and what is lately over."""
    return page(
        request,
        "access/handing/overview.html",
        {
            "absences": listing.open_absences(),
            "handovers": listing.planned_handovers(),
            "deputyship": listing.open_deputyship(),
            "past_absences": listing.past_absences(),
            "past_handovers": listing.past_handovers(),
        },
    )


def _form(request: MemberRequest, data: object) -> AbsenceForm:
    oneself = request.standing.membership_id
    initial = {"absent": request.GET.get("absent", ""), "receiver": request.GET.get("receiver", "")}
    return AbsenceForm(data, initial=initial, colleagues=colleagues(), oneself=oneself)


def _people(form: AbsenceForm) -> tuple[Membership, Membership]:
    """The two accounts of a valid form, which names accounts of this establishment alone."""
    numbers = [form.cleaned_data["absent"], form.cleaned_data["receiver"]]
    found = Membership.objects.in_bulk(numbers)
    if len(found) < len(set(numbers)):
        raise Refused("Ce compte n’existe plus : quelqu’un l’a supprimé entre-temps.")
    return found[numbers[0]], found[numbers[1]]


def _checked(request: MemberRequest, form: AbsenceForm) -> tuple[Membership, Membership]:
    """Step 1 as a whole. Raises Refused."""
    absences.check_dates(form.cleaned_data["starts_on"], form.cleaned_data["ends_on"])
    absent, receiver = _people(form)
    absences.check_people(request.standing, absent, receiver)
    return absent, receiver


@administrator(methods=BOTH)
def begin(request: MemberRequest, siret: str) -> HttpResponse:
    """Step 1: who is away, who receives, from when to when."""
    form = _form(request, request.POST if request.method == "POST" else kept(request))
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            _checked(request, form)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            asked = urlencode({name: form.data.get(name, "") for name in form.fields})
            return redirect(reverse("access:absence-rights", args=[siret]) + f"?{asked}")
    return page(request, "access/handing/absence.html", {"form": form, "problems": problems or form.problems})


def _sensitive(grants: list[Grant]) -> bool:
    given = (registry.get(grant.service) for grant in grants if grant.level > Level.NONE)
    return any(service is not None and service.asks_fresh_factor for service in given)


def _usable(absent: Membership, funds: frozenset[str], starts_on: datetime.date, ends_on: datetime.date) -> list[Grant]:
    """What the absent holds on one of these days, without its own dates."""
    return [
        Grant(grant.service, grant.level)
        for grant in offered_grants(absent, funds).values()
        if (grant.ends_on is None or grant.ends_on >= starts_on)
        and (grant.starts_on is None or grant.starts_on <= ends_on)
    ]


@administrator(methods=BOTH)
def rights(request: MemberRequest, siret: str) -> HttpResponse:
    """Step 2: which rights, filled with what the absent holds; then they are given."""
    form = _form(request, request.GET)
    back = f"{reverse('access:absence-begin', args=[siret])}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    try:
        absent, receiver = _checked(request, form)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(back)
    days = (form.cleaned_data["starts_on"], form.cleaned_data["ends_on"])
    typed = request.POST if request.method == "POST" else kept(request)
    funds = request.standing.funds
    chosen = RightsForm(funds, typed=typed, grants=_usable(absent, funds, *days))
    answer, notice, problems = _chosen(request, chosen, absent, receiver, days)
    if answer is not None:
        return answer
    context = {"absent": absent, "receiver": receiver, "starts_on": days[0], "ends_on": days[1], "back": back}
    shown = {"form": chosen, "problems": problems, "notice": notice}
    return page(request, "access/handing/absence_rights.html", {**context, **shown})


def _chosen(
    request: MemberRequest,
    chosen: RightsForm,
    absent: Membership,
    receiver: Membership,
    days: tuple[datetime.date, datetime.date],
) -> tuple[HttpResponse | None, str, list[tuple[str, str]]]:
    """What the button of step 2 does: an answer, or what to say on the page."""
    if request.method != "POST":
        return None, "", []
    if notice := apply_shortcut(request.POST, chosen, request.standing):
        return None, notice, []
    grants = chosen.grants()
    if grants is None:
        return None, "", chosen.problems
    given = [Grant(grant.service, grant.level) for grant in grants]
    if _sensitive(given) and not is_fresh(request):
        return ask_again(request), "", []
    try:
        who, (starts_on, ends_on) = request.standing, days
        people = {"absent_id": absent.pk, "receiver_id": receiver.pk}
        absences.plan(who=who, **people, starts_on=starts_on, ends_on=ends_on, grants=given)
    except Refused as refusal:
        return None, "", [(refusal.message, "")]
    messages.success(request, _given(absent, receiver, starts_on))
    return redirect("access:handing", siret=who.siret), "", []


def _given(absent: Membership, receiver: Membership, starts_on: datetime.date) -> str:
    when = "dès maintenant" if starts_on <= clock.today() else f"à partir du {date_long(starts_on)}"
    return f"{receiver.name} reçoit ces droits {when} (absence {de(absent.name)}). Ils s’arrêteront d’eux-mêmes."


@administrator(methods=BOTH)
def end(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """An absence, and the button that ends it before its last day."""
    found = listing.one_absence(ref)
    if found is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            ended = absences.end(who=request.standing, ref=ref)
            messages.success(
                request,
                f"C’est terminé : {found.receiver} n’a plus les droits reçus pendant l’absence {de(found.absent)}."
                if ended.begun_at
                else f"L’absence {de(found.absent)} prévue du {date_long(found.starts_on)} est annulée.",
            )
            return redirect("access:handing", siret=siret)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    context = {"absence": found, "problems": problems, "mine": found.receiver_id == request.standing.membership_id}
    return page(request, "access/handing/absence_end.html", context)
