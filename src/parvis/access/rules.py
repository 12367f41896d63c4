"""Who may open a view: signed in · member · administrator · service at a level. One decorator per view.

A decorator opens the request's scope in one statement, loads who the person is here in one more, decides, and runs the
view inside the transaction: READ ONLY for a GET. Answers: not signed in → the sign-in page; no membership in the
establishment of the address → 404; a level too low → 403 that names the administrators to ask.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse

from parvis.access import registry
from parvis.access.decision import Decision, decide, granted, mandate_behind
from parvis.access.delegation.visits import note_delegate
from parvis.access.frame import member_frame, note_visited, person_frame
from parvis.access.handing.returning import missed, note_return
from parvis.access.levels import Level
from parvis.access.refusals import refuse
from parvis.access.review.uses import note_use
from parvis.access.seen import through_their_eyes
from parvis.access.standing import Standing, standing
from parvis.access.succession.became import became
from parvis.advisers.seeing import begun
from parvis.ground import clock, tenancy
from parvis.ground.pages import Frame, render
from parvis.ground.rules import SAFE, Rule, View, ruled
from parvis.identity.entry import stronger_first, to_longer_password, to_sign_in
from parvis.identity.models import Person

BOTH = ("GET", "HEAD", "POST")
POST = ("POST",)


class SignedInRequest(HttpRequest):
    """A request that passed `signed_in`."""

    user: Person
    frame: Frame | None


class MemberRequest(SignedInRequest):
    """A request that passed `member`, `administrator` or `service`: the latter alone sets `decision` and `service`."""

    standing: Standing
    decision: Decision
    service: registry.Service


def _checked(answer: HttpResponse) -> HttpResponse:
    """Streaming would read the database after the transaction, and see nothing: refused."""
    if answer.streaming and not getattr(answer, "complete", False):
        raise RuntimeError("A streaming answer would be empty: write it to a file inside the transaction.")
    return answer


def signed_in(*, methods: tuple[str, ...] = SAFE) -> Callable[[View], View]:
    """Whoever signed in: pages about the person, under the role `parvis_person`."""

    def around(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if request.session.get("short_password"):
            return to_longer_password(request)
        request.frame = person_frame(request)  # type: ignore[attr-defined]
        with tenancy.scope(person=request.user.pk, role=tenancy.PERSON, read_only=request.method in SAFE):
            return _checked(view(request, *args, **kwargs))

    return ruled(Rule("signed in", methods=methods), around)


def visitor(*, methods: tuple[str, ...] = SAFE) -> Callable[[View], View]:
    """Everybody; whoever signed in sees the page in their own frame."""

    def around(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            request.frame = person_frame(request)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return ruled(Rule("visitor", methods=methods), around)


def _visited(request: HttpRequest, who: Standing) -> None:
    """Note the visit to this establishment, at most every five minutes, in a short transaction of its own.

    It begins a new period, so that whoever is « À renouveler » leaves none: they renew themselves instead. Whoever
    administers comes back with it: what a deputy did in their place ends.
    """
    if who.delegate is not None:
        note_delegate(request.session, who, who.delegate)
        return
    now, late = clock.now(), False
    last = who.last_visit_at
    if not who.renewing and (last is None or not last <= now < last + settings.PARVIS_VISIT_PRECISION):
        with tenancy.scope(person=who.person_id, establishment=who.establishment_id), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE access_membership SET last_visit_at = %s, expired_at = NULL "
                "WHERE id = %s AND establishment_id = %s",
                [now, who.membership_id, who.establishment_id],
            )
            late = missed(who)
    note_return(who, missed=late)


def _inside(
    view: View,
    request: HttpRequest,
    siret: str,
    judge: Callable[[HttpRequest, Standing], HttpResponse | None],
    args: Any,
    kwargs: Any,
    *,
    while_renewing: bool = False,
) -> HttpResponse:
    if not request.user.is_authenticated:
        return to_sign_in(request)
    if request.session.get("short_password"):
        return to_longer_password(request)
    if begun(request):
        return through_their_eyes(view, request, siret, judge, args, kwargs)
    person = request.user.pk
    with tenancy.scope(
        person=person, establishment=tenancy.Lookup("access_enter", (person, siret)), read_only=request.method in SAFE
    ) as here:
        who = standing(person, here.establishment) if here.establishment else None
        if who is not None:
            request.standing = who  # type: ignore[attr-defined]
            request.frame = member_frame(request, who)  # type: ignore[attr-defined]
            if not who.enters:
                refusal: HttpResponse | None = refuse(request, who, what="closed")
            else:
                refusal = judge(request, who)
                if refusal is None and who.renewing and request.method not in SAFE and not while_renewing:
                    refusal = refuse(request, who, what="renewing")
            answer = refusal or _checked(view(request, *args, siret=siret, **kwargs))
    if who is None:
        # An establishment of others and one that does not exist look the same.
        request.frame = person_frame(request)  # type: ignore[attr-defined]
        if request.method in SAFE and (found := became(person, siret)) is not None:
            return render(request, "access/became.html", {"became": found})
        raise Http404
    note_visited(request, who)
    if who.enters and answer.status_code < 400:
        _visited(request, who)
    return answer


def member(
    *, methods: tuple[str, ...] = SAFE, delegates: bool = False, while_renewing: bool = False
) -> Callable[[View], View]:
    """Whoever has an active account in the establishment of the address; `delegates`: who works for it too.

    `while_renewing`: a POST that changes nothing, which who is « À renouveler » may send too.
    """

    def judge(request: HttpRequest, who: Standing) -> HttpResponse | None:
        return refuse(request, who, what="delegate") if who.delegate and not delegates else None

    def around(view: View, request: HttpRequest, *args: Any, siret: str, **kwargs: Any) -> HttpResponse:
        return _inside(view, request, siret, judge, args, kwargs, while_renewing=while_renewing)

    return ruled(Rule("member", methods=methods), around)


def administrator(*, methods: tuple[str, ...] = SAFE, while_renewing: bool = False) -> Callable[[View], View]:
    """The establishment's administrators alone, with a factor that is more than a shared landline.

    `while_renewing`: who is « À renouveler » may write here too. Whoever got the profile through a recovery opens no
    page on which something may be changed until their limit has passed, so that nobody fills a form in for nothing.
    """

    def judge(request: HttpRequest, who: Standing) -> HttpResponse | None:
        if not who.administers:
            return refuse(request, who, what="delegate" if who.delegate else "administrator")
        if who.limited and set(methods) - set(SAFE):
            return refuse(request, who, what="limited")
        return None if request.session.get("strong_factor") else stronger_first(request)

    def around(view: View, request: HttpRequest, *args: Any, siret: str, **kwargs: Any) -> HttpResponse:
        return _inside(view, request, siret, judge, args, kwargs, while_renewing=while_renewing)

    return ruled(Rule("administrator", methods=methods), around)


def service(code: str, level: Level, *, methods: tuple[str, ...] = SAFE) -> Callable[[View], View]:
    """Whoever holds the service at that level or higher."""

    def judge(request: HttpRequest, who: Standing) -> HttpResponse | None:
        declared = registry.get(code)
        if declared is None:
            raise LookupError(f"No service is declared under {code!r}.")
        decision = decide(who, declared)
        request.decision = decision  # type: ignore[attr-defined]
        request.service = declared  # type: ignore[attr-defined]
        if decision.level >= level:
            return None
        # Their right would do: they only have to renew their access before.
        what = "renewing" if who.renewing and granted(who, declared) >= level else "service"
        what = "terms" if who.terms.closed else what
        return refuse(request, who, what=what, service=declared, level=level)

    def around(view: View, request: HttpRequest, *args: Any, siret: str, **kwargs: Any) -> HttpResponse:
        answer = _inside(view, request, siret, judge, args, kwargs)
        who: Standing | None = getattr(request, "standing", None)
        if who is not None and answer.status_code < 400 and not begun(request):
            note_use(request.session, who, code)
            if who.delegate is None and (mandate := mandate_behind(request.decision)) is not None:  # type: ignore[attr-defined]
                # With an account of their own besides: here they work by the delegation.
                note_delegate(request.session, who, mandate)
        return answer

    return ruled(Rule("service", service=code, level=int(level), methods=methods), around)
