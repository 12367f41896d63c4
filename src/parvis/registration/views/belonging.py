"""An establishment that somebody administers: proving to belong to it, and passing a request on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.rules import BOTH, visitor
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.identity import rates
from parvis.registration.actions import belonging as acts
from parvis.registration.actions.belonging import Tried
from parvis.registration.forms import AskerForm, BelongingCodeForm, BelongingForm
from parvis.registration.looking import Answer
from parvis.registration.views.pages import looked, page, provider_ways, to_answer, to_start
from parvis.registration.visitors import let_know, proven

_ADDRESS = "registration_address"


@visitor(methods=BOTH)
def ask(request: HttpRequest) -> HttpResponse:
    """An address of the establishment: a code leaves where it is known, and the answer is the same where it is not."""
    found = looked(request)
    if found is None:
        return to_start()
    held, seen = found
    if seen.answer is not Answer.REGISTERED:
        return to_answer()
    form = BelongingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        counted = rates.count(request, rates.REGISTRATION)
        if counted.over:
            return rates.too_many(request, counted.until)
        email = form.cleaned_data["email"]
        with tenancy.scope(establishment=seen.establishment_id):
            acts.ask_code(establishment_id=seen.establishment_id, email=email)
        request.session[_ADDRESS] = [held.siret, email]
        return HttpResponseRedirect(reverse("registration:belonging-code"))
    problems = form.problems if form.is_bound else []
    return page(request, "belonging", {"form": form, "seen": seen, "ways": provider_ways(), "problems": problems})


@visitor(methods=BOTH)
def code(request: HttpRequest) -> HttpResponse:
    """The code: five tries, then another has to be asked for."""
    found = looked(request)
    siret, email = request.session.get(_ADDRESS, ["", ""])
    if found is None or found[0].siret != siret:
        return to_answer() if found else to_start()
    held, seen = found
    form = BelongingCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        counted = rates.count(request, rates.REGISTRATION)
        if counted.over:
            return rates.too_many(request, counted.until)
        with tenancy.scope(establishment=seen.establishment_id):
            tried = acts.try_code(email=email, typed=form.cleaned_data["code"])
        if tried is Tried.RIGHT:
            let_know(request, held.siret)
            return to_answer()
        form.add_error(
            "code",
            "Ce code n’est pas celui du dernier courriel : vérifiez-le."
            if tried is Tried.WRONG
            else "Ce code ne sert plus : demandez-en un autre.",
        )
    problems = form.problems if form.is_bound else []
    return page(request, "belonging_code", {"form": form, "seen": seen, "email": email, "problems": problems})


@visitor(methods=BOTH)
def pass_on(request: HttpRequest) -> HttpResponse:
    """« Transmettre une demande d’accès » to who administers; they read whether the person proved to belong."""
    found = looked(request)
    if found is None:
        return to_start()
    held, seen = found
    if seen.answer is not Answer.REGISTERED:
        return to_answer()
    form = AskerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        counted = rates.count(request, rates.REGISTRATION)
        if counted.over:
            return rates.too_many(request, counted.until)
        try:
            with tenancy.scope(establishment=seen.establishment_id):
                acts.pass_on(
                    establishment_id=seen.establishment_id, asker=form.asker(), proven=proven(request, held.siret)
                )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Votre demande est transmise. La réponse vous parvient à l’adresse indiquée.")
            return to_answer()
    return page(
        request,
        "pass_on",
        {
            "form": form,
            "seen": seen,
            "known": proven(request, held.siret),
            "problems": form.problems if form.is_bound else [],
        },
    )
