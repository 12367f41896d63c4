"""« Sécurité de mon compte »: what the person confirms with; renaming, removing; who must add something stronger."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from parvis.ground.pages import render
from parvis.ground.pages.filters import phone as phone_shown
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.identity import browsers, entry
from parvis.identity.employers import employers
from parvis.identity.entry import BOTH, HalfwayRequest, holder
from parvis.identity.factors import changes
from parvis.identity.factors.changes import PASSKEY, PHONE, TOTP
from parvis.identity.forms_factors import PasskeyNameForm
from parvis.identity.queries.factors import factors_of
from parvis.identity.views.parts import rules

KINDS = {"application": TOTP, "cle": PASSKEY, "telephone": PHONE}


@holder()
def listing(request: HalfwayRequest) -> HttpResponse:
    """What the person holds, and what they had better hold besides."""
    held = factors_of(request.person_id)
    return render(
        request,
        "identity/factors/factors.html",
        {
            "held": held,
            "wanted": "wanted" in request.session,
            "administrators": employers().administrators(request.person_id),
            **rules(),
        },
    )


@holder(methods=BOTH, fresh=True)
def rename(request: HalfwayRequest, number: int) -> HttpResponse:
    """Another name for a passkey."""
    passkey = next((one for one in factors_of(request.person_id).passkeys if one.id == number), None)
    if passkey is None:
        raise Http404
    typed = request.POST if request.method == "POST" else kept(request)
    form = PasskeyNameForm(typed, initial={"name": passkey.name})
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            name = form.cleaned_data["name"]
            try:
                changes.rename(request.person_id, number, name, browser=browsers.label(request))
                messages.success(request, f"Cette clé d’accès s’appelle désormais « {name} ».")
                return redirect("identity:factors")
            except Refused as refusal:
                problems = [(refusal.message, "")]
        problems = problems or form.problems
    return render(request, "identity/factors/rename.html", {"form": form, "problems": problems, "passkey": passkey})


@holder(methods=BOTH, fresh=True)
def remove(request: HalfwayRequest, kind: str, number: int) -> HttpResponse:
    """Remove a factor, after a page that asks."""
    name = _name(request, KINDS.get(kind, ""), number)
    if not name:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            changes.remove(request.person_id, KINDS[kind], number, browser=browsers.label(request))
            entry.note_factors(request, factors_of(request.person_id))
            messages.success(request, f"{name[0].upper()}{name[1:]} ne sert plus à confirmer que c’est vous.")
            return redirect("identity:factors")
        except Refused as refusal:
            problems = [(refusal.message, "")]
    return render(request, "identity/factors/remove.html", {"name": name, "problems": problems})


def _name(request: HalfwayRequest, kind: str, number: int) -> str:
    """How the page calls the factor; "" for one that the person does not hold."""
    held = factors_of(request.person_id)
    if kind == TOTP:
        return "votre application de codes" if held.totp_since and number == 0 else ""
    if kind == PASSKEY:
        return next((f"la clé d’accès « {one.name} »" for one in held.passkeys if one.id == number), "")
    return next((f"le téléphone {phone_shown(one.number)}" for one in held.phones if one.id == number), "")


@holder()
def stronger(request: HalfwayRequest) -> HttpResponse:
    """Whoever administers with a shared landline alone adds something stronger before any page of administration.

    An adviser with a telephone alone adds a passkey or an authenticator app before any page of the office.
    """
    held, office = factors_of(request.person_id), employers().office(request.person_id)
    if held.personal if office else held.strong:
        entry.note_factors(request, held)
        return entry.onwards(request)
    return render(request, "identity/factors/stronger.html", {"back": reverse("access:me"), "office": office})
