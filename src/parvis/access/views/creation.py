"""« Créer un compte »: the three steps, the check page, the hand-over sheet."""

import uuid
from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access.actions import creation
from parvis.access.actions.creation import coordinates_from_json, grants_from_json
from parvis.access.forms import CoordinatesForm
from parvis.access.models import Civility, Draft, Membership, Profile
from parvis.access.pages import page
from parvis.access.presets.queries import presets
from parvis.access.queries.account import Unfinished, account, colleagues, same_email
from parvis.access.rights_form import RightsForm, in_words
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.sheets import Handed, handover_sheets
from parvis.access.shortcuts import after_model, apply_shortcut
from parvis.access.views.renewal import account_numbers
from parvis.ground.pages.addresses import address
from parvis.ground.pages.kept import kept
from parvis.ground.tables import download
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh

STEPS = ["Renseigner les coordonnées", "Attribuer les droits", "Communiquer son identifiant"]


def _draft(draft_id: uuid.UUID) -> Draft:
    draft = Draft.objects.filter(pk=draft_id).first()
    if draft is None:
        raise Http404
    return draft


def _to(name: str, request: MemberRequest, draft_id: uuid.UUID) -> HttpResponseRedirect:
    return redirect(f"access:{name}", siret=request.standing.siret, draft_id=draft_id)


def _coordinates(request: MemberRequest, draft_id: uuid.UUID, draft: Draft | None) -> HttpResponse:
    initial = coordinates_from_json(draft.coordinates) if draft and draft.coordinates else None
    typed = request.POST if request.method == "POST" else kept(request)
    form = CoordinatesForm(
        typed,
        initial={name: getattr(initial, name) for name in initial.__dataclass_fields__}
        if initial
        else {"profile": Profile.USER},
    )
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            creation.save_coordinates(who=request.standing, draft_id=draft_id, coordinates=form.coordinates())
            return _to("create-rights", request, draft_id)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    return page(
        request,
        "access/create_coordinates.html",
        {
            "form": form,
            "draft_id": draft_id,
            "draft": draft,
            "steps": STEPS,
            "problems": problems or (form.problems if form.is_bound and request.method == "POST" else []),
            "kept": request.method == "GET" and typed is not None,
        },
    )


@administrator(methods=BOTH)
def start(request: MemberRequest, siret: str) -> HttpResponse:
    """Step 1 of a new account. The page carries the draft's number, so that sending it twice makes one draft."""
    typed = request.POST.get("draft", "")
    try:
        draft_id = uuid.UUID(typed)
    except ValueError:
        draft_id = uuid.uuid4()
    return _coordinates(request, draft_id, None)


@administrator(methods=BOTH)
def coordinates(request: MemberRequest, siret: str, draft_id: uuid.UUID) -> HttpResponse:
    """Step 1 of a draft: back without losing anything."""
    draft = _draft(draft_id)
    if draft.membership_id:
        return _to("create-done", request, draft_id)
    return _coordinates(request, draft_id, draft)


@administrator(methods=BOTH)
def rights(request: MemberRequest, siret: str, draft_id: uuid.UUID) -> HttpResponse:
    """Step 2, « Attribuer les droits »."""
    draft = _draft(draft_id)
    who = request.standing
    if draft.membership_id:
        return _to("create-done", request, draft_id)
    typed = request.POST if request.method == "POST" else kept(request)
    drafted = grants_from_json(draft.rights)
    origin = next((grant.origin for grant in drafted if grant.origin), "")
    form = RightsForm(who.funds, typed=typed, grants=drafted, origin=origin)
    notice, problems = "", []
    if request.method == "POST":
        notice = apply_shortcut(request.POST, form, who)
        grants = after_model(found, form.origin, who) if (found := form.grants()) is not None else None
        if not notice and grants is not None:
            try:
                creation.save_rights(who=who, draft_id=draft_id, grants=grants, complete=True)
                return _to("create-check", request, draft_id)
            except Refused as refusal:
                problems = [(refusal.message, "")]
        elif grants is not None:
            try:
                creation.save_rights(who=who, draft_id=draft_id, grants=grants, complete=False)
            except Refused as refusal:
                problems = [(refusal.message, "")]
        problems = problems or form.problems
    return page(
        request,
        "access/create_rights.html",
        {
            "form": form,
            "draft": draft,
            "name": f"{draft.coordinates['first_name']} {draft.coordinates['last_name']}",
            "steps": STEPS,
            "colleagues": colleagues(),
            "presets": presets(who.funds),
            "notice": notice,
            "problems": problems,
            "kept": request.method == "GET" and typed is not None,
        },
    )


@administrator(methods=BOTH)
def check(request: MemberRequest, siret: str, draft_id: uuid.UUID) -> HttpResponse:
    """The check page says in words what will be given; its button is « Créer »."""
    draft = _draft(draft_id)
    who = request.standing
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and draft.rights_given and not draft.membership_id:
        if not is_fresh(request):
            return ask_again(request)
        try:
            seen = account_numbers(request.POST.get("vus", "").split(","))
            creation.create(who=who, draft_id=draft_id, seen=seen)
            return _to("create-done", request, draft_id)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    if draft.membership_id:
        return _to("create-done", request, draft_id)
    if not draft.rights_given:
        return _to("create-rights", request, draft_id)
    found = coordinates_from_json(draft.coordinates)
    return page(
        request,
        "access/create_check.html",
        {
            "draft": draft,
            "coordinates": found,
            "civility": Civility(found.civility).label,
            "profile": Profile(found.profile),
            "groups": in_words(grants_from_json(draft.rights), who.funds),
            "same": same_email(found.email),
            "steps": STEPS,
            "problems": problems,
        },
    )


def _created(draft_id: uuid.UUID) -> Membership:
    draft = _draft(draft_id)
    if draft.membership_id is None:
        raise Http404
    return Membership.objects.get(pk=draft.membership_id)


@administrator()
def done(request: MemberRequest, siret: str, draft_id: uuid.UUID) -> HttpResponse:
    """Step 3, « Communiquer son identifiant »."""
    draft = _draft(draft_id)
    if draft.membership_id is None:
        return _to("create-check" if draft.rights_given else "create-rights", request, draft_id)
    return page(
        request, "access/create_done.html", {"draft": draft, "found": account(draft.membership_id), "steps": STEPS}
    )


def sheets_of(request: MemberRequest, handed: Iterable[Handed]) -> bytes:
    """The hand-over sheets (PDF, tagged): the identifier, what happens next, whom to ask; no secret."""
    own = Membership.objects.get(pk=request.standing.membership_id)
    return handover_sheets(
        handed,
        establishment_name=request.standing.establishment_name,
        siret=request.standing.siret,
        administrator_name=own.name,
        administrator_email=own.email,
        administrator_phone=own.phone,
        address=request.build_absolute_uri(reverse("identity:sign-in")),
    )


def sheet_of(request: MemberRequest, found: Membership) -> HttpResponse:
    """The hand-over sheet of one account."""
    known = account(found.pk)
    until = known.link.expires_at if known and known.link else None
    body = sheets_of(request, [Handed(found.name, found.identifier, until)])
    return download(body, f"identifiant-{found.identifier}.pdf", "application/pdf")


@administrator()
def sheet(request: MemberRequest, siret: str, draft_id: uuid.UUID) -> HttpResponse:
    """The hand-over sheet of the account just created."""
    return sheet_of(request, _created(draft_id))


@administrator(methods=BOTH)
def abandon(request: MemberRequest, siret: str, draft_id: uuid.UUID) -> HttpResponse:
    """Throw a draft away, after a page that asks."""
    draft = _draft(draft_id)
    if request.method == "POST":
        try:
            creation.abandon(who=request.standing, draft_id=draft_id)
            messages.success(request, "Le brouillon est effacé.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("access:accounts", siret=siret)
    name = f"{draft.coordinates.get('first_name', '')} {draft.coordinates.get('last_name', '')}".strip()
    return page(request, "access/create_abandon.html", {"draft": draft, "name": name})


def link_to_draft(draft: Unfinished, siret: str) -> str:
    """Where a draft resumes."""
    step = "create-check" if draft.rights_given else "create-rights"
    return address(f"access:{step}", siret, draft.pk)
