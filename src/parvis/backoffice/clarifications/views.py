"""« Précisions » of the office: the list, writing, seeing as it will look, publishing, the texts that it had."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse

from parvis.access.paging import paging
from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.clarifications import actions, queries
from parvis.backoffice.clarifications.forms import ClarificationForm, page_choices, typed
from parvis.backoffice.editing import carried_out, factor_for, saved
from parvis.ground.pages import render
from parvis.ground.pages.kept import kept
from parvis.ground.pages.numbering import page_asked
from parvis.information.help.clarifications import clarified
from parvis.information.models import Clarification


@adviser()
def listing(request: AdviserRequest) -> HttpResponse:
    """The clarifications, page by page of the help centre."""
    on, number = request.GET.get("ou", ""), request.GET.get("page", "1")
    page = page_asked(number)
    found = queries.listed(on=on, page=page)
    return render(
        request,
        "backoffice/clarifications/list.html",
        {
            "found": found,
            "on": on,
            "choices": page_choices(),
            "paging": paging(
                found.page,
                found.pages,
                found.total,
                lambda page: "?" + urlencode({"ou": on, "page": page} if on else {"page": page}),
            ),
        },
    )


@adviser(methods=BOTH)
def write(request: AdviserRequest, ref: uuid.UUID | None = None) -> HttpResponse:
    """A new clarification, or another text for one (`?version=`: one that it had); then how it looks."""
    one = _one(ref) if ref else None
    if asked := factor_for(request, online=one is not None and one.state == Clarification.State.PUBLISHED):
        return asked
    initial = _typed(request, one) if one else {"page": request.GET.get("ou", ""), "place": "before"}
    sent = request.POST if request.method == "POST" else kept(request)
    form = ClarificationForm(sent, who=request.adviser, initial=initial)
    answer = saved(
        request,
        form,
        lambda: actions.write(who=request.adviser, written=form.written(), ref=ref).ref,
        said="La précision est enregistrée. Vérifiez comment elle se lit.",
        page="backoffice:clarification",
    )
    if answer is not None:
        return answer
    return render(request, "backoffice/clarifications/write.html", {"form": form, "one": one})


def _typed(request: AdviserRequest, one: Clarification) -> dict[str, Any]:
    number = request.GET.get("version", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 7
    chosen = one.versions.filter(number=int(number)).first() if is_number else None
    old = {"title": chosen.title, "body": chosen.body, "place": chosen.place} if chosen else {}
    return typed(one) | old


@adviser(methods=BOTH)
def clarification(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """A clarification as it will look, and the texts that it had; POST `geste`: publier or retirer."""

    def act() -> str:
        published = request.POST.get("geste") == "publier"
        actions.set_state(who=request.adviser, ref=ref, published=published)
        return "La précision est publiée." if published else "La précision est retirée : plus personne ne la lit."

    answer, problems = carried_out(request, ref, act, page="backoffice:clarification")
    if answer is not None:
        return answer
    one = _one(ref)
    context = {"line": queries.line(one), "shown": clarified(one), "versions": queries.versions(one)}
    context["instead"] = one.place == Clarification.Place.INSTEAD
    return render(request, "backoffice/clarifications/one.html", {**context, "problems": problems})


@adviser()
def version(request: AdviserRequest, ref: uuid.UUID, number: int) -> HttpResponse:
    """A text that it had, to be read or taken again."""
    one = _one(ref)
    found = queries.version(one, number)
    if found is None:
        raise Http404
    return render(request, "backoffice/clarifications/version.html", {"line": queries.line(one), "past": found})


def _one(ref: uuid.UUID) -> Clarification:
    one = Clarification.objects.filter(ref=ref).first()
    if one is None:
        raise Http404
    return one
