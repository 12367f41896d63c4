"""Who opens a page of dossiers: whoever may read dossiers of a kind, and the one dossier of an address."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse

from parvis.access import registry as services
from parvis.access.decision import decide, mandate_behind
from parvis.access.delegation.visits import note_delegate
from parvis.access.levels import Level
from parvis.access.pages import page as account_page
from parvis.access.refusals import refuse
from parvis.access.registry import Service
from parvis.access.review.uses import note_use
from parvis.access.rules import BOTH, MemberRequest, member
from parvis.advisers.seeing import begun
from parvis.dossiers import registry
from parvis.dossiers.models import Dossier
from parvis.dossiers.queries.detail import Detail, detail, found
from parvis.dossiers.queries.portfolio import may_follow
from parvis.dossiers.rights import level_on, may_read
from parvis.ground.rules import SAFE, View, after


class DossierRequest(MemberRequest):
    """A request about one dossier that the person may read."""

    dossier: Dossier


def follower(*, methods: tuple[str, ...] = SAFE) -> Callable[[View], View]:
    """Whoever may read dossiers of at least one kind here; a 403 names whom to ask, as for any service."""

    def decorator(view: View) -> View:
        @functools.wraps(view)
        def inside(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = request.standing
            if not may_follow(who):
                return _refused(request, _first_service(), Level.READ)
            return view(request, *args, **kwargs)

        return member(methods=methods, delegates=True)(inside)

    return decorator


def of_dossier(*, methods: tuple[str, ...] = SAFE, level: Level = Level.READ) -> Callable[[View], View]:
    """Whoever may read the dossier of the address; POST, and `level`, want « Modification » on its service."""

    def decorator(view: View) -> View:
        @functools.wraps(view)
        def inside(request: DossierRequest, *args: Any, reference: str, **kwargs: Any) -> HttpResponse:
            who = request.standing
            one = found(who, reference)
            if one is None:
                raise Http404
            wanted = level if request.method in SAFE else Level.WRITE
            if level_on(who, one.service) < wanted:
                return _refused(request, services.get(one.service), wanted)
            request.dossier = one
            answer: HttpResponse = view(request, *args, **kwargs)
            used(request, one.service)
            return answer

        return member(methods=methods, delegates=True)(inside)

    return decorator


def _first_service() -> Service | None:
    return next((kind.declared for kind in registry.kinds() if kind.declared is not None), None)


def _refused(request: MemberRequest, service: Service | None, level: Level) -> HttpResponse:
    who = request.standing
    what = "terms" if who.terms.closed else "limited" if who.limited else "service"
    if service is None:
        raise Http404
    return refuse(request, who, what=what, service=service, level=level)


def used(request: MemberRequest, code: str) -> None:
    """Note, once the page is made, that the right was used; nothing while an adviser looks on."""
    who, service = request.standing, services.get(code)
    if service is None or begun(request) or not may_read(who, code):
        return
    decision = decide(who, service)

    def later() -> None:
        note_use(request.session, who, code)
        if who.delegate is None and (mandate := mandate_behind(decision)) is not None:
            note_delegate(request.session, who, mandate)

    after(request, later)


def shown(request: DossierRequest) -> Detail:
    """The dossier of the request, as its pages show it."""
    return detail(request.standing, request.dossier)


def dossier_page(
    request: DossierRequest, template: str, tab: str = "", *, whole: Detail | None = None, **context: Any
) -> HttpResponse:
    """A page of a dossier: its head and tabs are the layout's."""
    one = whole or shown(request)
    siret, reference = request.standing.siret, one.dossier.reference
    tabs = [
        (label, reverse(f"dossiers:{name}", args=[siret, reference]), name == tab)
        for label, name in (
            ("Dossier", "one"),
            (
                _counted("Documents", sum(1 for file in one.held.documents if not file.replaced_at) if one.held else 0),
                "documents",
            ),
            (_counted("Messages", sum(1 for line in one.thread if line.message)), "messages"),
            ("Historique", "history"),
        )
    ]
    problems = context.get("problems", [])

    def edit_of(step: str) -> str:
        return reverse("dossiers:step", args=[siret, reference, step]) + "?retour=verifier"

    def file_address(number: int) -> str:
        return reverse("dossiers:file", args=[siret, reference, number])

    shared = {
        "edit_of": edit_of,
        "file_address": file_address,
        "found": one,
        "dossier": one.dossier,
        "tabs_of": tabs,
        "problems": problems,
        "page_error": bool(problems),
    }
    return account_page(request, template, {**shared, **context})


def _counted(label: str, count: int) -> str:
    return f"{label} ({count})" if count else label


__all__ = ["BOTH", "DossierRequest", "dossier_page", "follower", "of_dossier", "shown", "used"]
