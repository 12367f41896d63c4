"""Signing in and out, the forgotten password, the address to confirm. All public: nobody is known yet."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from parvis.ground import tenancy
from parvis.ground.pages import render
from parvis.ground.rules import public
from parvis.identity import actions
from parvis.identity.actions.links import State, look
from parvis.identity.entry import BOTH, begin
from parvis.identity.forms import ForgottenForm, NewPasswordForm, SignInForm
from parvis.identity.models import Link
from parvis.journal.actions import Actor, record

WRONG = (
    "L’identifiant ou le mot de passe ne correspond à aucun compte ouvert. Vérifiez les deux, ou demandez un nouveau "
    "mot de passe."
)


def _asked(request: HttpRequest) -> str:
    """The page of ours that was asked for before signing in; "" for none, or for what is none of ours."""
    wanted = request.POST.get("suite") or request.GET.get("suite") or ""
    ours = wanted.startswith("/") and wanted.isprintable()
    return wanted if ours and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def _next(request: HttpRequest) -> str:
    """Where to go after signing in: the page that was asked for, or the person's home."""
    return _asked(request) or reverse("access:start")


@public(methods=BOTH)
def sign_in(request: HttpRequest) -> HttpResponse:
    """« Se connecter »: one message for all causes; a typing error in the identifier is told at the field."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect(_next(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    wrong = False
    if request.method == "POST" and form.is_valid():
        person = actions.check_credentials(form.cleaned_data["login"], form.cleaned_data["password"])
        if person is not None:
            return begin(request, person.pk, method="password", next=_next(request))
        wrong = True
    problems = [(WRONG, "id_login")] if wrong else form.problems if form.is_bound else []
    return render(
        request,
        "identity/sign_in.html",
        {
            "form": form,
            "problems": problems,
            "suite": _asked(request),
            "kept": "kept" in request.session,
        },
    )


@public(methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """« Se déconnecter »."""
    if request.user.is_authenticated:
        person = request.user.pk
        with tenancy.scope(person=person, role=tenancy.PERSON):
            record("identity.signed_out", actor=Actor(ref=None, person_id=person), person=person)
    logout(request)
    messages.success(request, "Vous êtes déconnecté. À bientôt.")
    return redirect("identity:sign-in")


@public(methods=BOTH)
def forgotten(request: HttpRequest) -> HttpResponse:
    """« Mot de passe oublié »: the same page whatever exists."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["login"]
        actions.ask_reset(code=asked.code, email=asked.email)
        return redirect("identity:forgotten-sent")
    return render(
        request, "identity/forgotten.html", {"form": form, "problems": form.problems if form.is_bound else []}
    )


@public()
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    """What to expect after asking; says nothing of who exists."""
    return render(request, "identity/forgotten_sent.html")


@public(methods=BOTH)
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password. A GET never uses the link up."""
    looked = look(token, Link.Purpose.PASSWORD)
    if looked.state is not State.VALID:
        return render(request, "identity/reset_closed.html", {"state": looked.state.value}, status=410)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, own_words=looked.own_words)
    if request.method == "POST" and form.is_valid():
        done = actions.use_reset(token=token, password=form.cleaned_data["password"])
        if done.state is not State.VALID:
            return render(request, "identity/reset_closed.html", {"state": done.state.value}, status=410)
        logout(request)
        messages.success(request, "Votre nouveau mot de passe est enregistré. Connectez-vous avec lui.")
        return redirect("identity:sign-in")
    return render(request, "identity/reset.html", {"form": form, "problems": form.problems if form.is_bound else []})


@public(methods=BOTH)
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address. A GET shows the button and never uses the link up."""
    if request.method == "POST":
        done = actions.confirm_email(token=token)
        if done.state is State.VALID:
            messages.success(request, f"L’adresse {done.address} est confirmée : elle vous permet de vous connecter.")
            return redirect("identity:sign-in")
    looked = look(token, Link.Purpose.EMAIL)
    return render(
        request,
        "identity/confirm_email.html",
        {"state": looked.state.value, "address": looked.address},
        status=200 if looked.state is State.VALID else 410,
    )
