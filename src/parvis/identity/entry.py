"""The way in: between what somebody proved first (password, passkey, provider, first link) and an open session.

`begin` after the first proof; then the second factor, or the enrolment of a first one (halfway: the state is kept in
the anonymous session); then `finish`. A browser trusted since less than `PARVIS_BROWSER_TRUST` is not asked again.
"""

import datetime
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from parvis.ground import clock, tenancy
from parvis.ground.pages.kept import keep
from parvis.ground.rules import SAFE, Rule, View, ruled
from parvis.identity import browsers, lockout
from parvis.identity.actions.unblocking import unblock_oneself
from parvis.identity.backend import PersonBackend
from parvis.identity.employers import employers
from parvis.identity.models import Email, Person
from parvis.identity.providers import pending
from parvis.identity.queries.factors import Factors, factors_of
from parvis.identity.replay import note_asked
from parvis.journal.actions import Actor, record
from parvis.post.actions import queue

BACKEND = "parvis.identity.backend.PersonBackend"
BOTH = ("GET", "HEAD", "POST")
UNBLOCK = "unblock"
_HALFWAY = "halfway"


@dataclass(frozen=True, slots=True)
class Halfway:
    """Who proved what so far. `method`: password, first_link, passkey, provider; `next`: the page to land on.

    `unblock`: whoever opened the link that unblocks. Their second factor unblocks and opens no session.
    `said`: a message for the page to land on. `short_password`: one that is too short for who administers.
    `under`: the password in force then, as a session knows it: once it is changed, this proof is worth nothing.
    """

    person_id: int
    method: str
    at: float
    next: str
    provider: str = ""
    provider_session: str = ""
    said: str = ""
    short_password: bool = False
    under: str = ""


# --- The first proof -------------------------------------------------------------------------------------------------
def begin(
    request: HttpRequest,
    person_id: int,
    *,
    method: str,
    next: str,  # noqa: A002
    factor: str = "",
    provider: str = "",
    provider_session: str = "",
    said: str = "",
    short_password: bool = False,
) -> HttpResponse:
    """After the first proof. `factor`: the second one that came with it (a passkey, a provider that asked for two).

    `said`: a message for the page to land on, however many pages come before it.
    """
    if request.user.is_authenticated:
        logout(request)
    request.session.cycle_key()
    person = PersonBackend().get_user(person_id)
    state = Halfway(
        *(person_id, method, clock.now().timestamp(), next, provider, provider_session, said, short_password),
        under=person.get_session_auth_hash() if person else "",
    )
    request.session[_HALFWAY] = asdict(state)
    if method != UNBLOCK and employers().due_reset(person_id):
        # Every factor is gone: a first one is asked for, also of who showed a passkey or came with two from elsewhere.
        factor = ""
    if factor:
        return finish(request, factor=factor)
    held = factors_of(person_id)
    if not held.any:
        return HttpResponseRedirect(reverse("identity:enrol"))
    if method != UNBLOCK and browsers.trusted(request, person_id):
        return finish(request, factor="")
    return HttpResponseRedirect(reverse("identity:challenge"))


def halfway_of(request: HttpRequest) -> Halfway | None:
    """The state of whoever proved something not long ago in this browser; None otherwise."""
    held = request.session.get(_HALFWAY)
    if held is None:
        return None
    state = Halfway(**held)
    begun = datetime.datetime.fromtimestamp(state.at, datetime.UTC)
    return state if begun <= clock.now() < begun + settings.PARVIS_HALFWAY_VALIDITY else None


def finish(request: HttpRequest, *, factor: str, by_way_of: str = "") -> HttpResponse:
    """Open the session. `factor`: the kind of second factor just given, "" where the browser was trusted.

    `by_way_of`: a page to pass before the one to land on; `onwards` leads from it to that one.
    Must be called outside of any scope. Raises LookupError when nobody is halfway.
    """
    state = halfway_of(request)
    person = PersonBackend().get_user(state.person_id) if state else None
    if state is None or person is None:
        raise LookupError("Nobody is halfway in.")
    now = clock.now()
    del request.session[_HALFWAY]
    if not secrets.compare_digest(state.under, person.get_session_auth_hash()):
        messages.info(request, "Votre mot de passe a changé entre-temps : connectez-vous avec le nouveau.")
        return HttpResponseRedirect(reverse("identity:sign-in"))
    if state.method == UNBLOCK:
        unblock_oneself(person.pk)
        messages.success(request, "Votre compte est débloqué. Connectez-vous.")
        return HttpResponseRedirect(reverse("identity:sign-in"))
    if state.method != "passkey" and factor != "provider":
        # Neither went by the counters of passwords and codes: who is « Bloqué » there stays so.
        lockout.succeeded(request, person.pk)
    login(request, person, backend=BACKEND)
    request.session["entered_at"] = now.timestamp()
    request.session["label"] = browsers.label(request)
    request.session["provider"] = state.provider
    request.session["provider_session"] = state.provider_session
    if state.short_password:
        request.session["short_password"] = True
    note_factors(request, factors_of(person.pk))
    if factor:
        request.session["factor_at"] = now.timestamp()
    if factor == "provider":
        # Given elsewhere: some pages want one that was given here.
        request.session["factor_elsewhere"] = True
    land_on(request, pending.detour(request, next=state.next) or state.next, state.said)
    answer = HttpResponseRedirect(by_way_of) if by_way_of else onwards(request)
    with tenancy.scope(person=person.pk, role=tenancy.PERSON):
        # A factor that a provider asked for, perhaps hours ago, says nothing of this browser.
        seen = browsers.note(request, answer, person.pk, trust=factor not in ("", "provider"))
        record(
            "identity.signed_in",
            actor=Actor(ref=None, person_id=person.pk),
            person=person.pk,
            after={
                "method": state.method,
                "factor": factor or "browser",
                **({"provider": state.provider} if state.provider else {}),
            },
        )
        if seen.is_new and not seen.is_first:
            # At each of their addresses: whoever came in may have added one.
            mine = Email.objects.filter(person_id=person.pk, verified_at__isnull=False).order_by("id")
            for email_id in mine.values_list("pk", flat=True):
                queue(
                    "identity.new_browser",
                    object_id=seen.browser_id,
                    person=person.pk,
                    detail={"email": email_id},
                )
    return answer


def land_on(request: HttpRequest, path: str, said: str = "") -> None:
    """Where `onwards` leads, past the pages that come first."""
    request.session["wanted"] = [path, said]


def onwards(request: HttpRequest) -> HttpResponse:
    """On to the page that was wanted, with what it has to say; to the person's home where none was."""
    path, said = request.session.pop("wanted", ("", ""))
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(path or reverse("information:start"))


def note_factors(request: HttpRequest, held: Factors) -> None:
    """Remember in the session whether the person holds a factor that is no shared landline: rules ask for it."""
    request.session["strong_factor"] = held.strong


def stronger_first(request: HttpRequest) -> HttpResponse:
    """To the page that asks for a factor that is no shared landline; what was wanted, or typed, waits meanwhile."""
    if request.method == "POST":
        keep(request)
    land_on(request, request.get_full_path())
    return HttpResponseRedirect(reverse("identity:stronger"))


# --- A fresh factor --------------------------------------------------------------------------------------------------
def is_fresh(request: HttpRequest) -> bool:
    """Whether a second factor was given in this session within `PARVIS_FRESH_FACTOR`."""
    given = request.session.get("factor_at")
    if given is None:
        return False
    at = datetime.datetime.fromtimestamp(given, datetime.UTC)
    return at <= clock.now() < at + settings.PARVIS_FRESH_FACTOR


def note_fresh(request: HttpRequest) -> None:
    """A second factor was just given by who is signed in: from now on under a new session key. Outside of any scope."""
    request.session.cycle_key()
    request.session.pop("factor_elsewhere", None)
    request.session["factor_at"] = clock.now().timestamp()


def ask_again(request: HttpRequest, *, whole: bool = False) -> HttpResponse:
    """To the page that asks for a second factor, and back: a POST is kept, and made again once the factor is given.

    `whole`: looking at the page wants a fresh factor too. Who gives up is not led back to it then: it would ask anew.
    """
    posted = request.method == "POST"
    if posted:
        keep(request)
    query = note_asked(request, back=request.get_full_path() if posted and not whole else "")
    return HttpResponseRedirect(reverse("identity:confirm") + query)


# --- Rules -----------------------------------------------------------------------------------------------------------
def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; what was typed in a lost session is kept.

    Not back to an address that shows no page: nothing was typed there.
    """
    rule = getattr(request.resolver_match.func, "rule", None) if request.resolver_match else None
    if rule is not None and "GET" not in rule.methods:
        return HttpResponseRedirect(reverse("identity:sign-in"))
    if request.method == "POST":
        keep(request)
    return HttpResponseRedirect(f"{reverse('identity:sign-in')}?{urlencode({'suite': request.get_full_path()})}")


def to_longer_password(request: HttpRequest) -> HttpResponse:
    """To the page where who administers chooses a longer password, and back; what was typed is kept."""
    if request.method == "POST":
        keep(request)
    return HttpResponseRedirect(
        f"{reverse('identity:longer-password')}?{urlencode({'suite': request.get_full_path()})}"
    )


class HalfwayRequest(HttpRequest):
    """A request that passed `halfway`, `enrolling` or `holder`: `person_id` is who acts; `state` who is halfway."""

    user: Person
    person_id: int
    state: Halfway | None


def halfway(*, methods: tuple[str, ...] = SAFE) -> Callable[[View], View]:
    """Whoever gave the first proof and has not given the second. No scope is opened: actions open theirs."""

    def around(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        state = halfway_of(request)
        if state is None:
            return HttpResponseRedirect(reverse("identity:sign-in"))
        request.state, request.person_id = state, state.person_id  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return ruled(Rule("halfway", methods=methods), around)


def holder(*, methods: tuple[str, ...] = SAFE, fresh: bool = False) -> Callable[[View], View]:
    """Whoever is signed in, on identity's own pages; `fresh`: with a fresh second factor. No scope is opened."""

    def around(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        request.state, request.person_id = None, request.user.pk  # type: ignore[attr-defined]
        request.frame = employers().frame(request)  # type: ignore[attr-defined]
        if fresh and not is_fresh(request):
            return ask_again(request, whole=True)
        return view(request, *args, **kwargs)

    return ruled(Rule("signed in", methods=methods), around)


def enrolling(*, methods: tuple[str, ...] = SAFE) -> Callable[[View], View]:
    """Whoever adds a factor: signed in with a fresh one, or halfway in and without any yet."""
    signed_in = holder(methods=methods, fresh=True)

    def decorator(view: View) -> View:
        as_holder = signed_in(view)

        def around(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            state = halfway_of(request)
            if request.user.is_authenticated or state is None:
                return as_holder(request, *args, **kwargs)
            if state.method == UNBLOCK:
                # The link opens a mailbox's owner nothing but the unblocking.
                return HttpResponseRedirect(reverse("identity:sign-in"))
            if factors_of(state.person_id).any:
                return HttpResponseRedirect(reverse("identity:challenge"))
            request.state, request.person_id = state, state.person_id  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return ruled(Rule("enrolling", methods=methods), around)(view)

    return decorator
