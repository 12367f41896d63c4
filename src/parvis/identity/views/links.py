"""Whoever cannot sign in: password forgotten, identifier forgotten, account blocked. Public: nobody is known yet.

Each page answers the same, in the same time, whatever exists.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from parvis.ground.pages import render
from parvis.ground.rules import public
from parvis.identity import actions, rates
from parvis.identity.actions.links import State, look
from parvis.identity.employers import employers
from parvis.identity.entry import BOTH, UNBLOCK, begin
from parvis.identity.forms import ForgottenForm, ForgottenIdentifierForm, NewPasswordForm, PlainForm
from parvis.identity.hashing import Busy, hashes
from parvis.identity.models import Link
from parvis.identity.queries.factors import factors_of
from parvis.identity.views.busy import BUSY, come_back


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"validity": settings.PARVIS_RESET_VALIDITY, **context}, status=status)


def _asking(request: HttpRequest, wanted: actions.Wanted, form_class: type[PlainForm], template: str) -> HttpResponse:
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        counted = rates.count(request, rates.FORGOTTEN)
        if counted.over:
            return rates.too_many(request, counted.until)
        actions.ask(wanted, form.cleaned_data["login"])
        return redirect(f"identity:{wanted}-asked")
    return _page(request, template, form=form, problems=form.problems if form.is_bound else [])


@public(methods=BOTH)
def forgotten(request: HttpRequest) -> HttpResponse:
    """« Mot de passe oublié »."""
    return _asking(request, actions.Wanted.PASSWORD, ForgottenForm, "identity/forgotten.html")


@public(methods=BOTH)
def forgotten_identifier(request: HttpRequest) -> HttpResponse:
    """« Identifiant oublié »: it is sent to the verified address, never shown."""
    return _asking(request, actions.Wanted.IDENTIFIER, ForgottenIdentifierForm, "identity/forgotten_identifier.html")


@public(methods=BOTH)
def unblock(request: HttpRequest) -> HttpResponse:
    """« Débloquer mon compte »."""
    return _asking(request, actions.Wanted.UNBLOCK, ForgottenForm, "identity/unblock.html")


@public()
def password_asked(request: HttpRequest) -> HttpResponse:
    """What to expect after asking for a new password; says nothing of who exists."""
    return _page(request, "identity/asked.html", wanted="password")


@public()
def identifier_asked(request: HttpRequest) -> HttpResponse:
    """What to expect after asking for one's identifier."""
    return _page(request, "identity/asked.html", wanted="identifier")


@public()
def unblock_asked(request: HttpRequest) -> HttpResponse:
    """What to expect after asking for the link that unblocks."""
    return _page(request, "identity/asked.html", wanted="unblock")


def _closed(request: HttpRequest, state: State, purpose: str) -> HttpResponse:
    return _page(request, "identity/link_closed.html", state=state.value, purpose=purpose, status=410)


@hashes
@public(methods=BOTH)
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password. A GET never uses the link up; nobody is signed in by it."""
    looked = look(token, Link.Purpose.PASSWORD)
    if looked.state is not State.VALID:
        return _closed(request, looked.state, "password")
    demands = employers().demands(looked.person_id)
    form = NewPasswordForm(
        request.POST if request.method == "POST" else None,
        own_words=(*looked.own_words, *demands.own_words),
        administers=demands.administers or employers().office(looked.person_id),
    )
    busy = False
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.use_reset(token=token, password=form.cleaned_data["password"])
        except Busy:
            busy = True
        else:
            if done.state is not State.VALID:
                return _closed(request, done.state, "password")
            logout(request)
            messages.success(request, "Votre nouveau mot de passe est enregistré. Connectez-vous avec lui.")
            return redirect("identity:sign-in")
    problems = [(BUSY, "id_password")] if busy else form.problems if form.is_bound else []
    answer = render(request, "identity/reset.html", {"form": form, "problems": problems})
    return come_back(answer) if busy else answer


@public(methods=BOTH)
def unblock_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link that unblocks: a button, then the second factor; it signs nobody in. A GET never uses it up."""
    looked = look(token, Link.Purpose.UNBLOCK)
    if looked.state is not State.VALID:
        return _closed(request, looked.state, "unblock")
    if not factors_of(looked.person_id).any:
        return render(request, "identity/unblock_link.html", {"possible": False}, status=403)
    if request.method == "POST":
        done = actions.use_unblock(token=token)
        if done.state is not State.VALID:
            return _closed(request, done.state, "unblock")
        return begin(request, done.person_id, method=UNBLOCK, next="")
    return render(request, "identity/unblock_link.html", {"possible": True})
