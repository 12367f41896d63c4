"""The first link: choose a password, or sign in with what one has. Public: nobody is known yet."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access.actions.links import Attempt, Opened, State, look, open_link
from parvis.access.forms import FirstLinkForm
from parvis.ground.identifiers import account
from parvis.ground.pages import render
from parvis.ground.pages.filters import plural
from parvis.ground.rules import public
from parvis.ground.tenancy import Refused
from parvis.identity.actions import check_credentials
from parvis.identity.entry import begin
from parvis.identity.forms import NewPasswordForm, SignInForm
from parvis.identity.models import Person
from parvis.identity.views.sign_in import WRONG


def _closed(request: HttpRequest, state: State, opened: Opened) -> HttpResponse:
    return render(
        request,
        "access/first_link_closed.html",
        {"state": state.value, "opened": opened},
        status=404 if state is State.UNKNOWN else 410,
    )


def _wrong_identifier(typed: str, attempt: Attempt) -> str:
    left = plural(attempt.tries_left, "essai", "essais")
    try:
        account.parse(typed)
        said = "Cet identifiant n’est pas celui qui accompagne ce lien : vérifiez-le sur votre fiche."
    except account.WrongIdentifier as fault:
        said = str(fault)
    return f"{said} Il vous reste {left}."


@public(methods=("GET", "HEAD", "POST"))
def first_link(request: HttpRequest, token: str) -> HttpResponse:
    """« C’est mon premier compte » or « J’ai déjà un compte ». A GET never uses the link up."""
    opened = look(token)
    if opened.state is not State.VALID:
        return _closed(request, opened.state, opened)
    posted = request.POST if request.method == "POST" else None
    asked = "known" if request.GET.get("compte") == "deja" else "new"
    way = asked if posted is None else {"new": "new", "known": "known"}.get(posted.get("way", ""), asked)
    signed_in = request.user if request.user.is_authenticated else None
    identifier = FirstLinkForm(posted)
    new = NewPasswordForm(posted if way == "new" else None, own_words=opened.own_words)
    known = SignInForm(posted if way == "known" and signed_in is None else None, prefix="known")
    problems: list[tuple[str, str]] = []
    if posted is not None:
        problems = identifier.problems
        person: Person | None = None
        if way == "new":
            problems += new.problems
        elif way == "known":
            if signed_in is not None:
                person = signed_in
            else:
                problems += known.problems
                if not known.errors:
                    person = check_credentials(known.cleaned_data["login"], known.cleaned_data["password"])
                    if person is None:
                        problems.append((WRONG, known["login"].auto_id))
        typed = str(posted.get("identifier", ""))[:100]
        if not problems or (typed.strip() and not identifier.errors):
            # A wrong identifier counts even where something else is wrong; a right one then waits for the rest.
            attempt = _attempt(token, typed, way, new, person, complete=not problems)
            if isinstance(attempt, str):
                problems.append((attempt, identifier["identifier"].auto_id))
            elif attempt.accepted:
                return _enter(request, attempt, signed_in)
            elif attempt.state is not State.VALID:
                return _closed(request, attempt.state, opened)
            elif attempt.tries_left:
                text = _wrong_identifier(typed, attempt)
                identifier.add_error("identifier", text)
                problems.insert(0, (text, identifier["identifier"].auto_id))
    return render(
        request,
        "access/first_link.html",
        {
            "opened": opened,
            "identifier": identifier,
            "new": new,
            "known": known,
            "way": way,
            "problems": problems,
            "signed_in": signed_in,
        },
    )


def _attempt(
    token: str, typed: str, way: str, new: NewPasswordForm, person: Person | None, *, complete: bool
) -> Attempt | str:
    """Try the identifier; a sentence where a rule refuses."""
    try:
        code = account.parse(typed)
    except account.WrongIdentifier:
        code = ""
    try:
        return open_link(
            token=token,
            identifier=code,
            password=new.cleaned_data["password"] if way == "new" and complete else "",
            person=person,
            only_check=not complete,
        )
    except Refused as refusal:
        return refusal.message


def _enter(request: HttpRequest, attempt: Attempt, signed_in: object) -> HttpResponse:
    """On to the establishment's home: at once for who is signed in, otherwise past the second factor."""
    messages.success(request, "Bienvenue. Votre accès est ouvert : voici les services qui vous sont confiés.")
    if getattr(signed_in, "pk", None) == attempt.person_id:
        return redirect("access:home", siret=attempt.siret)
    # Also where somebody else's session was open: whoever chose « C’est mon premier compte » is a new person.
    return begin(request, attempt.person_id, method="first_link", next=reverse("access:home", args=[attempt.siret]))
