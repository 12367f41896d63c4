"""« Déclarer une affiliation »: the agent, the post, what follows and why; its number at once."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.levels import Level
from parvis.access.rules import BOTH, POST, MemberRequest, service
from parvis.agents import days, duplicates, numbers, sheet
from parvis.agents.actions.changing import complete
from parvis.agents.actions.declaring import declare, is_hospital
from parvis.agents.entries import Declaration
from parvis.agents.models import Affiliation, Scheme
from parvis.agents.words import THE
from parvis.ground.tenancy import Refused
from parvis.services.affiliations import drafts, summary
from parvis.services.affiliations.forms import AgentForm, PostForm
from parvis.services.affiliations.models import Draft
from parvis.services.affiliations.service import CODE, SERVICE
from parvis.services.affiliations.views.sent import sent
from parvis.services.pages import page

STEPS = ["L’agent", "Son poste", "Vérification"]


def _page(request: MemberRequest, step: int, draft: Draft | None, context: dict[str, Any]) -> HttpResponse:
    names = {1: "declare_agent", 2: "declare_post", 3: "declare_check"}
    form = context.get("form")
    problems = context.pop("problems", form.problems if form is not None and form.is_bound else [])
    shared = {"step": step, "labels": STEPS, "draft": draft, "problems": problems, "page_error": bool(problems)}
    return page(request, SERVICE, f"service_affiliations/{names[step]}.html", {"conflict": {}, **shared, **context})


@service(CODE, Level.WRITE, methods=BOTH)
def new(request: MemberRequest, siret: str) -> HttpResponse:
    """The first page of a new declaration."""
    form = AgentForm(sent(request))
    if request.method == "POST" and form.is_valid():
        draft = drafts.begin(who=request.standing, agent=drafts.typed_in(form))
        return redirect("service_affiliations:declare-post", siret=siret, draft=draft.pk)
    return _page(request, 1, None, {"form": form})


def _own(request: MemberRequest, draft_id: uuid.UUID) -> Draft:
    draft = drafts.own(request.standing, draft_id)
    if draft is None:
        raise Http404
    return draft


@service(CODE, Level.WRITE, methods=BOTH)
def agent(request: MemberRequest, siret: str, draft: uuid.UUID) -> HttpResponse:
    """The first page of a draft."""
    held = _own(request, draft)
    form = AgentForm(sent(request), initial=drafts.unsealed(held).agent)
    if request.method == "POST" and form.is_valid():
        drafts.keep(who=request.standing, draft_id=draft, agent=drafts.typed_in(form))
        return redirect("service_affiliations:declare-post", siret=siret, draft=draft)
    return _page(request, 1, held, {"form": form})


@service(CODE, Level.WRITE, methods=BOTH)
def post(request: MemberRequest, siret: str, draft: uuid.UUID) -> HttpResponse:
    """The second page."""
    held = _own(request, draft)
    content = drafts.unsealed(held)
    form = PostForm(sent(request), initial=content.post)
    if request.method == "POST" and form.is_valid():
        drafts.keep(who=request.standing, draft_id=draft, post=drafts.typed_in(form))
        return redirect("service_affiliations:declare-check", siret=siret, draft=draft)
    return _page(request, 2, held, {"form": form, "name": content.name})


@service(CODE, Level.WRITE, methods=BOTH)
def check(request: MemberRequest, siret: str, draft: uuid.UUID) -> HttpResponse:
    """The last page: the scheme that follows, each condition, who may be the same person; its button declares."""
    who = request.standing
    held = drafts.own(who, draft)
    if held is None:
        return _gone(request, siret, draft)
    content = drafts.unsealed(held)
    told = content.declaration(
        hospital=is_hospital(who.establishment_id), distinct=request.POST.get("distinct") == "on"
    )
    if told is None:
        step = "post" if content.agent_form().is_valid() else "agent"
        return redirect(f"service_affiliations:declare-{step}", siret=siret, draft=draft)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            return _declared(request, siret, held, told)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field in ("distinct", "alike") else "")]
    return _check_page(request, held, content, told, problems)


def _check_page(
    request: MemberRequest, held: Draft, content: drafts.Content, told: Declaration, problems: list[tuple[str, str]]
) -> HttpResponse:
    who = request.standing
    answer = told.answer(hospital=is_hospital(who.establishment_id))
    found = duplicates.look(who.establishment_id, told.identity, told.scheme or Scheme.CNRACL, told.entered_on)
    against = days.against(told, days.ended(found.here))
    context = {
        "name": content.name,
        "answer": answer,
        "scheme": told.scheme,
        "the": THE.get(told.scheme, ""),
        "rows": summary.rows(told, request.standing.siret, held.pk),
        "remarks": summary.remarks(told, found, completing=held.affiliation is not None, against=against),
        "alike": found.alike if found.here is None and held.affiliation is None else (),
        "may_declare": not against and summary.may_declare(who, told, found, completing=held.affiliation),
        "contract": told.scheme in who.funds,
        "rafp": told.scheme == Scheme.CNRACL and "rafp" in who.funds,
        "problems": problems,
    }
    return _page(request, 3, held, context)


def _declared(request: MemberRequest, siret: str, held: Draft, told: Declaration) -> HttpResponse:
    who = request.standing
    if held.affiliation is not None:
        made = complete(who=who, affiliation_id=held.affiliation, told=told)
    else:
        made, _ = declare(who=who, told=told, request=held.pk)
    drafts.give_up(who=who, draft_id=held.pk)
    return redirect("service_affiliations:declared", siret=siret, ref=made.agent.ref)


def _gone(request: MemberRequest, siret: str, draft: uuid.UUID) -> HttpResponse:
    """Declared already (the button was pressed twice), or given up."""
    made = Affiliation.objects.select_related("agent").filter(request=draft).first()
    if made is not None:
        return redirect("service_affiliations:declared", siret=siret, ref=made.agent.ref)
    if request.method == "POST":
        messages.error(request, drafts.GONE)
        return redirect("service_affiliations:index", siret=siret)
    raise Http404


@service(CODE, Level.WRITE, methods=POST)
def give_up(request: MemberRequest, siret: str, draft: uuid.UUID) -> HttpResponse:
    """« Abandonner »: what was typed is erased."""
    drafts.give_up(who=request.standing, draft_id=draft)
    messages.success(request, "Cette affiliation est abandonnée : rien n’est déclaré, et la saisie est effacée.")
    return redirect("service_affiliations:index", siret=siret)


@service(CODE, Level.READ)
def declared(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« L’affiliation est déclarée »: the numbers, and what comes next."""
    agent = sheet.found(ref)
    if agent is None:
        raise Http404
    held = Affiliation.objects.filter(agent=agent, state=Affiliation.State.ACTIVE).order_by("-pk")
    if not held:
        # An address that was kept, of somebody who has left since.
        return redirect("service_affiliations:agent", siret=siret, ref=ref)
    given = [(one.get_scheme_display(), numbers.grouped(one.number), one.entered_on) for one in held]
    return page(request, SERVICE, "service_affiliations/declared.html", {"agent": agent, "given": given[::-1]})
