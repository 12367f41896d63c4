"""Signing in and out; the longer password that who administers has to choose."""

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from parvis.ground import tenancy
from parvis.ground.pages import render
from parvis.ground.rules import public
from parvis.identity import actions, browsers
from parvis.identity.actions.sessions import change_password
from parvis.identity.backend import PersonBackend
from parvis.identity.employers import employers
from parvis.identity.entry import BOTH, HalfwayRequest, begin, holder
from parvis.identity.factors import passkeys
from parvis.identity.forms import NewPasswordForm, SignInForm
from parvis.identity.hashing import Busy, hashes
from parvis.identity.lockout import refused_page
from parvis.identity.providers import leaving
from parvis.identity.queries.people import own_words
from parvis.identity.queries.providers import ways
from parvis.identity.views.busy import BUSY, come_back
from parvis.identity.views.wanted import asked, next_page
from parvis.journal.actions import Actor, record

WRONG = (
    "L’identifiant ou le mot de passe ne correspond à aucun compte ouvert. Vérifiez les deux, ou demandez un nouveau "
    "mot de passe."
)


@hashes
@public(methods=BOTH)
def sign_in(request: HttpRequest) -> HttpResponse:
    """« Se connecter »: one message for all causes; a typing error in the identifier is told at the field."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect(next_page(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    problems = form.problems if form.is_bound else []
    busy = False
    if request.method == "POST" and form.is_valid():
        try:
            checked = actions.check_credentials(request, form.cleaned_data["login"], form.cleaned_data["password"])
        except Busy:
            busy, problems = True, [(BUSY, "id_password")]
        else:
            if checked.person is not None:
                return begin(
                    request,
                    checked.person.pk,
                    method="password",
                    next=next_page(request),
                    short_password=checked.short,
                )
            if checked.suspended:
                return refused_page(request)
            problems = [(WRONG, "id_login")]
    answer = render(
        request,
        "identity/sign_in.html",
        {
            "form": form,
            "problems": problems,
            "suite": asked(request),
            "kept": bool(request.session.get("kept")),
            "ways": ways(request, suite=asked(request)),
            "passkeys_work": passkeys.place(request) is not None,
        },
    )
    return come_back(answer) if busy else answer


@public(methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """« Se déconnecter »."""
    if request.user.is_authenticated:
        person = request.user.pk
        with tenancy.scope(person=person, role=tenancy.PERSON):
            record("identity.signed_out", actor=Actor(ref=None, person_id=person), person=person)
    there = leaving.of(request)
    logout(request)
    if there is not None:
        return redirect(leaving.go(request, there))
    messages.success(request, "Vous êtes déconnecté. À bientôt.")
    return redirect("identity:sign-in")


@hashes
@holder(methods=BOTH, fresh=True)
def longer_password(request: HalfwayRequest) -> HttpResponse:
    """Who administers signed in with a password that is too short for that: a longer one, before going on."""
    if not request.session.get("short_password"):
        # Anybody else changes it in « Mon compte », where the present one is asked for.
        return redirect("identity:password")
    demands = employers().demands(request.person_id)
    form = NewPasswordForm(
        request.POST if request.method == "POST" else None,
        own_words=(*own_words(request.person_id), *demands.own_words),
        administers=True,
    )
    problems = form.problems if form.is_bound else []
    busy = False
    if request.method == "POST" and form.is_valid():
        try:
            change_password(
                person_id=request.person_id,
                password=form.cleaned_data["password"],
                session_key=request.session.session_key or "",
                browser_id=browsers.known(request, request.person_id),
            )
        except Busy:
            busy, problems = True, [(BUSY, "id_password")]
        else:
            if (person := PersonBackend().get_user(request.person_id)) is not None:
                update_session_auth_hash(request, person)
            request.session.pop("short_password", None)
            messages.success(request, "Votre nouveau mot de passe est enregistré.")
            return redirect(next_page(request))
    answer = render(
        request, "identity/longer_password.html", {"form": form, "problems": problems, "suite": asked(request)}
    )
    return come_back(answer) if busy else answer
