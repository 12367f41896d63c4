"""« Modèles de droits »: the list, one model, making and changing one, comparing somebody with it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.actions.creation import Grant
from parvis.access.models import Membership
from parvis.access.pages import page
from parvis.access.presets import actions
from parvis.access.presets.forms import PresetForm
from parvis.access.presets.queries import compared, holders, people_of, preset, presets, summed
from parvis.access.presets.state import Known
from parvis.access.queries.account import colleagues
from parvis.access.rights_form import RightsForm, in_words
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.shortcuts import apply_shortcut
from parvis.access.views.renewal import account_numbers
from parvis.ground.pages.filters import de
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused


def _found(request: MemberRequest, key: str, *, own: bool = False) -> Known:
    found = preset(key, request.standing.funds)
    if found is None or (own and not found.own):
        raise Http404
    return found


@administrator()
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """Every model, the establishment's own first, with how many people it was given to and how many differ."""
    found = summed(request.standing.funds)
    groups = [
        ("Modèles de votre établissement", [one for one in found if one.preset.own]),
        ("Modèles de la plateforme", [one for one in found if not one.preset.own]),
    ]
    return page(request, "access/presets/index.html", {"groups": groups})


@administrator()
def show(request: MemberRequest, siret: str, key: str) -> HttpResponse:
    """One model: what it gives, and who it was given to, with what differs since."""
    who, found = request.standing, _found(request, key)
    people = people_of([found], who.funds)[found.key]
    return page(
        request,
        "access/presets/show.html",
        {
            "found": found,
            "groups": in_words(found.grants(), who.funds),
            "people": people,
            "different": [one for one in people if one.steps],
            "alike": [one for one in people if not one.steps],
            "colleagues": colleagues(),
        },
    )


def _started(request: MemberRequest) -> tuple[str, list[Grant]]:
    """What a new model starts from: nothing, another model, or what a colleague holds."""
    query = request.GET
    if (model := preset(query.get("depuis", ""), request.standing.funds)) is not None:
        return f"Copie de {model.name}"[:80], model.grants()
    for number in account_numbers([query.get("compte", "")]):
        for holder in holders([number]):
            return "", [Grant(one.service, one.level) for one in holder.held]
    return "", []


def _filled(request: MemberRequest, found: Known | None) -> tuple[PresetForm, RightsForm, str, bool]:
    """The two forms of a model, bound to what was typed; what a shortcut did; whether it is a kept page."""
    typed = request.POST if request.method == "POST" else kept(request)
    name, grants = (found.name, found.grants()) if found else _started(request) if typed is None else ("", [])
    form = PresetForm(typed, initial={"name": name, "purpose": found.purpose if found else ""})
    rights = RightsForm(request.standing.funds, typed=typed, grants=grants)
    notice = apply_shortcut(request.POST, rights, request.standing) if request.method == "POST" else ""
    return form, rights, notice, typed is not None and request.method == "GET"


def _edited(request: MemberRequest, found: Known | None) -> HttpResponse:
    form, rights, notice, was_kept = _filled(request, found)
    problems: list[tuple[str, str]] = []
    ref = _ref(found.key if found else request.POST.get("numero", "")) or uuid.uuid4()
    if request.method == "POST" and not notice:
        grants, valid = rights.grants(), form.is_valid()
        if valid and grants is not None:
            try:
                act = actions.change if found else actions.create
                made = act(who=request.standing, ref=ref, grants=grants, **form.cleaned_data)
                done = "est enregistré. Personne n’a changé de droits." if found else "est créé."
                messages.success(request, f"Le modèle « {made.name} » {done}")
                return redirect("access:preset", siret=request.standing.siret, key=str(made.ref))
            except Refused as refusal:
                problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        problems = problems or form.problems + rights.problems
    context = {"found": found, "naming": form, "form": rights, "notice": notice, "problems": problems}
    more = {"ref": ref, "kept": was_kept, "colleagues": colleagues()}
    return page(request, "access/presets/edit.html", {**context, **more})


def _ref(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@administrator(methods=BOTH)
def make(request: MemberRequest, siret: str) -> HttpResponse:
    """« Créer un modèle »: from nothing, from another model, or from what a colleague holds."""
    return _edited(request, None)


@administrator(methods=BOTH)
def modify(request: MemberRequest, siret: str, key: str) -> HttpResponse:
    """« Modifier le modèle »; those of the platform are copied instead."""
    return _edited(request, _found(request, key, own=True))


@administrator(methods=BOTH)
def remove(request: MemberRequest, siret: str, key: str) -> HttpResponse:
    """« Supprimer le modèle », after a page that asks."""
    found = _found(request, key, own=True)
    if request.method == "POST":
        try:
            actions.delete(who=request.standing, ref=uuid.UUID(found.key))
            messages.success(request, f"Le modèle « {found.name} » est supprimé. Personne n’a changé de droits.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("access:presets", siret=siret)
    people = people_of([found], request.standing.funds)[found.key]
    return page(request, "access/presets/remove.html", {"found": found, "people": people})


@administrator()
def compare(request: MemberRequest, siret: str) -> HttpResponse:
    """Somebody beside a model, service by service."""
    who = request.standing
    numbers = account_numbers([request.GET.get("compte", "")])
    person = next(iter(holders(numbers)), None) if numbers else None
    offered = presets(who.funds)
    found = next((one for one in offered if one.key == request.GET.get("modele", "")), None)
    lines = compared(found, person, who.funds) if found and person else []
    return page(
        request,
        "access/presets/compare.html",
        {
            "presets": offered,
            "found": found,
            "person": person,
            "lines": lines,
            "alike": bool(lines) and all(line.word == "Identique" for line in lines),
            "oneself": person is not None and person.id == who.membership_id,
            "colleagues": colleagues(),
            "title": f"Comparer les droits {de(person.name)}" if person else "Comparer avec un modèle",
            "closed": person is not None and not Membership.objects.filter(pk=person.id, deactivated_at=None).exists(),
        },
    )
