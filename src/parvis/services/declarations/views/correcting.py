"""What is corrected: an individual's page, its correction, an affiliation, who sees to what; a file before sending."""

import contextlib
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from parvis.access.levels import Level
from parvis.access.rules import BOTH, POST, MemberRequest, service
from parvis.ground.pages.filters import plural
from parvis.ground.pages.kept import kept
from parvis.ground.sealing import Unsealable
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large
from parvis.services.conflict import Conflict
from parvis.services.declarations import actions, queries
from parvis.services.declarations.actions.checking import Again
from parvis.services.declarations.actions.correcting import writes_agents
from parvis.services.declarations.checks import CHECKS, Mend
from parvis.services.declarations.dry import dry_check
from parvis.services.declarations.forms import AffiliationForm, CorrectionForm, FileForm
from parvis.services.declarations.kinds import fields_said
from parvis.services.declarations.models import Anomaly
from parvis.services.declarations.queries import Person
from parvis.services.declarations.service import CODE, SERVICE
from parvis.services.declarations.values import Values
from parvis.services.pages import page


def _person(request: MemberRequest, ref: uuid.UUID) -> Person:
    try:
        found = queries.person(request.standing.establishment_id, ref)
    except Unsealable:
        found = None
    if found is None:
        raise Http404
    return found


def _initial(person: Person) -> dict[str, Any]:
    told, contract = person.told, person.told.contracts[-1] if person.told.contracts else None
    initial: dict[str, Any] = {
        "surname": told.surname,
        "first_names": told.first_names,
        "born_on": told.born_on,
        "hours": "",
    }
    if contract is not None and contract.weekly_hours is not None:
        whole, rest = divmod(round(contract.weekly_hours * 60 / 100), 60)
        initial["hours"] = f"{whole} h {rest:02d}" if rest else f"{whole} h"
    if person.draft is not None:
        with contextlib.suppress(Unsealable):
            initial |= CorrectionForm.of_draft(Values.unsealed(person.draft.sealed))
    return initial


def _shown(request: MemberRequest, person: Person, form: CorrectionForm, **context: Any) -> HttpResponse:
    problems = form.problems + context.pop("problems", [])
    return page(
        request,
        SERVICE,
        "service_declarations/individual.html",
        {
            "person": person,
            "form": form,
            "problems": problems,
            "page_error": bool(problems),
            "may_affiliate": Mend.AFFILIATE in person.mends and writes_agents(request.standing),
            "affiliates": Mend.AFFILIATE in person.mends,
            "me": request.standing.ref,
            "labels": {code: check.label for code, check in CHECKS.items()},
            **context,
        },
    )


@service(CODE, Level.READ)
def individual(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """Somebody with anomalies: what was declared, what is known, what can be corrected."""
    person = _person(request, ref)
    form = CorrectionForm(kept(request), person=person, initial=_initial(person), version=person.row.version)
    return _shown(request, person, form)


def _told(request: MemberRequest, name: str, again: Again) -> None:
    """What checking again came to."""
    if again.settled and not again.new and not again.left:
        messages.success(request, f"Plus aucune anomalie pour {name}.{_applied(again)}")
        return
    said = f"{plural(len(again.settled), 'anomalie levée', 'anomalies levées')} pour {name}"
    left = len(again.left) + len(again.new)
    new = f", dont {plural(len(again.new), 'nouvelle', 'nouvelles')}" if again.new else ""
    tell = messages.success if again.settled else messages.warning
    tell(request, f"{said} ; {plural(left, 'reste', 'restent')} à corriger{new}.{_applied(again)}")


def _applied(again: Again) -> str:
    return " Ses assiettes du mois sont inscrites à son compte." if again.applied else ""


@service(CODE, Level.WRITE, methods=POST)
def correct(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Corriger et contrôler », or « Enregistrer le brouillon »."""
    person, who = _person(request, ref), request.standing
    form = CorrectionForm(request.POST, person=person, initial=_initial(person))
    if form.is_valid():
        try:
            if "draft" in request.POST:
                actions.keep_draft(who=who, ref=ref, values=form.said(), version=form.version)
                messages.success(
                    request, "Le brouillon est enregistré. Rien n’est corrigé tant qu’il n’est pas appliqué."
                )
            else:
                _told(request, person.name, actions.correct(who=who, ref=ref, values=form.said(), version=form.version))
            return redirect("service_declarations:individual", siret=siret, ref=ref)
        except Conflict as met:
            form.version = met.version
            form.refuse("Quelqu’un a corrigé cet agent pendant votre saisie : relisez, puis corrigez de nouveau.", "")
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
    return _shown(request, _person(request, ref), form)


@service(CODE, Level.WRITE, methods=BOTH)
def give_up(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Abandonner le brouillon »: asked first."""
    person = _person(request, ref)
    if request.method == "POST":
        try:
            actions.give_up_draft(who=request.standing, ref=ref)
            messages.success(request, "Le brouillon est abandonné : rien n’a été corrigé.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("service_declarations:individual", siret=siret, ref=ref)
    if person.draft is None or not person.in_force:
        return redirect("service_declarations:individual", siret=siret, ref=ref)
    return page(
        request,
        SERVICE,
        "service_declarations/give_up.html",
        {"person": person, "said": fields_said(person.draft.fields)},
    )


@service(CODE, Level.WRITE, methods=BOTH)
def mended(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« La paie est corrigée »: what was left to payroll is closed, on the person's word; asked first."""
    line = queries.anomaly(request.standing.establishment_id, ref)
    if line is None:
        raise Http404
    if request.method == "POST":
        try:
            written = actions.mended_in_payroll(who=request.standing, ref=ref)
            more = " Les assiettes du mois sont inscrites au compte de l’agent." if written else ""
            messages.success(request, f"L’anomalie est close.{more}")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("service_declarations:payroll", siret=siret)
    if line.state_code != Anomaly.State.PAYROLL or line.here_first:
        return redirect("service_declarations:payroll", siret=siret)
    return page(request, SERVICE, "service_declarations/mended.html", {"line": line})


@service(CODE, Level.WRITE, methods=POST)
def look_again(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Contrôler de nouveau », after something changed elsewhere."""
    person = _person(request, ref)
    try:
        _told(request, person.name, actions.look_again(who=request.standing, ref=ref))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("service_declarations:individual", siret=siret, ref=ref)


@service(CODE, Level.WRITE, methods=BOTH)
def affiliate(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Affilier cet agent »: what the DSN says, and what it does not."""
    person, who = _person(request, ref), request.standing
    form = AffiliationForm(
        request.POST if request.method == "POST" else kept(request),
        initial={"entry": "appointed", "permanent": True},
        version=person.row.version,
    )
    if request.method == "POST" and form.is_valid():
        try:
            again = actions.affiliate(
                who=who,
                ref=ref,
                version=form.version,
                nationality=form.cleaned_data["nationality"],
                permanent=form.cleaned_data["permanent"],
                entry=form.cleaned_data["entry"],
                later="later" in request.POST,
            )
            _told(request, person.name, again)
            return redirect("service_declarations:individual", siret=siret, ref=ref)
        except Conflict as met:
            form.version = met.version
            form.refuse("Quelqu’un a corrigé cet agent pendant votre saisie : relisez, puis recommencez.", "")
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
    return page(
        request,
        SERVICE,
        "service_declarations/affiliate.html",
        {"person": person, "form": form, "problems": form.problems, "page_error": bool(form.problems)},
    )


_GESTURES = {
    "prendre": (actions.take, "anomalie vous est attribuée", "anomalies vous sont attribuées"),
    "rendre": (actions.give_back, "anomalie n’est plus attribuée", "anomalies ne sont plus attribuées"),
    "controler": (actions.look_again_at, "anomalie levée", "anomalies levées"),
    "paie": (actions.leave_to_payroll, "anomalie est à corriger en paie", "anomalies sont à corriger en paie"),
}


def _refs(values: list[str]) -> list[uuid.UUID]:
    found = []
    for text in values[:500]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


@service(CODE, Level.WRITE, methods=POST)
def share(request: MemberRequest, siret: str) -> HttpResponse:
    """« M’attribuer », « Rendre », « À corriger en paie », and back: of those that were chosen."""
    refs, gesture, who = _refs(request.POST.getlist("anomalie")), request.POST.get("geste", ""), request.standing
    back = request.POST.get("retour", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/etablissements/"):
        back = reverse("service_declarations:anomalies", args=[siret])
    if not refs:
        messages.error(request, "Cochez au moins une anomalie.")
        return redirect(back)
    try:
        if gesture == "ici":
            count = actions.leave_to_payroll(who=who, refs=refs, back=True)
            one, many = "anomalie est de nouveau à corriger ici", "anomalies sont de nouveau à corriger ici"
        elif gesture in _GESTURES:
            act, one, many = _GESTURES[gesture]
            count = act(who=who, refs=refs)
        else:
            raise Http404
        if count:
            messages.success(request, f"{plural(count, one, many)}.")
        else:
            messages.warning(request, "Rien n’a changé : ces anomalies restent comme elles étaient.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(back)


@service(CODE, Level.READ, methods=BOTH)
def dry(request: MemberRequest, siret: str) -> HttpResponse:
    """« Contrôler une DSN avant envoi »: the answer is the page itself, for nothing of the file is kept."""
    form, found = FileForm(None), None
    if request.method == "POST":
        form = FileForm(request.POST, files=request.FILES)
        if too_large(request):
            form.full_clean()
            form.errors.pop("file", None)
            form.refuse("Ce fichier est trop grand pour être contrôlé ici : 20 Mo au plus.", "file")
        elif form.is_valid():
            found = dry_check(request.standing, form.cleaned_data["file"].file)
    return page(
        request,
        SERVICE,
        "service_declarations/dry.html",
        {"form": form, "found": found, "problems": form.problems, "page_error": bool(form.problems)},
    )
