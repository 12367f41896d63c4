"""The pages of an establishment as an adviser sees them in somebody's place (« Voir comme »): read, never written.

The transaction is READ ONLY, whatever the page is; nothing is noted of the visit, no file leaves, and every POST is
refused before anything is looked at. Letters of, exchanges with and notices about funds that are not the adviser's are
absent (`decision.shows`): lists, counts and searches are those of a person who has none.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.frame import member_frame
from parvis.access.refusals import refuse
from parvis.access.standing import Standing, standing
from parvis.advisers.seeing import KEY, Seeing, seeing
from parvis.advisers.standing import adviser_of
from parvis.ground import tenancy
from parvis.ground.pages import Frame, SeenAs, render
from parvis.ground.pages.filters import time
from parvis.ground.rules import SAFE, View

_PAGE = "text/html"

Judge = Callable[[HttpRequest, Standing], HttpResponse | None]


def through_their_eyes(
    view: View, request: HttpRequest, siret: str, judge: Judge, args: Any, kwargs: Any
) -> HttpResponse:
    """The page as that person sees it; the way back to the office once it is over; 404 in any other establishment."""
    found = seeing(request)
    if found is None:
        request.session.pop(KEY, None)
        messages.info(request, "« Voir comme » est terminé : rouvrez la fiche de la personne pour recommencer.")
        return HttpResponseRedirect(reverse("backoffice:home"))
    if found.siret != siret:
        raise Http404
    if request.method not in SAFE:
        return _refused(request, found, "write")
    adviser = adviser_of(request.user.pk or 0)
    funds = frozenset(adviser.funds if adviser is not None else ())
    with tenancy.scope(person=found.person_id, establishment=found.establishment_id, read_only=True):
        who = standing(found.person_id, found.establishment_id)
        if who is None:
            raise Http404
        # What another fund wrote to the establishment is not shown to this one's adviser.
        who = replace(who, seen_by=funds)
        request.standing = who  # type: ignore[attr-defined]
        request.frame = _frame(member_frame(request, who), found)  # type: ignore[attr-defined]
        refusal = judge(request, who) if who.enters else refuse(request, who, what="closed")
        answer = refusal or view(request, *args, siret=siret, **kwargs)
    if request.after:  # type: ignore[attr-defined]
        # What leaves a trace is the person's own to do.
        request.after.clear()  # type: ignore[attr-defined]
        return _refused(request, found, "file")
    return answer if _is_page(answer) else _refused(request, found, "file")


def _is_page(answer: HttpResponse) -> bool:
    """A page and no file: one that is shown in the browser leaves as well as one that is saved."""
    media_type = answer.get("Content-Type", "").partition(";")[0].strip().lower()
    return media_type == _PAGE and "Content-Disposition" not in answer and not answer.streaming


def _frame(frame: Frame, found: Seeing) -> Frame:
    """The person's own frame, without the ways that lead out of what is seen."""
    return replace(frame, menu=(), several_establishments=False, notices=(), seen_as=_seen_as(found))


def _seen_as(found: Seeing) -> SeenAs:
    return SeenAs(found.name, found.adviser, time(found.until), reverse("backoffice:seeing-end"))


def _refused(request: HttpRequest, found: Seeing, what: str) -> HttpResponse:
    frame = getattr(request, "frame", None) or Frame(
        person_name=found.adviser, is_administrator=False, menu=(), navigation=(), seen_as=_seen_as(found)
    )
    request.frame = frame  # type: ignore[attr-defined]
    return render(request, "access/seen_refused.html", {"what": what, "found": found}, status=403)
