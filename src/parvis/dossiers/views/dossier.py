"""One dossier: where it stands and what to do now, what is said in it, what happened to it, in whose hands it is."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access.levels import Level
from parvis.advisers.seeing import begun
from parvis.dossiers.actions import drafting, handing, sending
from parvis.dossiers.forms import CommentForm, DelegateForm, ReturnForm, WithdrawForm
from parvis.dossiers.models import State
from parvis.dossiers.telling import ALL
from parvis.dossiers.views.opening import BOTH, DossierRequest, dossier_page, of_dossier, shown
from parvis.ground import tenancy
from parvis.ground.pages.filters import datetime_long
from parvis.ground.pages.kept import kept
from parvis.ground.rules import after
from parvis.ground.tenancy import Refused
from parvis.identity.forms import PlainForm
from parvis.journal.queries import HistoryFilters, history
from parvis.notices.actions import read_about

SAID = {
    "attribuer": "Le dossier vous est attribué : vos collègues le voient.",
    "laisser": "Le dossier n’est plus à vous : une autre personne peut se l’attribuer.",
    "reprendre": "Le dossier est de nouveau à l’établissement.",
    "transmettre": "Les pièces sont transmises au fonds.",
}


@of_dossier(methods=BOTH)
def one(request: DossierRequest, siret: str) -> HttpResponse:
    """The dossier; POST `geste`: what takes no word."""
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        gesture = request.POST.get("geste", "")
        try:
            _done(request, gesture)
            messages.success(request, SAID[gesture])
            return redirect("dossiers:one", siret=siret, reference=request.dossier.reference)
        except Refused as refusal:
            problems = [(refusal.message, "")]
            request.dossier.refresh_from_db()
    _read(request)
    return dossier_page(request, "dossiers/one.html", "one", problems=problems)


def _done(request: DossierRequest, gesture: str) -> None:
    who, reference = request.standing, request.dossier.reference
    if gesture == "attribuer":
        handing.assign(who=who, reference=reference)
    elif gesture == "laisser":
        handing.release(who=who, reference=reference)
    elif gesture == "reprendre":
        handing.recall(who=who, reference=reference)
    elif gesture == "transmettre":
        sending.send(who=who, reference=reference, version=request.dossier.version, attested=False)
    else:
        raise Refused("Choisissez ce que vous voulez faire de ce dossier.")


def _read(request: DossierRequest) -> None:
    """The notices about it are read, once the READ ONLY request is over."""
    who, number = request.standing, request.dossier.pk
    if request.method != "GET" or begun(request):
        return

    def later() -> None:
        with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
            read_about(who=who, kinds=ALL, objects=[number])

    after(request, later)


@of_dossier(methods=BOTH)
def talk(request: DossierRequest, siret: str) -> HttpResponse:
    """« Messages »: what was said, and a word to add."""
    form = CommentForm(request.POST if request.method == "POST" else kept(request))
    if request.method == "POST" and form.is_valid():
        try:
            sending.comment(who=request.standing, reference=request.dossier.reference, text=form.cleaned_data["text"])
            messages.success(request, "Votre message est écrit.")
            return redirect("dossiers:messages", siret=siret, reference=request.dossier.reference)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    problems = form.problems if request.method == "POST" else []
    return dossier_page(request, "dossiers/messages.html", "messages", form=form, problems=problems)


@of_dossier()
def past(request: DossierRequest, siret: str) -> HttpResponse:
    """« Historique »: from the journal."""
    lines = history(HistoryFilters(object=request.dossier.ref), everything=True).lines[:200]
    events = [
        {"date": datetime_long(line.at), "title": line.label, "text": _said(line.text), "actor": line.actor}
        for line in lines
    ]
    return dossier_page(request, "dossiers/history.html", "history", events=events)


def _said(text: str) -> str:
    """Without the kind and the reference, which the page says already."""
    return " · ".join(text.split(" · ")[2:])


def _act(
    request: DossierRequest,
    form: PlainForm,
    template: str,
    act: Callable[[dict[str, Any]], str],
    said: str,
    **context: Any,
) -> HttpResponse:
    """A page with one form and one act; where it leads."""
    if request.method == "POST" and form.is_valid():
        try:
            lead = act(form.cleaned_data)
            messages.success(request, said)
            return HttpResponseRedirect(lead)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            request.dossier.refresh_from_db()
    problems = form.problems if request.method == "POST" else []
    return dossier_page(request, template, form=form, problems=problems, **context)


def _here(request: DossierRequest) -> str:
    return reverse("dossiers:one", args=[request.standing.siret, request.dossier.reference])


@of_dossier(methods=BOTH, level=Level.WRITE)
def delegate(request: DossierRequest, siret: str) -> HttpResponse:
    """« Déléguer »: to which centralisateur, with a word."""
    one = shown(request)
    if request.method != "POST" and not (one.may("delegate") and one.organisations):
        return redirect("dossiers:one", siret=siret, reference=request.dossier.reference)
    choices = [(str(number), name) for number, name in one.organisations]
    initial = {"organisation": choices[0][0] if len(choices) == 1 else ""}
    typed = request.POST if request.method == "POST" else kept(request)

    def act(data: dict[str, Any]) -> str:
        handing.delegate(
            who=request.standing,
            reference=request.dossier.reference,
            organisation=int(data["organisation"]),
            text=data["text"],
        )
        return _here(request)

    form = DelegateForm(typed, choices=choices, initial=initial)
    said = "Le dossier est délégué : vous le lisez, et personne de l’établissement n’y écrit jusqu’à ce qu’il revienne."
    return _act(request, form, "dossiers/acts/delegate.html", act, said)


@of_dossier(methods=BOTH, level=Level.WRITE)
def give_back(request: DossierRequest, siret: str) -> HttpResponse:
    """« Rendre à l'employeur », by the centralisateur, with a word."""
    if request.method != "POST" and not shown(request).may("return"):
        return redirect("dossiers:one", siret=siret, reference=request.dossier.reference)

    def act(data: dict[str, Any]) -> str:
        handing.give_it_back(who=request.standing, reference=request.dossier.reference, text=data["text"])
        return _here(request)

    form = ReturnForm(request.POST if request.method == "POST" else kept(request))
    return _act(request, form, "dossiers/acts/return.html", act, "Le dossier est rendu à l’employeur, qui est prévenu.")


@of_dossier(methods=BOTH, level=Level.WRITE)
def withdraw(request: DossierRequest, siret: str) -> HttpResponse:
    """« Retirer », or « Abandonner » a draft: a page that asks."""
    one = shown(request)
    draft = one.dossier.state == State.DRAFT
    if request.method != "POST" and not one.may("give_up" if draft else "withdraw"):
        return redirect("dossiers:one", siret=siret, reference=request.dossier.reference)

    def act(data: dict[str, Any]) -> str:
        if draft:
            drafting.give_up(who=request.standing, reference=request.dossier.reference)
            return reverse("dossiers:index", args=[siret])
        sending.withdraw(who=request.standing, reference=request.dossier.reference, text=data["text"])
        return _here(request)

    form = WithdrawForm(request.POST if request.method == "POST" else kept(request))
    said = "La demande est abandonnée, avec ses documents." if draft else "La demande est retirée : le fonds le sait."
    return _act(request, form, "dossiers/acts/withdraw.html", act, said, draft=draft)
