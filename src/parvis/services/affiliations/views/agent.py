"""An agent's page, and what changes it: correction, hours, departure."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.actions.guards import actor_of
from parvis.access.levels import Level
from parvis.access.rules import BOTH, POST, MemberRequest, service
from parvis.agents import sheet
from parvis.agents.actions import changing, leaving
from parvis.agents.models import Affiliation, Agent, Leaving, Post
from parvis.agents.words import THE
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused
from parvis.journal.actions import record
from parvis.regulations.affiliation import hours
from parvis.services.affiliations import drafts
from parvis.services.affiliations.forms import KINDS_BY_HOURS, ORDINARY, CorrectForm, HoursForm, LeavingForm
from parvis.services.affiliations.service import CODE, SERVICE
from parvis.services.affiliations.views.sent import sent
from parvis.services.pages import page


def _found(ref: uuid.UUID) -> Agent:
    agent = sheet.found(ref)
    if agent is None:
        raise Http404
    return agent


def _sheet(request: MemberRequest, ref: uuid.UUID, *, whole_nir: bool = False) -> HttpResponse:
    typed = request.GET.get("annee", "")
    year = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) == 4 else None
    found = sheet.sheet(_found(ref), year=year, whole_nir=whole_nir, with_replaced=request.GET.get("remplaces") == "1")
    answer = page(request, SERVICE, "service_affiliations/agent.html", {"sheet": found})
    if whole_nir:
        answer["Cache-Control"] = "no-store"
    return answer


@service(CODE, Level.READ)
def agent(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """The page of an agent."""
    return _sheet(request, ref)


@service(CODE, Level.READ, methods=POST)
def show_nir(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Afficher » the NIR: the same page with all of it, once; the journal keeps that it was shown."""
    found = _found(ref)
    record("agent.nir_shown", actor=actor_of(request.standing, service=CODE), object=found.ref)
    return _sheet(request, ref, whole_nir=True)


@service(CODE, Level.WRITE, methods=BOTH)
def correct(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Corriger » who somebody is."""
    found = _found(ref)
    identity = changing.identity_of(found)
    initial = {name: getattr(identity, name) for name in identity.__dataclass_fields__}
    form = CorrectForm(sent(request), initial=initial, version=found.version)
    if request.method == "POST" and form.is_valid():
        try:
            fields = changing.correct_identity(
                who=request.standing, ref=ref, identity=form.identity(), version=form.version
            )
            messages.success(request, f"La fiche de {found.name} est {'corrigée' if fields else 'inchangée'}.")
            return redirect("service_affiliations:agent", siret=siret, ref=ref)
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
            form.version = _found(ref).version
    return _form(request, "correct", found, form)


def _form(request: MemberRequest, template: str, found: Agent, form: Any, **more: Any) -> HttpResponse:
    problems = form.problems if form.is_bound else []
    return page(
        request,
        SERVICE,
        f"service_affiliations/{template}.html",
        {"agent": found, "form": form, "problems": problems, "page_error": bool(problems), "conflict": {}, **more},
    )


@service(CODE, Level.WRITE, methods=BOTH)
def change_hours(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Changer les heures »; where another scheme follows, a page says so and asks first."""
    found = _found(ref)
    held = Post.objects.filter(agent=found).order_by("-starts_on").first()
    form = HoursForm(sent(request), initial=_initial(held))
    if request.method == "POST" and form.is_valid():
        try:
            return _changed(request, found, form, permanent=held.permanent if held else True)
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
    return _form(request, "hours", found, form)


def _changed(request: MemberRequest, found: Agent, form: HoursForm, *, permanent: bool) -> HttpResponse:
    """What the form leads to: the page that asks, or the change. Raises Refused."""
    who, post, on = request.standing, form.post(permanent=permanent), form.cleaned_data["starts_on"]
    others = form.cleaned_data["other_minutes"]
    moves = changing.leads_to(who, found, post, on, others)
    if moves is not None and "confirme" not in request.POST:
        left, answer = moves
        context = {"answer": answer, "on": on, "enters": THE[answer.scheme], "left": THE[left.scheme]}
        hidden = [(name, form.data.get(name, "")) for name in form.fields]
        return _form(request, "hours_check", found, form, hidden=hidden, **context)
    _, moved = changing.change_hours(who=who, ref=found.ref, post=post, on=on, other_minutes=others)
    said = f"{found.name} : {hours(post.minutes)} par semaine à compter du {date_long(on)}."
    messages.success(request, said + (f" Affiliation à {THE[moved]} déclarée." if moved else ""))
    return redirect("service_affiliations:agent", siret=who.siret, ref=found.ref)


def _initial(held: Post | None) -> dict[str, Any]:
    if held is None:
        return {}
    return {
        "kind": KINDS_BY_HOURS.get(held.full_minutes, ORDINARY),
        "minutes": hours(held.minutes),
        "part_time": int(held.part_time) if held.part_time < 100 else "",
        "category": held.category,
        "grade": held.grade,
        "gross_index": held.gross_index,
        "major_index": held.major_index,
    }


@service(CODE, Level.WRITE, methods=BOTH)
def leave(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Déclarer un départ »: a mutation, a radiation."""
    found = _found(ref)
    open_ones = list(Affiliation.objects.filter(agent=found, left_on=None).order_by("pk"))
    form = LeavingForm(sent(request), initial=_leaving_of(open_ones))
    if request.method == "POST" and form.is_valid():
        last, why = form.cleaned_data["left_on"], form.cleaned_data["leaving"]
        try:
            held = leaving.leave(who=request.standing, ref=ref, leaving=why, last_day=last)
            messages.success(request, f"Le départ de {found.name} est déclaré : dernier jour le {date_long(last)}.")
            if leaving.to_restore(held):
                messages.warning(request, RESTORING)
            return redirect("service_affiliations:agent", siret=siret, ref=ref)
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
    return _form(request, "leave", found, form, open_ones=open_ones, the=THE)


RESTORING = (
    "Cet agent a passé moins de deux ans à la CNRACL dans votre établissement. S’il n’a pas d’autres services, "
    "demandez son rétablissement au régime général et à l’Ircantec dans l’année qui suit son départ."
)


def _leaving_of(held: list[Affiliation]) -> dict[str, Any]:
    """Where another employer has affiliated the agent: a mutation, on the day before."""
    claimed = [one.claimed_on for one in held if one.claimed_on]
    if not claimed:
        return {}
    return {"leaving": Leaving.MUTATION.value, "left_on": min(claimed) - changing.ONE_DAY}


@service(CODE, Level.WRITE, methods=BOTH)
def cancel_leaving(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Annuler le départ », after a page that asks."""
    found = _found(ref)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            leaving.cancel_leaving(who=request.standing, ref=ref)
            messages.success(request, f"Le départ de {found.name} est annulé : son affiliation continue.")
            return redirect("service_affiliations:agent", siret=siret, ref=ref)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    context = {"agent": found, "problems": problems, "page_error": bool(problems)}
    return page(request, SERVICE, "service_affiliations/cancel_leaving.html", context)


@service(CODE, Level.WRITE, methods=POST)
def complete(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Compléter l’affiliation »: the steps of a declaration, filled in with what is known."""
    found = _found(ref)
    waiting = (
        Affiliation.objects.select_related("agent").filter(agent=found, state=Affiliation.State.INCOMPLETE).first()
    )
    if waiting is None:
        messages.info(request, "Cette affiliation est déjà complète.")
        return redirect("service_affiliations:agent", siret=siret, ref=ref)
    draft = drafts.begin_completing(who=request.standing, affiliation=waiting)
    return redirect("service_affiliations:declare-agent", siret=siret, draft=draft.pk)


@service(CODE, Level.WRITE, methods=POST)
def again(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Affilier de nouveau » somebody who had left: the steps of a declaration, filled in with what is known."""
    found = _found(ref)
    if Affiliation.objects.filter(agent=found, left_on=None).exists():
        said = f"{found.name} est affilié par votre établissement : ses heures ou son départ se déclarent ici."
        messages.info(request, said)
        return redirect("service_affiliations:agent", siret=siret, ref=ref)
    draft = drafts.begin_again(who=request.standing, agent=found)
    return redirect("service_affiliations:declare-agent", siret=siret, draft=draft.pk)
