"""What is done to a delegation: each act has its page, that says what will happen, and its button."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.access.delegation import actions
from parvis.access.delegation.document import checked
from parvis.access.delegation.forms import AttachForm, EndForm, LevelsForm, NarrowForm, RefuseForm
from parvis.access.delegation.queries import Shown
from parvis.access.delegation.said import dates_said
from parvis.access.delegation.state import Side
from parvis.access.delegation.views.reading import found, one_page
from parvis.access.levels import Level
from parvis.access.pages import page
from parvis.access.rules import BOTH, POST, MemberRequest, administrator
from parvis.access.shortcuts import apply_shortcut
from parvis.ground.pages.filters import de
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large
from parvis.identity.entry import ask_again, is_fresh
from parvis.identity.forms import PlainForm


def _back(request: MemberRequest, ref: uuid.UUID) -> HttpResponse:
    return redirect("access:delegation", siret=request.standing.siret, ref=ref)


def _over(request: MemberRequest, one: Shown, wanted: bool) -> HttpResponse | None:
    """Where the act is no longer this side's to do: back to the page, which says what became of it."""
    if wanted:
        return None
    messages.info(request, f"Cette délégation est {one.state.label.lower()} : il n’y a rien à faire ici.")
    return _back(request, one.delegation.ref)


def _confirming(
    request: MemberRequest,
    one: Shown,
    what: str,
    form: PlainForm | None,
    act: Callable[[], str],
    *,
    fresh: bool = False,
) -> HttpResponse:
    """The page that asks before an act; with its button the act, which gives what to say."""
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and (form is None or form.is_valid()):
        if fresh and not is_fresh(request):
            return ask_again(request)
        try:
            messages.success(request, act())
            return _back(request, one.delegation.ref)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
    elif request.method == "POST" and form is not None:
        problems = form.problems
    return page(request, "access/delegation/act.html", {"one": one, "what": what, "form": form, "problems": problems})


@administrator(methods=BOTH)
def accept(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Accepter »: what it opens, to whom, until when."""
    one = found(request, ref)
    if (back := _over(request, one, one.answers)) is not None:
        return back

    def act() -> str:
        done = actions.accept(who=request.standing, ref=ref)
        return f"La délégation entre {one.giver.name} et {one.organisation.name} est acceptée, {dates_said(done)}."

    return _confirming(request, one, "accept", None, act, fresh=True)


@administrator(methods=BOTH)
def refuse(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Refuser », with a word if one wants."""
    one = found(request, ref)
    if (back := _over(request, one, one.answers)) is not None:
        return back
    form = RefuseForm(request.POST if request.method == "POST" else kept(request))

    def act() -> str:
        actions.refuse(who=request.standing, ref=ref, word=form.cleaned_data["word"])
        return f"La proposition est refusée. {one.facing.name} en est informé par courriel."

    return _confirming(request, one, "refuse", form, act)


@administrator(methods=BOTH)
def withdraw(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Retirer » one's own proposal."""
    one = found(request, ref)
    waits = one.state.name == "PROPOSED" and not one.answers
    if (back := _over(request, one, waits)) is not None:
        return back

    def act() -> str:
        actions.withdraw(who=request.standing, ref=ref)
        return f"La proposition est retirée. {one.facing.name} en est informé par courriel."

    return _confirming(request, one, "withdraw", None, act)


@administrator(methods=BOTH)
def end(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Mettre fin », at once, with a reason."""
    one = found(request, ref)
    if (back := _over(request, one, one.holds)) is not None:
        return back
    form = EndForm(request.POST if request.method == "POST" else kept(request))

    def act() -> str:
        actions.end(who=request.standing, ref=ref, reason=form.cleaned_data["word"])
        return f"La délégation est terminée : {one.organisation.name} n’a plus accès aux services {de(one.giver.name)}."

    return _confirming(request, one, "end", form, act)


@administrator(methods=BOTH)
def narrow(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Réduire »: the giver takes back services, levels, days or letters, at once."""
    one = found(request, ref)
    if (back := _over(request, one, one.holds and one.side == Side.ESTABLISHMENT)) is not None:
        return back
    row, typed = one.delegation, request.POST if request.method == "POST" else kept(request)
    form = NarrowForm(typed, letters=row.letters, initial={"ends_on": row.ends_on, "letters": row.letters})
    had = {code: Level(level) for code, level in one.levels.items()}
    rights = LevelsForm(request.standing.funds, typed=typed, levels=had, had=one.levels)
    notice = apply_shortcut(typed, rights, request.standing) if typed is not None and "raccourci" in typed else ""
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and not notice:
        answer = _narrowed(request, one, form, rights)
        if isinstance(answer, HttpResponse):
            return answer
        problems = answer
    context = {"one": one, "form": form, "rights": rights, "problems": problems, "notice": notice}
    return page(request, "access/delegation/narrow.html", context)


def _narrowed(
    request: MemberRequest, one: Shown, form: NarrowForm, rights: LevelsForm
) -> HttpResponse | list[tuple[str, str]]:
    """The answer once it is done, or what is wrong."""
    chosen = rights.levels()
    if not form.is_valid() or chosen is None:
        return [*rights.problems, *form.problems]
    # What has left the catalogue opens nothing, and is not on the page: it stays as it was.
    shown = {line.service.code for line in rights.lines}
    services = {code: Level(level) for code, level in one.levels.items() if code not in shown} | chosen
    ends_on, letters = form.cleaned_data["ends_on"], bool(form.cleaned_data.get("letters"))
    ref = one.delegation.ref
    try:
        actions.narrow(who=request.standing, ref=ref, services=services, ends_on=ends_on, letters=letters)
    except Refused as refusal:
        return [(refusal.message, f"id_{refusal.field}" if refusal.field == "ends_on" else "")]
    gone = one.waiting_side == one.side and found(request, ref).waiting is None
    also = " Votre proposition, qui rendait ce que vous retirez, est retirée aussi." if gone else ""
    messages.success(request, f"La délégation est réduite, dès maintenant.{also}")
    return _back(request, ref)


@administrator(methods=POST)
def attach(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """« Joindre la convention », from the delegation's page."""
    one = found(request, ref)
    if (back := _over(request, one, one.may_attach)) is not None:
        return back
    form = AttachForm(request.POST, request.FILES)
    if too_large(request):
        form.add_error("document", "Ce fichier est trop lourd : choisissez un PDF plus léger.")
    if form.is_valid():
        try:
            actions.attach(who=request.standing, ref=ref, document=checked(form.cleaned_data["document"]))
            messages.success(request, f"La convention est jointe : {one.facing.name} peut la lire aussi.")
            return _back(request, ref)
        except Refused as refusal:
            form.add_error("document", refusal.message)
    return one_page(request, one, form)
