"""« Demandes »: what colleagues ask for, and the answer of who administers."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.access import registry
from parvis.access.asking import actions
from parvis.access.asking.forms import AcceptForm, RefuseForm
from parvis.access.asking.queries import Shown, listed, one
from parvis.access.levels import Level
from parvis.access.models import Membership, Right
from parvis.access.pages import page
from parvis.access.queries.account import status_of
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.status import OPEN
from parvis.ground.pages.kept import kept
from parvis.ground.pages.numbering import page_asked
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


@administrator()
def listing(request: MemberRequest, siret: str) -> HttpResponse:
    """What waits, and what was answered."""
    number = page_asked(request.GET.get("page", ""))
    return page(request, "access/asking/requests.html", {"listed": listed(request.standing, number)})


@administrator(methods=BOTH)
def request(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """One request: accept (level, end date) or refuse with a word; POST `answer` says which."""
    found = one(request.standing, ref)
    if found is None:
        # Gone with its account, most often: whoever comes by the e-mail reads why.
        messages.info(request, "Cette demande n’existe plus : le compte de la personne a été supprimé entre-temps.")
        return redirect("access:right-requests", siret=siret)
    service = registry.get(found.code)
    levels = sorted(level for level in service.levels if level > Level.NONE) if service else []
    typed = request.POST if request.method == "POST" else kept(request)
    refusing = typed is not None and typed.get("answer") == "refuse"
    wanted = next((level.slug for level in levels if level.label == found.level), "")
    accept = AcceptForm(typed if typed is not None and not refusing else None, levels=levels, initial={"level": wanted})
    refuse = RefuseForm(typed if refusing else None)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        form = refuse if refusing else accept
        if form.is_valid():
            try:
                return _answer(request, found, accept, refuse, refusing)
            except Refused as refusal:
                problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
                found = one(request.standing, ref) or found
        problems = problems or form.problems
    hints = {level.slug: service.help(level) for level in levels} if service else {}
    context = {"found": found, "service": service, "accept": accept, "refuse": refuse, "problems": problems}
    return page(request, "access/asking/request.html", {**context, **_state(found), "levels": levels, "hints": hints})


def _answer(
    request: MemberRequest, found: Shown, accept: AcceptForm, refuse: RefuseForm, refusing: bool
) -> HttpResponse:
    who = request.standing
    if refusing:
        done = actions.refuse(who=who, ref=found.ref, word=refuse.cleaned_data["word"])
        said = f"La demande de {done.account.name} est refusée : votre réponse lui part par courriel."
    else:
        service = registry.get(found.code)
        if service is not None and service.asks_fresh_factor and not is_fresh(request):
            return ask_again(request)
        done = actions.accept(who=who, ref=found.ref, level=accept.wanted, ends_on=accept.cleaned_data["ends_on"])
        held = f"{done.account.name} avait déjà « {Level(done.request.given_level or 0).label} » sur ce service : rien "
        given = f"{done.account.name} a « {accept.wanted.label} » sur « {found.service} »"
        until = actions.until_words(done.request.given_until)
        said = (
            f"{held}n’a changé, la demande est close."
            if done.already
            else f"{given}{until}. Un courriel l’en prévient."
        )
    messages.success(request, said)
    return redirect("access:right-requests", siret=who.siret)


def _state(found: Shown) -> dict[str, object]:
    """The account behind a request, and what it holds on the service now."""
    account = Membership.objects.filter(pk=found.account_id).first()
    status = status_of(account) if account else None
    right = Right.objects.filter(membership_id=found.account_id, service=found.code).first()
    return {
        "status": status,
        "open": status in OPEN,
        "right": right,
        "right_level": Level(right.level) if right else None,
    }
