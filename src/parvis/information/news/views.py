"""« Actualités »: the list and an item for everybody, what concerns an establishment for its people, the flow."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import get_conditional_response

from parvis.access.paging import paging
from parvis.access.rules import BOTH, MemberRequest, member, visitor
from parvis.advisers.seeing import begun
from parvis.establishments.funds import FUNDS
from parvis.ground import files
from parvis.ground.pages import render
from parvis.ground.pages.addresses import address
from parvis.ground.pages.numbering import page_asked
from parvis.ground.rules import after, public
from parvis.identity.entry import to_sign_in
from parvis.information.news import queries, showing
from parvis.information.news.actions import mark_all_read, note_reading
from parvis.information.news.audience import themes
from parvis.information.news.pictures import PURPOSE


def _page(request: HttpRequest) -> int:
    number = request.GET.get("page", "1")
    return page_asked(number)


@visitor()
def listing(request: HttpRequest) -> HttpResponse:
    """The public items of today, of one fund or theme where one is chosen."""
    fund, theme = request.GET.get("fonds", ""), request.GET.get("theme", "")
    chosen = {"fonds": fund if fund in FUNDS else "", "theme": theme if theme in themes() else ""}
    listed = queries.public(_page(request), chosen["fonds"], chosen["theme"], person=request.user.pk or 0)

    def href(page: int) -> str:
        pairs = {**{name: code for name, code in chosen.items() if code}, **({"page": page} if page > 1 else {})}
        return f"?{urlencode(pairs)}" if pairs else address("information:news")

    return render(
        request,
        "information/news/list.html",
        {
            "listed": listed,
            "chosen": chosen,
            "funds": FUNDS.values(),
            "themes": themes(),
            "feed": address("information:news-feed-fund", chosen["fonds"])
            if chosen["fonds"]
            else address("information:news-feed"),
            "paging": paging(listed.page, listed.pages, listed.total, href),
        },
    )


@visitor()
def item(request: HttpRequest, slug: str) -> HttpResponse:
    """An item. Whoever signed in has read it from now on; one that is not public asks to sign in."""
    person = request.user.pk if request.user.is_authenticated else 0
    shown = showing.one(slug, person=person)
    if shown is None:
        raise Http404
    if not shown.public and not person:
        return to_sign_in(request)
    if person and shown.item.unread and not begun(request) and not request.session.get("office"):
        after(request, lambda: note_reading(person, shown.item.number))
    return render(request, "information/news/item.html", {"shown": shown, "item": shown.item})


@public()
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """A picture in one width: what it holds never changes under its address."""
    key = showing.picture_key(digest)
    try:
        content = files.read(key, PURPOSE) if key else None
    except files.Missing:
        content = None
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


@public()
def feed(request: HttpRequest, fund: str = "") -> HttpResponse:
    """The Atom flow, of all or of one fund; 304 for who has the latest."""
    if fund and fund not in FUNDS:
        raise Http404
    body, etag = showing.feed(fund)
    answer = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=600"
    answer["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=answer) or answer


@member(methods=BOTH, delegates=True)
def here(request: MemberRequest, siret: str) -> HttpResponse:
    """What concerns the person in this establishment; POST: everything counts as read."""
    if request.method == "POST":
        mark_all_read(who=request.standing)
        messages.success(request, "Toutes les actualités sont marquées comme lues.")
        return HttpResponseRedirect(address("information:news-here", siret))
    listed = queries.here(request.standing, _page(request))

    def href(page: int) -> str:
        return f"?page={page}" if page > 1 else address("information:news-here", siret)

    return render(
        request,
        "information/news/here.html",
        {
            "listed": listed,
            "siret": siret,
            "unread": any(one.unread for one in listed.items),
            "paging": paging(listed.page, listed.pages, listed.total, href),
        },
    )
