"""What an administrator does to an account: each has its page, and says no in words, with what was typed kept."""

import datetime
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.access import registry
from parvis.access.actions import changes, lifecycle, links, unblocking
from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import ONESELF, active_administrators
from parvis.access.actions.renewal import usual_end
from parvis.access.forms import ChangeForm, DatesForm, ProfileForm, RenewForm
from parvis.access.levels import Level
from parvis.access.models import Membership, Profile
from parvis.access.pages import page
from parvis.access.places.renewing import elsewhere, renew_in_several
from parvis.access.presets.queries import presets
from parvis.access.queries.account import Account, colleagues, status_of
from parvis.access.rights_form import RightsForm
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.shortcuts import after_model, apply_shortcut
from parvis.access.status import Status, expires_on, new_period
from parvis.access.views.accounts import found_account
from parvis.ground import clock
from parvis.ground.pages.filters import date_long, de
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


def _to_account(request: MemberRequest, found: Account, tab: str = "account") -> HttpResponse:
    return redirect(f"access:{tab}", siret=request.standing.siret, account_id=found.membership.pk)


def _own(request: MemberRequest, found: Account) -> HttpResponse | None:
    """One's own profile, rights and dates: a page that says who can, instead of a form that would be refused."""
    if found.membership.pk != request.standing.membership_id:
        return None
    return page(
        request,
        "access/oneself.html",
        {"found": found, "text": ONESELF.format(who="un autre administrateur ou une autre administratrice")},
        status=403,
    )


def _initial(found: Account, names: list[str]) -> dict[str, object]:
    return {name: getattr(found.membership, name) for name in names}


@administrator(methods=BOTH)
def modify(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """« Modifier les coordonnées »."""
    found = found_account(account_id)
    typed = request.POST if request.method == "POST" else kept(request)
    fields = list(ChangeForm.base_fields)
    form = ChangeForm(typed, initial=_initial(found, fields))
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            try:
                account, proposed = changes.change_coordinates(
                    who=request.standing, account_id=account_id, coordinates=form.changed(found.membership)
                )
                messages.success(
                    request,
                    f"La correction est proposée à {account.name}, qui la confirmera en se connectant. "
                    "Le reste est enregistré."
                    if proposed
                    else f"Les coordonnées {de(account.name)} sont enregistrées.",
                )
                return _to_account(request, found)
            except Refused as refusal:
                problems = [(refusal.message, "id_email")]
        problems = problems or form.problems
    return page(
        request,
        "access/account_modify.html",
        {
            "found": found,
            "form": form,
            "problems": problems,
            "oneself": found.membership.pk == request.standing.membership_id,
            "kept": request.method == "GET" and typed is not None,
        },
    )


@administrator(methods=BOTH)
def profile(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """« Changer le profil »."""
    found = found_account(account_id)
    if own := _own(request, found):
        return own
    typed = request.POST if request.method == "POST" else kept(request)
    form = ProfileForm(typed, initial={"profile": found.membership.profile})
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            if form.cleaned_data["profile"] != found.membership.profile and not is_fresh(request):
                return ask_again(request)
            try:
                account = changes.change_profile(
                    who=request.standing, account_id=account_id, profile=form.cleaned_data["profile"]
                )
                messages.success(request, f"{account.name} a le profil « {Profile(account.profile).label} ».")
                return _to_account(request, found)
            except Refused as refusal:
                problems = [(refusal.message, "id_profile")]
        problems = problems or form.problems
    return page(request, "access/account_profile.html", {"found": found, "form": form, "problems": problems})


@administrator(methods=BOTH)
def dates(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """« Modifier les dates »."""
    found = found_account(account_id)
    if own := _own(request, found):
        return own
    typed = request.POST if request.method == "POST" else kept(request)
    form = DatesForm(typed, initial=_initial(found, ["starts_on", "ends_on"]))
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            try:
                account = changes.change_dates(who=request.standing, account_id=account_id, **form.cleaned_data)
                messages.success(request, f"Les dates du compte {de(account.name)} sont enregistrées.")
                return _to_account(request, found)
            except Refused as refusal:
                problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "id_ends_on")]
        problems = problems or form.problems
    return page(request, "access/account_dates.html", {"found": found, "form": form, "problems": problems})


@administrator(methods=BOTH)
def renew(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """« Renouveler »."""
    found = found_account(account_id)
    if own := _own(request, found):
        return own
    usual = usual_end(found.membership)
    typed = request.POST if request.method == "POST" else kept(request)
    form = RenewForm(
        typed,
        period=f"Pour {settings.PARVIS_EXPIRY_MONTHS} mois, jusqu’au {date_long(new_period(clock.today()))}",
        ended=found.membership.ends_on is not None,
        initial={"until": "usual"},
    )
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            try:
                _renewed(request, found, form.cleaned_data["until"], form.cleaned_data["ends_on"])
                return _to_account(request, found)
            except Refused as refusal:
                problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "id_until")]
        problems = problems or form.problems
    return page(
        request,
        "access/account_renew.html",
        {
            "found": found,
            "form": form,
            "problems": problems,
            "months": settings.PARVIS_EXPIRY_MONTHS,
            "moves": usual != found.membership.ends_on,
            "elsewhere": elsewhere(who=request.standing, account=found.membership),
            "ticked": typed.getlist("ailleurs") if typed is not None else [],
        },
    )


def _renewed(request: MemberRequest, found: Account, choice: str, day: datetime.date | None) -> None:
    """Renew the account, here and where it was ticked, and tell what became of it in each establishment."""

    def until(account: Membership) -> datetime.date | None:
        return {"usual": usual_end(account), "day": day}.get(choice)

    day_here, others = renew_in_several(
        who=request.standing,
        account_id=found.membership.pk,
        until=until,
        others=set(request.POST.getlist("ailleurs")),
    )
    said = f"Le compte {de(found.membership.name)} est renouvelé jusqu’au {date_long(day_here)}."
    messages.success(request, " ".join([said, *(one.sentence for one in others if not one.refused)]))
    for one in others:
        if one.refused:
            messages.error(request, one.sentence)


def _sensitive(held: list[Grant], wanted: list[Grant]) -> bool:
    """Whether something is given, that was not held just so, on a service that asks for a fresh second factor."""
    given = [grant for grant in wanted if grant.level > Level.NONE and grant not in held]
    return any((service := registry.get(grant.service)) and service.asks_fresh_factor for grant in given)


@administrator(methods=BOTH)
def rights(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """The form of « Ses droits »."""
    found = found_account(account_id)
    who = request.standing
    oneself = found.membership.pk == who.membership_id
    if oneself and active_administrators() != 1 and (own := _own(request, found)):
        return own
    held = [
        Grant(right.service, Level(right.level), right.starts_on, right.ends_on)
        for right in found.membership.rights.all()
    ]
    typed = request.POST if request.method == "POST" else kept(request)
    form = RightsForm(who.funds, typed=typed, grants=held)
    notice, problems = "", []
    if request.method == "POST":
        notice = apply_shortcut(request.POST, form, who)
        grants = after_model(chosen, form.origin, who) if (chosen := form.grants()) is not None else None
        if not notice and grants is not None:
            if (oneself or _sensitive(held, grants)) and not is_fresh(request):
                return ask_again(request)
            try:
                account = changes.set_rights(who=who, account_id=account_id, grants=grants)
                messages.success(
                    request, f"Les droits {de(account.name)} sont enregistrés : ils s’appliquent dès maintenant."
                )
                return _to_account(request, found, "account-rights")
            except Refused as refusal:
                problems = [(refusal.message, "")]
        problems = problems or form.problems
    return page(
        request,
        "access/account_rights_form.html",
        {
            "found": found,
            "form": form,
            "notice": notice,
            "problems": problems,
            "oneself": oneself,
            "colleagues": colleagues(except_account=account_id),
            "presets": presets(who.funds),
            "kept": request.method == "GET" and typed is not None,
        },
    )


def _confirmed(
    what: str, act: Callable[[MemberRequest, int], str], *, own_allowed: bool = False
) -> Callable[..., HttpResponse]:
    """A page that asks, and the act behind its button."""

    @administrator(methods=BOTH)
    def view(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
        found = found_account(account_id)
        if not own_allowed and (own := _own(request, found)):
            return own
        problems: list[tuple[str, str]] = []
        if request.method == "POST":
            try:
                messages.success(request, act(request, account_id))
                return redirect("access:accounts", siret=siret) if what == "delete" else _to_account(request, found)
            except Refused as refusal:
                problems = [(refusal.message, "")]
        return page(
            request,
            "access/account_confirm.html",
            {
                "found": found,
                "what": what,
                "problems": problems,
                "invitation_validity": settings.PARVIS_INVITATION_VALIDITY,
                "name_years": settings.PARVIS_NAME_RETENTION_YEARS,
            },
        )

    view.__name__ = what
    return view


def _send_again(request: MemberRequest, account_id: int) -> str:
    account = links.send_again(who=request.standing, account_id=account_id)
    return f"Un nouveau courriel part vers {account.email}. L’ancien lien ne fonctionne plus."


def _deactivate(request: MemberRequest, account_id: int) -> str:
    account = lifecycle.deactivate(who=request.standing, account_id=account_id)
    return f"Le compte {de(account.name)} est désactivé : il n’ouvre plus rien ici. Ses droits sont conservés."


def _reactivate(request: MemberRequest, account_id: int) -> str:
    account = lifecycle.reactivate(who=request.standing, account_id=account_id)
    if status_of(account) is Status.EXPIRED:
        return (
            f"Le compte {de(account.name)} est réactivé, mais il a expiré le {date_long(expires_on(account))} : "
            "renouvelez-le pour qu’il s’ouvre."
        )
    return f"Le compte {de(account.name)} est réactivé, avec les droits qu’il avait."


def _delete(request: MemberRequest, account_id: int) -> str:
    name = lifecycle.delete(who=request.standing, account_id=account_id)
    return f"Le compte {de(name)} est supprimé. Son historique reste lisible dans « Historique »."


def _unblock(request: MemberRequest, account_id: int) -> str:
    account = unblocking.unblock(who=request.standing, account_id=account_id)
    return f"Le compte {de(account.name)} est débloqué : cette personne peut se connecter, elle en est prévenue."


send_again = _confirmed("send_again", _send_again)
deactivate = _confirmed("deactivate", _deactivate)
reactivate = _confirmed("reactivate", _reactivate)
delete = _confirmed("delete", _delete)
unblock = _confirmed("unblock", _unblock)
