"""« Actualités » of the office: the list, writing, seeing as it will look, publishing."""

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpResponse

from parvis.access.paging import paging
from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.editing import WITHOUT_FILE, carried_out, factor_for, saved
from parvis.backoffice.news import actions, queries
from parvis.backoffice.news.forms import NewsForm, PublishForm, typed
from parvis.ground import clock, files
from parvis.ground.pages import render
from parvis.ground.pages.kept import kept
from parvis.ground.pages.numbering import page_asked
from parvis.ground.tenancy import Refused
from parvis.information.models import News
from parvis.information.news.pictures import PURPOSE


@adviser()
def listing(request: AdviserRequest) -> HttpResponse:
    """The items of the adviser's funds, and those for every employer."""
    state, number = request.GET.get("etat", ""), request.GET.get("page", "1")
    page = page_asked(number)
    found = queries.listed(state=state, page=page)

    def href(page: int) -> str:
        return "?" + urlencode({"etat": state, "page": page} if state in queries.STATES else {"page": page})

    return render(
        request,
        "backoffice/news/list.html",
        {
            "found": found,
            "state": state,
            "states": queries.STATES,
            "paging": paging(found.page, found.pages, found.total, href),
        },
    )


@adviser(methods=BOTH)
def write(request: AdviserRequest, ref: uuid.UUID | None = None) -> HttpResponse:
    """A new item, or another text for one; what comes next is how it looks."""
    news = News.objects.filter(ref=ref).first() if ref else None
    if ref and news is None:
        raise Http404
    if asked := factor_for(request, online=news is not None and news.state == News.State.PUBLISHED):
        return asked
    posted = request.POST if request.method == "POST" else kept(request)
    sent = (posted, request.FILES) if posted is not None else (None, None)
    form = NewsForm(*sent, who=request.adviser, initial=typed(news) if news else {"public": True})
    if posted is not None and WITHOUT_FILE in posted:
        form.full_clean()
        form.add_error("picture", "Choisissez à nouveau l’image : elle n’a pas été gardée pendant la vérification.")
    answer = saved(
        request,
        form,
        lambda: actions.write(who=request.adviser, written=form.written(), ref=ref).ref,
        said="L’actualité est enregistrée. Vérifiez comment elle se lit.",
        page="backoffice:news-item",
    )
    if answer is not None:
        return answer
    has_picture = news is not None and news.pictures.exists()
    return render(request, "backoffice/news/write.html", {"form": form, "news": news, "has_picture": has_picture})


@adviser(methods=BOTH)
def item(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """An item as it will look; POST `geste`: publier, retirer, epingler or detacher."""
    form = PublishForm(request.POST if request.POST.get("geste") == "publier" else None)
    answer, problems = carried_out(request, ref, lambda: _done(request, ref, form), page="backoffice:news-item")
    if answer is not None:
        return answer
    found = queries.preview(ref)
    if found is None:
        raise Http404
    news, shown = found
    if not form.is_bound:
        form = PublishForm(initial={"starts_on": news.starts_on or clock.today(), "ends_on": news.ends_on})
    context = {"news": news, "shown": shown, "item": shown.item, "form": form}
    return render(request, "backoffice/news/item.html", {**context, "problems": problems or form.problems})


def _done(request: AdviserRequest, ref: uuid.UUID, form: PublishForm) -> str:
    """Carry the gesture out and say so; "" where the form is to be corrected."""
    who, gesture = request.adviser, request.POST.get("geste", "")
    if gesture == "publier":
        if not form.is_valid():
            return ""
        news = actions.publish(who=who, ref=ref, **form.cleaned_data)
        assert news.starts_on is not None
        return "L’actualité est en ligne." if news.starts_on <= clock.today() else "L’actualité est programmée."
    if gesture == "retirer":
        actions.withdraw(who=who, ref=ref)
        return "L’actualité est retirée : plus personne ne la lit."
    if gesture not in ("epingler", "detacher"):
        raise Refused("Choisissez ce qu’il faut faire de cette actualité.")
    actions.pin(who=who, ref=ref, pinned=gesture == "epingler")
    return "L’actualité est à la une." if gesture == "epingler" else "L’actualité n’est plus à la une."


@adviser()
def picture(request: AdviserRequest, digest: str) -> HttpResponse:
    """A picture of an item that may not be online yet."""
    key = queries.picture_key(digest)
    try:
        content = files.read(key, PURPOSE) if key else None
    except files.Missing:
        content = None
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="image/webp")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
