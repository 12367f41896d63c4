"""The pages of a hand-over: who, when, what will pass; then the hand-over itself, which may be cancelled."""

import datetime
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access import registry
from parvis.access.actions.many import as_grant
from parvis.access.handing.actions import handovers
from parvis.access.handing.forms import HandoverForm
from parvis.access.handing.merging import Passing, passings
from parvis.access.handing.queries import listing
from parvis.access.handing.queries.passing import offered_grants
from parvis.access.models import Membership
from parvis.access.pages import page
from parvis.access.queries.account import colleagues
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.ground.pages.filters import date_long, de
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


def _form(request: MemberRequest, data: object) -> HandoverForm:
    oneself = request.standing.membership_id
    initial = {"leaver": request.GET.get("leaver", ""), "receiver": request.GET.get("receiver", "")}
    return HandoverForm(data, initial=initial, colleagues=colleagues(), oneself=oneself)


def _checked(request: MemberRequest, form: HandoverForm) -> tuple[Membership, Membership]:
    """The two accounts of a valid form. Raises Refused for what `handovers.plan` would refuse."""
    asked = form.cleaned_data
    found = Membership.objects.in_bulk([asked["leaver"], asked["receiver"]])
    leaver, receiver = found.get(asked["leaver"]), found.get(asked["receiver"])
    if leaver is None or receiver is None:
        raise Refused("Ce compte n’existe plus : quelqu’un l’a supprimé entre-temps.")
    handovers.check_day(request.standing, leaver, asked["on"])
    handovers.check_people(request.standing, leaver, receiver, profile=asked["profile"])
    return leaver, receiver


@administrator(methods=BOTH)
def begin(request: MemberRequest, siret: str) -> HttpResponse:
    """Who leaves, who takes over, on which day."""
    form = _form(request, request.POST if request.method == "POST" else kept(request))
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            _checked(request, form)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            asked = urlencode({name: form.data.get(name, "") for name in form.fields})
            return redirect(reverse("access:handover-check", args=[siret]) + f"?{asked}")
    return page(request, "access/handing/handover.html", {"form": form, "problems": problems or form.problems})


def _shown(passing: Passing) -> tuple[str, Passing]:
    service = registry.get(passing.service)
    return (service.name if service else passing.service, passing)


@administrator(methods=BOTH)
def check(request: MemberRequest, siret: str) -> HttpResponse:
    """What will pass, service by service; the button asks for a fresh second factor."""
    who, form = request.standing, _form(request, request.GET)
    back = f"{reverse('access:handover-begin', args=[siret])}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    try:
        leaver, receiver = _checked(request, form)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(back)
    on, profile = form.cleaned_data["on"], form.cleaned_data["profile"]
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            handovers.plan(who=who, leaver_id=leaver.pk, receiver_id=receiver.pk, on=on, profile=profile)
            messages.success(request, _planned(leaver, receiver, on, who.today))
            return redirect("access:handing", siret=siret)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    held = {right.service: as_grant(right) for right in receiver.rights.all()}
    lines = [_shown(one) for one in passings(offered_grants(leaver, who.funds), held, on)]
    context = {"leaver": leaver, "receiver": receiver, "on": on, "profile": profile, "lines": lines, "back": back}
    oneself = leaver.pk == who.membership_id
    return page(request, "access/handing/handover_check.html", {**context, "oneself": oneself, "problems": problems})


def _planned(leaver: Membership, receiver: Membership, on: datetime.date, today: datetime.date) -> str:
    if on <= today:
        return (
            f"La passation est faite : {receiver.name} a repris les droits {de(leaver.name)}, dont le compte est fermé."
        )
    return (
        f"La passation {de(leaver.name)} à {receiver.name} est prévue le {date_long(on)}. "
        "Les personnes concernées sont prévenues."
    )


@administrator(methods=BOTH)
def handover(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """A hand-over: where it stands, and the button that cancels it while it is still to come."""
    found = listing.one_handover(ref)
    if found is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            handovers.cancel(who=request.standing, ref=ref)
            messages.success(
                request, f"La passation {de(found.leaver)} à {found.receiver} est annulée : rien ne change."
            )
            return redirect("access:handing", siret=siret)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    return page(request, "access/handing/handover_one.html", {"handover": found, "problems": problems})
