"""« Questions de l’aide » of the office: the list, writing, seeing as it will look, publishing."""

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpResponse

from parvis.access.paging import paging
from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.editing import carried_out, factor_for, saved
from parvis.backoffice.help import actions, queries
from parvis.backoffice.help.forms import QuestionForm, places, typed
from parvis.ground.pages import render
from parvis.ground.pages.kept import kept
from parvis.ground.pages.numbering import page_asked
from parvis.information.help.questions import answered
from parvis.information.models import Question


@adviser()
def listing(request: AdviserRequest) -> HttpResponse:
    """The questions, page by page of the help centre."""
    where, number = request.GET.get("ou", ""), request.GET.get("page", "1")
    page = page_asked(number)
    found = queries.listed(where=where, page=page)
    return render(
        request,
        "backoffice/help/list.html",
        {
            "found": found,
            "where": where,
            "places": places(),
            "paging": paging(
                found.page,
                found.pages,
                found.total,
                lambda page: "?" + urlencode({"ou": where, "page": page} if where else {"page": page}),
            ),
        },
    )


@adviser(methods=BOTH)
def write(request: AdviserRequest, ref: uuid.UUID | None = None) -> HttpResponse:
    """A new question, or another text for one; what comes next is how it looks."""
    one = Question.objects.filter(ref=ref).first() if ref else None
    if ref and one is None:
        raise Http404
    if asked := factor_for(request, online=one is not None and one.state == Question.State.PUBLISHED):
        return asked
    initial = typed(one) if one else {"where": request.GET.get("ou", ""), "rank": 100}
    form = QuestionForm(
        request.POST if request.method == "POST" else kept(request), who=request.adviser, initial=initial
    )
    answer = saved(
        request,
        form,
        lambda: actions.write(who=request.adviser, written=form.written(), ref=ref).ref,
        said="La question est enregistrée. Vérifiez comment elle se lit.",
        page="backoffice:question",
    )
    if answer is not None:
        return answer
    return render(request, "backoffice/help/write.html", {"form": form, "one": one})


@adviser(methods=BOTH)
def question(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """A question as it will look; POST `geste`: publier or retirer."""

    def act() -> str:
        published = request.POST.get("geste") == "publier"
        actions.set_state(who=request.adviser, ref=ref, published=published)
        return "La question est en ligne." if published else "La question est retirée : plus personne ne la lit."

    answer, problems = carried_out(request, ref, act, page="backoffice:question")
    if answer is not None:
        return answer
    one = Question.objects.filter(ref=ref).first()
    if one is None:
        raise Http404
    context = {"line": queries.line(one), "shown": answered(one), "problems": problems}
    return render(request, "backoffice/help/question.html", context)
