"""The first link: choose a password, or sign in with what one has. Public: nobody is known yet."""

from dataclasses import replace

from django.conf import settings
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
from parvis.identity import rates
from parvis.identity.actions import check_credentials
from parvis.identity.actions.sign_in import Checked
from parvis.identity.entry import begin
from parvis.identity.forms import NewPasswordForm, PlainForm, SignInForm
from parvis.identity.hashing import Busy, hashes
from parvis.identity.lockout import refused_page
from parvis.identity.models import Person
from parvis.identity.passwords import minimum
from parvis.identity.views.busy import BUSY, come_back
from parvis.identity.views.sign_in import WRONG


def _closed(request: HttpRequest, state: State, opened: Opened) -> HttpResponse:
    return render(
        request,
        "access/first_link_closed.html",
        {"state": state.value, "opened": opened, "validity": settings.PARVIS_INVITATION_VALIDITY},
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


class _Page:
    """The forms of the page, for one of its two ways, and what is wrong with them."""

    def __init__(self, request: HttpRequest, opened: Opened) -> None:
        posted = request.POST if request.method == "POST" else None
        asked = "known" if request.GET.get("compte") == "deja" else "new"
        self.request, self.opened = request, opened
        self.way = asked if posted is None else {"new": "new", "known": "known"}.get(posted.get("way", ""), asked)
        self.signed_in = request.user if request.user.is_authenticated else None
        self.identifier = FirstLinkForm(posted)
        self.new = NewPasswordForm(
            posted if self.way == "new" else None, own_words=opened.own_words, administers=opened.administers
        )
        self.known = SignInForm(posted if self.way == "known" and self.signed_in is None else None, prefix="known")
        self.problems: list[tuple[str, str]] = []

    def shown(self) -> HttpResponse:
        return render(
            self.request,
            "access/first_link.html",
            {
                "opened": self.opened,
                "identifier": self.identifier,
                "new": self.new,
                "known": self.known,
                "way": self.way,
                "problems": self.problems,
                "signed_in": self.signed_in,
            },
        )

    def busy(self) -> HttpResponse:
        form: PlainForm = self.new if self.way == "new" else self.known
        self.problems = [(BUSY, form["password"].auto_id)]
        return come_back(self.shown())

    def who(self) -> Checked:
        """Whoever opens the link with an account that they have; notes what is wrong. Raises Busy."""
        if self.way == "new":
            self.problems += self.new.problems
            return Checked()
        if self.signed_in is not None:
            return Checked(self.signed_in)
        self.problems += self.known.problems
        if self.known.errors:
            return Checked()
        typed = self.known.cleaned_data
        checked = check_credentials(self.request, typed["login"], typed["password"])
        if checked.person is None:
            self.problems.append((WRONG, self.known["login"].auto_id))
            return checked
        # The account that opens here may be what makes a longer password necessary.
        short = self.opened.administers and len(typed["password"]) < minimum(administers=True)
        return replace(checked, short=checked.short or short)


@hashes
@public(methods=("GET", "HEAD", "POST"))
def first_link(request: HttpRequest, token: str) -> HttpResponse:
    """« C’est mon premier compte » or « J’ai déjà un compte ». A GET never uses the link up."""
    opened = look(token)
    if opened.state is not State.VALID:
        return _closed(request, opened.state, opened)
    page = _Page(request, opened)
    if request.method != "POST":
        return page.shown()
    counted = rates.count(request, rates.FIRST_LINK)
    if counted.over:
        return rates.too_many(request, counted.until)
    try:
        return _open(request, token, page)
    except Busy:
        return page.busy()


def _open(request: HttpRequest, token: str, page: _Page) -> HttpResponse:
    page.problems = page.identifier.problems
    checked = page.who()
    if checked.suspended:
        return refused_page(request)
    typed = str(request.POST.get("identifier", ""))[:100]
    if not page.problems or (typed.strip() and not page.identifier.errors):
        # A wrong identifier counts even where something else is wrong; a right one then waits for the rest.
        attempt = _attempt(token, typed, page.way, page.new, checked.person, complete=not page.problems)
        if isinstance(attempt, str):
            page.problems.append((attempt, page.identifier["identifier"].auto_id))
        elif attempt.accepted:
            return _enter(request, attempt, page.signed_in, short=checked.short)
        elif attempt.state is not State.VALID:
            return _closed(request, attempt.state, page.opened)
        elif attempt.tries_left:
            text = _wrong_identifier(typed, attempt)
            page.identifier.add_error("identifier", text)
            page.problems.insert(0, (text, page.identifier["identifier"].auto_id))
    return page.shown()


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


def _enter(request: HttpRequest, attempt: Attempt, signed_in: object, *, short: bool) -> HttpResponse:
    """On to the establishment's home: at once for who is signed in, otherwise past the second factor."""
    welcome = "Bienvenue. Votre accès est ouvert : voici les services qui vous sont confiés."
    if getattr(signed_in, "pk", None) == attempt.person_id:
        messages.success(request, welcome)
        return redirect("inbox:home", siret=attempt.siret)
    # Also where somebody else's session was open: whoever chose « C’est mon premier compte » is a new person.
    home = reverse("inbox:home", args=[attempt.siret])
    return begin(request, attempt.person_id, method="first_link", next=home, said=welcome, short_password=short)
