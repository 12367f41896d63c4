"""Proposing: find whom in the directory, then what, from when to when, and why."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.delegation.actions import NOT_MARKED, propose
from parvis.access.delegation.forms import LevelsForm, ProposalForm
from parvis.access.delegation.parties import Employer
from parvis.access.delegation.queries import between, by_siret, directory, own_department, own_open
from parvis.access.delegation.state import Side, answer_by
from parvis.access.delegation.terms import latest_end
from parvis.access.models import Delegation
from parvis.access.pages import page
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.shortcuts import apply_shortcut
from parvis.establishments.funds import ALL
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.filters import date_long
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


@administrator()
def find(request: MemberRequest, siret: str, side: str) -> HttpResponse:
    """Whom to propose it to: an organisation that may act for others, or an establishment to act for."""
    who, given = request.standing, side == Side.ESTABLISHMENT
    if not given and not who.acts_for_others:
        raise Http404
    words, most = clean(request.GET.get("q", ""))[:100], settings.PARVIS_DELEGATION_FOUND
    near = not words and given
    department = own_department() if near else ""
    looked = bool(words) or bool(department)
    rows = directory(words, acting=given, department=department, but=who.establishment_id, most=most) if looked else []
    return page(
        request,
        "access/delegation/find.html",
        {"words": words, "rows": rows, "near": near, "given": given, "full": len(rows) == most},
    )


def _whom(request: MemberRequest, other: str, side: str) -> Employer:
    who = request.standing
    facing = by_siret(other)
    if facing is None or facing.id == who.establishment_id:
        raise Http404
    if side == Side.ORGANISATION and not who.acts_for_others:
        raise Http404
    return facing


@administrator(methods=BOTH)
def proposal(request: MemberRequest, siret: str, other: str, side: str) -> HttpResponse:
    """The proposal's form; where a delegation holds already, to renew or widen it."""
    who, facing = request.standing, _whom(request, other, side)
    if (instead := _elsewhere(request, facing, side)) is not None:
        return instead
    held, levels = between(who, facing.id, side)
    typed = request.POST if request.method == "POST" else kept(request)
    form = ProposalForm(typed, renewal=held is not None, today=who.today, initial=_initial(held, who.today))
    rights = LevelsForm(who.funds if side == Side.ESTABLISHMENT else ALL, typed=typed, levels=levels)
    problems: list[tuple[str, str]] = []
    notice = apply_shortcut(typed, rights, who) if typed is not None and "raccourci" in typed else ""
    if request.method == "POST" and not notice:
        answer = _posted(request, facing, side, form, rights, renewal=held is not None)
        if isinstance(answer, HttpResponse):
            return answer
        problems = answer
    context = {
        "facing": facing,
        "given": side == Side.ESTABLISHMENT,
        "held": held,
        "form": form,
        "rights": rights,
        "problems": problems,
        "notice": notice,
        "years": settings.PARVIS_DELEGATION_YEARS,
        "days": settings.PARVIS_DELEGATION_ANSWER,
        "kept": request.method == "GET" and typed is not None,
    }
    return page(request, "access/delegation/propose.html", context)


def _elsewhere(request: MemberRequest, facing: Employer, side: str) -> HttpResponse | None:
    """Where nothing can be proposed: to the proposal that waits, or back to the search."""
    who = request.standing
    if side == Side.ESTABLISHMENT and not facing.acts:
        messages.error(request, NOT_MARKED.format(name=facing.name))
        return redirect("access:delegation-find", siret=who.siret)
    waiting = own_open(who, facing.id, side)
    if waiting is None:
        return None
    messages.info(request, f"Une proposition avec {facing.name} attend déjà une réponse : la voici.")
    return redirect("access:delegation", siret=who.siret, ref=waiting)


def _initial(held: Delegation | None, today: Any) -> Mapping[str, Any]:
    if held is None:
        return {"starts_on": today, "ends_on": latest_end(today)}
    return {
        "ends_on": latest_end(today),
        "reason": held.reason,
        "agreement": held.agreement,
        "letters": held.letters,
    }


def _posted(
    request: MemberRequest, facing: Employer, side: str, form: ProposalForm, rights: LevelsForm, *, renewal: bool
) -> HttpResponse | list[tuple[str, str]]:
    """The answer once all is well, or what is wrong."""
    services = rights.levels()
    if not form.is_valid() or services is None:
        return [*rights.problems, *form.problems]
    if (side == Side.ESTABLISHMENT or renewal) and not is_fresh(request):
        return ask_again(request)
    try:
        made = propose(who=request.standing, other_id=facing.id, terms=form.terms(services), side=side)
    except Refused as refusal:
        return [(refusal.message, f"id_{refusal.field}" if refusal.field in form.fields else "")]
    messages.success(
        request,
        f"La délégation est proposée à {facing.name}, qui peut répondre jusqu’au {date_long(answer_by(made))}. Un "
        "courriel vous dira sa réponse ; d’ici là, rien ne change.",
    )
    return redirect("access:delegation", siret=request.standing.siret, ref=made.ref)
