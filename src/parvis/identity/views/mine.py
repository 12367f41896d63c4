"""« Mon compte », the pages that are the person's alone: password, identifiers, notifications, code for a call."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.ground.pages import render
from parvis.ground.pages.filters import duration
from parvis.ground.tenancy import Refused
from parvis.identity import browsers, lockout
from parvis.identity.actions import sessions
from parvis.identity.actions.call_code import ask_call_code
from parvis.identity.actions.sign_in import check_own_password
from parvis.identity.backend import PersonBackend
from parvis.identity.employers import employers
from parvis.identity.entry import BOTH, HalfwayRequest, ask_again, holder, is_fresh
from parvis.identity.forms import ChangePasswordForm
from parvis.identity.hashing import Busy, hashes
from parvis.identity.providers.actions import unlink
from parvis.identity.queries.people import identifiers_of, own_words
from parvis.identity.queries.providers import addable
from parvis.identity.queries.sessions import linked_accounts
from parvis.identity.views.busy import BUSY, come_back


def mine(request: HalfwayRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of « Mon compte »: it ends with who can help."""
    administrators = employers().administrators(request.person_id)
    return render(request, f"identity/mine/{template}", {"administrators": administrators, **context}, status=status)


NOT_YOURS = "Ce n’est pas votre mot de passe actuel : vérifiez-le, ou choisissez « Mot de passe oublié »."


def _password_of(person_id: int) -> str:
    """The hash as it is kept now."""
    person = PersonBackend().get_user(person_id)
    return person.password if person else ""


@holder(methods=BOTH, fresh=True)
@hashes
def password(request: HalfwayRequest) -> HttpResponse:
    """A new password, by who knows the present one. The other sessions end; this one stays."""
    demands = employers().demands(request.person_id)
    form = ChangePasswordForm(
        request.POST if request.method == "POST" else None,
        own_words=(*own_words(request.person_id), *demands.own_words),
        administers=demands.administers or employers().office(request.person_id),
    )
    problems, busy = form.problems if form.is_bound else [], False
    if request.method == "POST" and form.is_valid():
        try:
            known = check_own_password(request, request.user, form.cleaned_data["current"])
            if known.suspended:
                return lockout.refused_page(request)
            if known.person is None:
                form.add_error("current", NOT_YOURS)
                return mine(request, "password.html", {"form": form, "problems": form.problems})
            sessions.change_password(
                person_id=request.person_id,
                password=form.cleaned_data["password"],
                session_key=request.session.session_key or "",
                browser_id=browsers.known(request, request.person_id),
            )
        except Busy:
            busy, problems = True, [(BUSY, "id_password")]
        else:
            request.user.password = _password_of(request.person_id)
            update_session_auth_hash(request, request.user)
            request.session.pop("short_password", None)
            messages.success(
                request, "Votre nouveau mot de passe est enregistré. Vos autres sessions sont fermées ; celle-ci reste."
            )
            return redirect("access:me")
    answer = mine(request, "password.html", {"form": form, "problems": problems})
    return come_back(answer) if busy else answer


@holder(methods=BOTH)
def ways(request: HalfwayRequest) -> HttpResponse:
    """« Identifiants de connexion »: identifiers, accounts at providers; POST `detacher` unlinks one of these."""
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            unlink(
                person_id=request.person_id,
                account_id=_number(request.POST.get("detacher")),
                but=request.session.session_key or "",
            )
            messages.success(request, "Ce compte ne permet plus de vous connecter ici.")
        except Refused as refusal:
            messages.info(request, refusal.message)
        return redirect("identity:ways")
    return mine(
        request,
        "ways.html",
        {
            "identifiers": identifiers_of(request.person_id),
            "linked": linked_accounts(request.person_id),
            "addable": addable(),
        },
    )


@holder(methods=BOTH)
def call_code(request: HalfwayRequest) -> HttpResponse:
    """« Code d’appel »: shown once, on the answer to the POST."""
    code, problems = "", []
    if request.method == "POST":
        try:
            code = ask_call_code(person_id=request.person_id)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    return mine(
        request,
        "call_code.html",
        {
            "code": code,
            "problems": problems,
            "digits": settings.PARVIS_CALL_CODE_DIGITS,
            "validity": duration(settings.PARVIS_CALL_CODE_VALIDITY),
        },
    )


def _number(typed: object) -> int:
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
