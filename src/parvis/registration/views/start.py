"""The SIRET, and what it answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.rules import BOTH, POST, visitor
from parvis.ground import tenancy
from parvis.identity import rates
from parvis.registration.actions import begun
from parvis.registration.actions.belonging import names
from parvis.registration.forms import ContestForm, SiretForm
from parvis.registration.looking import Answer
from parvis.registration.sealed import seal_content
from parvis.registration.views.pages import looked, page, provider_ways, to_answer, to_start
from parvis.registration.visitors import Visit, proven, remember, visit

CONTEST = "registration-contest"


@visitor(methods=BOTH)
def start(request: HttpRequest) -> HttpResponse:
    """« Inscrire un établissement »: which one. Each question counts for the network that asks."""
    held = visit(request)
    form = SiretForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        counted = rates.count(request, rates.REGISTRATION)
        if counted.over:
            return rates.too_many(request, counted.until)
        siret = form.cleaned_data["siret"]
        if held is None or held.siret != siret:
            remember(request, Visit(siret))
        return to_answer()
    problems = form.problems if form.is_bound else []
    return page(
        request, "start", {"form": form, "problems": problems, "held": held if held and held.reference else None}
    )


@visitor()
def answer(request: HttpRequest) -> HttpResponse:
    """What the SIRET answers; names are for who proved to belong there alone."""
    found = looked(request)
    if found is None:
        return to_start()
    held, seen = found
    known = seen.answer is Answer.REGISTERED and proven(request, held.siret)
    told: list[tuple[str, str]] = []
    if known:
        with tenancy.scope(establishment=seen.establishment_id, read_only=True):
            told = names()
    return page(
        request,
        f"answers/{seen.answer.value}",
        {"seen": seen, "held": held, "ways": provider_ways(), "known": known, "told": told},
    )


@visitor(methods=POST)
def send_again(request: HttpRequest) -> HttpResponse:
    """« Recevoir de nouveau le courriel »: the same answer whatever was sent."""
    found = looked(request)
    if found is None:
        return to_start()
    counted = rates.count(request, rates.REGISTRATION)
    if counted.over:
        return rates.too_many(request, counted.until)
    _, seen = found
    if seen.answer is Answer.UNDER_WAY:
        with tenancy.scope(establishment=seen.establishment_id):
            begun.send_again(establishment_id=seen.establishment_id)
    messages.success(request, "Un courriel repart vers l’adresse de la personne qui a commencé l’inscription.")
    return to_answer()


@visitor(methods=BOTH)
def contest(request: HttpRequest) -> HttpResponse:
    """« Je ne reconnais pas cette inscription »: the advisers look at it first."""
    found = looked(request)
    if found is None or found[1].answer is not Answer.UNDER_WAY:
        return to_answer()
    _, seen = found
    form = ContestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        counted = rates.count(request, rates.REGISTRATION)
        if counted.over:
            return rates.too_many(request, counted.until)
        with tenancy.scope(establishment=seen.establishment_id):
            begun.contest(content=seal_content(form.cleaned_data, purpose=CONTEST))
        messages.success(request, "Votre signalement est transmis : un conseiller vous rappelle avant toute décision.")
        return HttpResponseRedirect(reverse("registration:answer"))
    return page(request, "contest", {"form": form, "seen": seen, "problems": form.problems if form.is_bound else []})
