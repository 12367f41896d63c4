"""« Notifications » of an establishment; how one wants to be told; the end of a kind of e-mail, without signing in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt

from parvis.access.models import Profile
from parvis.access.paging import paging
from parvis.access.queries.mine import each_once, memberships, my_administrators
from parvis.access.rules import BOTH, POST, MemberRequest, SignedInRequest, member, signed_in
from parvis.access.standing import Standing
from parvis.ground import tenancy
from parvis.ground.pages import render
from parvis.ground.pages.numbering import page_asked
from parvis.ground.rules import after, public
from parvis.identity.actions.choices import choose
from parvis.identity.queries.choices import declined
from parvis.notices import unsubscribing
from parvis.notices.actions import EVERYWHERE, mark_read, wish
from parvis.notices.forms import Choosing, read_wishes
from parvis.notices.models import Notice
from parvis.notices.queries import listed, readable, unread, wishes_of
from parvis.notices.readers import shown
from parvis.post.registry import choosable

# Of « Tout marquer comme lu ».
MARKED = 1000


@member(delegates=True)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """What came to the establishment, latest first, by pages; « Non lues » alone at choice."""
    only = request.GET.get("lues") == "non"
    found = listed(request.standing, page_asked(request.GET.get("page", "1")), unread_only=only)

    def href(number: int) -> str:
        return "?" + "&".join((["lues=non"] if only else []) + [f"page={number}"])

    return render(
        request,
        "notices/index.html",
        {
            "found": found.lines,
            "only_unread": only,
            "siret": siret,
            "any_unread": found.unread > 0,
            "paging": paging(found.page, found.pages, found.total, href),
        },
    )


@member(delegates=True)
def open_one(request: MemberRequest, siret: str, number: int) -> HttpResponse:
    """What the notice leads to; it is noted as read once the request's own transaction is over."""
    found = readable(request.standing, number)
    if found is None:
        raise Http404
    after(request, lambda: _read(request.standing, [found]))
    return redirect(shown(found, siret).href)


@member(delegates=True, methods=POST)
def read_all(request: MemberRequest, siret: str) -> HttpResponse:
    """« Tout marquer comme lu »."""
    mark_read(who=request.standing, notices=unread(request.standing, MARKED))
    messages.success(request, "Toutes les notifications sont marquées comme lues.")
    return redirect("notices:index", siret=siret)


def _read(who: Standing, found: list[Notice]) -> None:
    with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
        mark_read(who=who, notices=found)


@signed_in(methods=BOTH)
def choices(request: SignedInRequest) -> HttpResponse:
    """« Notifications » of « Mon compte »: how to be told everywhere, and which other e-mails one wants."""
    person, mine = request.user.pk, memberships()
    administers = any(one.profile == Profile.ADMINISTRATOR.label for one in mine)
    letters = [
        (letter.kind, letter.choosable.label)
        for letter in choosable()
        if letter.choosable is not None and (administers or not letter.choosable.of_administrators)
    ]
    if request.method == "POST":
        wish(person_id=person, place=EVERYWHERE, wanted=read_wishes(request.POST))
        choose(person_id=person, offered=[kind for kind, _ in letters], wanted=request.POST.getlist("recevoir"))
        messages.success(request, "Vos choix sont enregistrés.")
        return redirect("notices:choices")
    refused = declined(person)
    return render(
        request,
        "notices/choices.html",
        {
            "choosing": Choosing.of(wishes_of(person), EVERYWHERE, administers=administers),
            "letters": [(kind, label, kind not in refused) for kind, label in letters],
            "places": [(one.siret, one.establishment) for one in mine if one.enters],
            "administrators": each_once(my_administrators()),
        },
    )


@signed_in(methods=BOTH)
def choices_here(request: SignedInRequest, place: str) -> HttpResponse:
    """The same for one establishment, where « comme partout » is one of the answers; 404 where they do not belong."""
    person = request.user.pk
    with tenancy.scope(person=person, establishment=tenancy.Lookup("access_enter", (person, place))) as here:
        number = here.establishment
    found = next((one for one in memberships() if one.siret == place), None)
    if not number or found is None:
        raise Http404
    if request.method == "POST":
        wish(person_id=person, place=number, wanted=read_wishes(request.POST))
        messages.success(request, f"Vos choix pour {found.establishment} sont enregistrés.")
        return redirect("notices:choices")
    return render(
        request,
        "notices/choices_here.html",
        {
            "choosing": Choosing.of(
                wishes_of(person), number, administers=found.profile == Profile.ADMINISTRATOR.label
            ),
            "establishment": found.establishment,
            "administrators": my_administrators().get(place, []),
        },
    )


# A mail program posts here by itself (RFC 8058), without our form's token: the link is the right to it.
@csrf_exempt
@public(methods=BOTH)
def unsubscribe(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """What the link would end; a POST ends it, a GET never (mail scanners)."""
    found = unsubscribing.followed(kind, token)
    if found is None:
        return render(request, "notices/unsubscribe_dead.html", {}, status=404)
    if request.method == "POST":
        unsubscribing.end(found)
        return render(request, "notices/unsubscribed.html", {"ending": found})
    return render(request, "notices/unsubscribe.html", {"ending": found})
