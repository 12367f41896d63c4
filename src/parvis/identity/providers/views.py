"""To a provider and back; an account linked; signing out, from here or from there.

A provider's page is reached by a link, never by a form: the answer to a form may not lead to another site (CSP).
"""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from parvis.ground import clock
from parvis.ground.identifiers.text import sort_key
from parvis.ground.identifiers.tokens import draw_token
from parvis.ground.pages import render
from parvis.ground.pages.filters import siret as grouped
from parvis.ground.rules import public
from parvis.ground.tenancy import Refused
from parvis.identity.employers import employers
from parvis.identity.entry import BOTH, HalfwayRequest, ask_again, begin, holder, is_fresh
from parvis.identity.providers import actions, client, leaving, pending, purposes, states, tokens
from parvis.identity.providers.catalogue import Provider, name_of, provider
from parvis.identity.providers.identify import Identified, identify
from parvis.identity.providers.states import Started
from parvis.identity.queries.factors import factors_of
from parvis.identity.views.wanted import asked

GET = ("GET",)
POST = ("POST",)
# The shortest session identifier that is taken for one: shorter ones could be counted up.
_UNGUESSABLE = 16


def _provider(slug: str) -> Provider:
    found = provider(slug)
    if found is None:
        raise Http404
    return found


def _back_address(slug: str) -> str:
    return settings.PARVIS_ADDRESS + reverse("identity:provider-back", args=[slug])


def _refused(
    request: HttpRequest, there: Provider, why: str, *, status: int, started: Started | None = None
) -> HttpResponse:
    """Why it did not come about, and how to go on all the same. `why`: a key of the page's texts."""
    if request.user.is_authenticated:
        request.frame = employers().frame(request)  # type: ignore[attr-defined]
    wanted = started.next if started else ""
    suite = f"?{urlencode({'suite': wanted})}" if wanted else ""
    meant = purposes.purpose(started.purpose) if started and started.purpose else None
    return render(
        request,
        "identity/providers/refused.html",
        {
            "name": there.name,
            "slug": there.slug,
            "why": why,
            "suite": suite,
            "instead": meant.instead if meant else "",
            "onward": wanted,
            "again": reverse(meant.again, args=[there.slug]) if meant else "",
            "taken": actions.taken(there.slug),
            "signed_in": request.user.is_authenticated,
            "minutes": int(settings.PARVIS_PROVIDERS_STATE_VALIDITY.total_seconds() // 60),
        },
        status=status,
    )


# --- There -----------------------------------------------------------------------------------------------------------
@public(methods=GET)
def sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """« Se connecter avec … »: to the provider."""
    there = _provider(slug)
    wanted = asked(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted or reverse("information:start"))
    return leave_for(request, there, states.new(slug, next=wanted))


@holder(methods=GET, fresh=True)
def add(request: HalfwayRequest, slug: str) -> HttpResponse:
    """« Relier un compte »: to the provider, for who is signed in with a fresh second factor."""
    there = _provider(slug)
    wanted = asked(request) or reverse("identity:ways")
    return leave_for(request, there, states.new(slug, next=wanted, person_id=request.person_id))


def leave_for(request: HttpRequest, there: Provider, started: Started) -> HttpResponse:
    """To the provider's page, with what was begun kept in this browser."""
    state = draw_token()
    try:
        address = client.authorization_address(
            there,
            redirect_uri=_back_address(there.slug),
            state=state,
            nonce=started.nonce,
            verifier=started.verifier,
        )
    except client.Unreachable:
        return _refused(request, there, "unreachable", status=503, started=started)
    states.keep(request, state, started)
    answer = HttpResponseRedirect(address)
    answer["Cache-Control"] = "no-store"
    return answer


# --- And back --------------------------------------------------------------------------------------------------------
@public(methods=GET)
def come_back(request: HttpRequest, slug: str) -> HttpResponse:
    """The browser comes back from the provider with a code, or with a reason why not."""
    answer = _come_back(request, _provider(slug))
    answer["Cache-Control"] = "no-store"
    return answer


def _come_back(request: HttpRequest, there: Provider) -> HttpResponse:
    said = request.GET
    started = states.claim(request, there.slug, said.get("state", ""))
    if started is None:
        return _refused(request, there, "stale", status=400)
    if started.person_id and request.user.pk != started.person_id:
        # Whoever began to add an account is signed in no more, or somebody else is.
        return _refused(request, there, "stale", status=400)
    try:
        # RFC 9207: the answer of one provider is not taken for another's.
        names_itself = client.metadata(there).names_itself
        if said.get("iss", "" if names_itself else there.issuer) != there.issuer:
            return _refused(request, there, "untrusted", status=400, started=started)
        if "error" in said:
            return _declined(request, there, started, said["error"])
        found = identify(there, started, code=said.get("code", ""), redirect_uri=_back_address(there.slug))
    except client.Unreachable:
        return _refused(request, there, "unreachable", status=503, started=started)
    except client.CodeRefused:
        return _refused(request, there, "stale", status=400, started=started)
    except tokens.Untrusted:
        return _refused(request, there, "untrusted", status=400, started=started)
    if started.purpose:
        return purposes.purpose(started.purpose).taker(request, found, started)
    return _add(request, found, started) if started.person_id else _enter(request, found, started)


def _declined(request: HttpRequest, there: Provider, started: Started, error: str) -> HttpResponse:
    if error == "access_denied":
        messages.info(
            request,
            f"La connexion avec « {there.name} » a été abandonnée. Vous pouvez la recommencer"
            + ("." if started.inside else ", ou vous connecter avec votre identifiant et votre mot de passe."),
        )
        return HttpResponseRedirect(started.next) if started.inside else _to_sign_in(started.next)
    unwell = error in ("server_error", "temporarily_unavailable")
    return _refused(
        request, there, "unreachable" if unwell else "failed", status=503 if unwell else 400, started=started
    )


def _to_sign_in(next: str) -> HttpResponse:  # noqa: A002
    return HttpResponseRedirect(reverse("identity:sign-in") + (f"?{urlencode({'suite': next})}" if next else ""))


def _enter(request: HttpRequest, found: Identified, started: Started) -> HttpResponse:
    """A sign-in: whose account it is enters; nobody's is kept until its owner has signed in with a password."""
    there = found.provider
    owner = actions.owner_of(there.slug, found.subject)
    if not owner:
        _wait(request, found, started.next)
        return (
            HttpResponseRedirect(reverse("identity:provider-link"))
            if request.user.is_authenticated
            else (_to_sign_in(started.next))
        )
    pending.drop(request)
    if request.user.pk == owner:
        return HttpResponseRedirect(started.next or reverse("information:start"))
    actions.note_used(person_id=owner, slug=there.slug, subject=found.subject)
    # Two factors there stand for the second one here, not for the first enrolment: everybody holds one of ours.
    trusted = found.two_factors and factors_of(owner).any
    page = started.next or _home(request, owner, found.siret, there.slug)
    answer = begin(
        request,
        owner,
        method="provider",
        next=page,
        factor="provider" if trusted else "",
        provider=there.slug,
        provider_session=found.session,
    )
    leaving.remember(request, there.slug, found.id_token)
    # Signing out there ends this session, even while the second factor is still asked for here.
    request.session["provider"], request.session["provider_session"] = there.slug, found.session
    if trusted and request.user.is_authenticated:
        # It was given when the provider says, which may be hours ago: acts that want a fresh one ask again.
        if found.factor_at is None:
            request.session.pop("factor_at", None)
        else:
            request.session["factor_at"] = found.factor_at
    return answer


def _wait(request: HttpRequest, found: Identified, next: str) -> None:  # noqa: A002
    pending.put(request, slug=found.provider.slug, subject=found.subject, name=found.name, siret=found.siret, next=next)


def _home(request: HttpRequest, person_id: int, siret: str, slug: str) -> str:
    """The establishment that the provider names, if the person has an account there; otherwise the ordinary start."""
    if siret:
        if home := employers().home(person_id, siret):
            return home
        messages.info(
            request,
            f"« {name_of(slug)} » vous présente pour l’établissement {grouped(siret)}, "
            "où vous n’avez pas de compte Parvis.",
        )
    return reverse("information:start")


def _add(request: HttpRequest, found: Identified, started: Started) -> HttpResponse:
    """An account to add to the signed-in person's: a page asks before it is linked."""
    there = found.provider
    owner = actions.owner_of(there.slug, found.subject)
    if owner == started.person_id:
        messages.info(request, f"Ce compte « {there.name} » est déjà relié au vôtre.")
        return HttpResponseRedirect(started.next)
    if owner:
        return _refused(request, there, "taken", status=409)
    _wait(request, found, started.next)
    return HttpResponseRedirect(reverse("identity:provider-link"))


# --- Linking ---------------------------------------------------------------------------------------------------------
@holder(methods=BOTH)
def link(request: HalfwayRequest) -> HttpResponse:
    """« Relier ce compte »: names both accounts; POST links them with a fresh second factor, or gives it up."""
    waiting = pending.held(request)
    if waiting is None:
        return HttpResponseRedirect(reverse("information:start"))
    there = _provider(waiting.provider)
    if request.method == "POST":
        if request.POST.get("choix") == "renoncer":
            pending.drop(request)
            messages.info(request, f"Le compte « {there.name} » n’a pas été relié.")
            return HttpResponseRedirect(waiting.next or reverse("information:start"))
        if not is_fresh(request):
            return ask_again(request)
        pending.drop(request)
        try:
            actions.link(person_id=request.person_id, slug=there.slug, subject=waiting.subject)
        except Refused:
            return _refused(request, there, "taken", status=409)
        messages.success(request, f"Votre compte « {there.name} » vous permet désormais de vous connecter à Parvis.")
        return HttpResponseRedirect(
            waiting.next
            if waiting.next not in ("", reverse("information:start"))
            else _home(request, request.person_id, waiting.siret, there.slug)
        )
    return render(
        request,
        "identity/providers/link.html",
        {
            "name": there.name,
            "account": waiting.name,
            "person": f"{request.user.first_name} {request.user.last_name}",
            "differs": _differs(waiting.name, request.user.last_name),
            "fresh": is_fresh(request),
            "administrators": employers().administrators(request.person_id),
        },
    )


def _differs(account: str, last_name: str) -> bool:
    """Whether the provider's account bears another name than the person: at a shared computer, a mistake is near."""
    if not account or "@" in account:
        return False
    return not set(sort_key(last_name).split()) & set(sort_key(account).split())


@public(methods=POST)
def give_up(request: HttpRequest) -> HttpResponse:
    """« Ne pas relier » on the sign-in page: the account waits no more."""
    pending.drop(request)
    return HttpResponseRedirect(reverse("identity:sign-in"))


# --- Signing out there, after here ---------------------------------------------------------------------------------
@public(methods=GET)
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """The session here is over: on to the provider, which ends its own. It does not answer: it is said."""
    there = _provider(slug)
    try:
        address = leaving.address(request, there)
    except LookupError:
        return HttpResponseRedirect(reverse("identity:sign-in"))
    except client.Unreachable:
        address = ""
    answer = render(request, "identity/providers/leave.html", {"name": there.name, "address": address})
    answer["Cache-Control"] = "no-store"
    if address:
        # Not a redirection: the sign-out came from a form, whose answer may not lead to another site.
        answer["Refresh"] = f"0; url={address}"
    return answer


@public(methods=GET)
def left(request: HttpRequest, slug: str) -> HttpResponse:
    """Back from the provider's own sign-out."""
    there = _provider(slug)
    if leaving.back(request, there.slug, request.GET.get("state", "")):
        messages.success(request, f"Vous êtes déconnecté de Parvis et de « {there.name} ». À bientôt.")
    return HttpResponseRedirect(reverse("identity:sign-in"))


# --- Signed out here, because there ----------------------------------------------------------------------------------
@csrf_exempt
@public(methods=POST)
def back_channel(request: HttpRequest, slug: str) -> HttpResponse:
    """The provider's server says that somebody signed out there (OpenID Connect Back-Channel Logout 1.0)."""
    there = _provider(slug)
    try:
        said = tokens.logout_token(there, request.POST.get("logout_token", ""))
    except tokens.Untrusted:
        return _to_machine({"error": "invalid_request", "error_description": "The logout token is not valid."}, 400)
    except client.Unreachable:
        return _to_machine({"error": "temporarily_unavailable"}, 503)
    until = clock.now() + 2 * settings.PARVIS_PROVIDERS_LOGOUT_AGE
    with transaction.atomic():
        if not actions.spend(f"logout:{slug}:{said.token_id}", until=until):
            return _to_machine({"error": "invalid_request", "error_description": "The logout token has served."}, 400)
        actions.end_sessions(slug=slug, session=said.session, subject=said.subject)
    return _to_machine({}, 200)


@public(methods=GET)
def front_channel(request: HttpRequest, slug: str) -> HttpResponse:
    """The same through the browser (OpenID Connect Front-Channel Logout 1.0), where the provider has no other way.

    Our cookie does not come with it: the provider's session is named, by an identifier that nobody guesses.
    """
    there = _provider(slug)
    session = request.GET.get("sid", "")
    if request.GET.get("iss") == there.issuer and len(session) >= _UNGUESSABLE and session.isprintable():
        actions.end_sessions(slug=slug, session=session, subject="")
    answer = HttpResponse(content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


def _to_machine(said: dict[str, Any], status: int) -> HttpResponse:
    answer = JsonResponse(said, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
