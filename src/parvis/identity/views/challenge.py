"""Asking for a second factor: on the way in (halfway), and again before what is sensitive (signed in)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from parvis.ground import tenancy
from parvis.ground.pages import render
from parvis.ground.rules import public
from parvis.ground.tenancy import Refused
from parvis.identity import entry, lockout
from parvis.identity.entry import BOTH, HalfwayRequest, halfway, holder
from parvis.identity.factors import challenge as asking
from parvis.identity.factors import passkeys
from parvis.identity.factors.challenge import NOT_THIS_KEY, Answer, Verdict, Way
from parvis.identity.factors.changes import PASSKEY, PHONE, RECOVERY, TOTP
from parvis.identity.forms_factors import CodeForm, RecoveryForm
from parvis.identity.hashing import hashes_where
from parvis.identity.queries.factors import factors_of
from parvis.identity.replay import ASKED, asked_of, go_back
from parvis.identity.views.wanted import asked as wanted
from parvis.identity.views.wanted import next_page
from parvis.journal.actions import Actor, record
from parvis.post.telephone import Channel

JSON = ("POST",)
LABELS = {TOTP: "", PHONE: "Code reçu", RECOVERY: ""}


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a factor is asked for: the page's address, its passkey's, what it says, what follows a right answer."""

    url: str
    options: str
    passed: Callable[[HalfwayRequest, str], HttpResponse]
    again: bool


def _in(request: HalfwayRequest, kind: str) -> HttpResponse:
    by_way_of = ""
    if kind == RECOVERY:
        # Whoever had to use one has lost something: the page where it is put right comes first.
        by_way_of = reverse("identity:factors")
    return entry.finish(request, factor=kind, by_way_of=by_way_of)


def _confirmed(request: HalfwayRequest, kind: str) -> HttpResponse:
    entry.note_fresh(request)
    with tenancy.scope(person=request.person_id, role=tenancy.PERSON):
        actor = Actor(ref=None, person_id=request.person_id)
        record("identity.factor_given", actor=actor, person=request.person_id, after={"kind": kind})
    return go_back(request) or redirect("identity:factors")


HALFWAY = Situation("identity:challenge", "identity:challenge-passkey", _in, again=False)
AGAIN = Situation("identity:confirm", "identity:confirm-passkey", _confirmed, again=True)


@hashes_where(f"par={asking.RECOVERY_SLUG}")
@halfway(methods=BOTH)
def challenge(request: HalfwayRequest) -> HttpResponse:
    """« Confirmer que c’est bien vous », on the way in."""
    return _page(request, HALFWAY)


@hashes_where(f"par={asking.RECOVERY_SLUG}")
@holder(methods=BOTH)
def confirm(request: HalfwayRequest) -> HttpResponse:
    """The same, signed in, before what is sensitive."""
    if request.method == "POST" and entry.is_fresh(request):
        # Given in another tab, or by the first of two clicks.
        return go_back(request) or redirect("identity:factors")
    return _page(request, AGAIN)


def _page(request: HalfwayRequest, here: Situation) -> HttpResponse:
    held = factors_of(request.person_id)
    if not held.any:
        if here.again:
            # Taken away meanwhile: the way in leads to a first one.
            logout(request)
            messages.info(request, "Connectez-vous à nouveau pour continuer.")
            return redirect("identity:sign-in")
        return redirect("identity:enrol")
    where = passkeys.place(request)
    offered = asking.ways(held, where)
    way = asking.chosen(offered, request.GET.get("par", ""))
    form, problems = None, list[tuple[str, str]]()
    if way is not None and request.method == "POST":
        outcome = _answered(request, here, way, where)
        if isinstance(outcome, HttpResponse):
            return outcome
        form, problems = outcome
    waiting = asking.sent(request, request.person_id, way) if way is not None else None
    asked = asked_of(request) if here.again else None
    if way is not None and form is None:
        form = _form(way, None)
    return render(
        request,
        "identity/factors/challenge.html",
        {
            "here": here,
            "way": way,
            "others": [one for one in offered if one != way],
            "form": form,
            "problems": problems,
            "waiting": waiting,
            "sms": Channel.SMS,
            "trust": settings.PARVIS_BROWSER_TRUST,
            "trusts": request.state is not None and request.state.method != entry.UNBLOCK,
            "validity": settings.PARVIS_CODE_VALIDITY,
            "delay": settings.PARVIS_CODE_RESEND_DELAY,
            "typed": asked is not None and asked["post"],
            "back": (asked["back"] if asked else "") if here.again else reverse("identity:sign-in"),
            "at": partial(_at, request),
            "nowhere": bool(held.passkeys) and where is None,
        },
    )


def _at(request: HttpRequest, way: Way) -> str:
    """The query of the page's address for this way, still for what waits in this tab."""
    asked = request.GET.get(ASKED, "")
    return "?" + urlencode({"par": way.slug, **({ASKED: asked} if asked else {})})


def _form(way: Way, typed: Any) -> CodeForm | RecoveryForm:
    return RecoveryForm(typed) if way.kind == RECOVERY else CodeForm(typed, label=LABELS.get(way.kind, ""))


Shown = tuple[CodeForm | RecoveryForm | None, list[tuple[str, str]]]


def _answered(request: HalfwayRequest, here: Situation, way: Way, where: passkeys.Place | None) -> HttpResponse | Shown:
    """What a POST of the page does: asks for a code, or answers."""
    if way.kind == PHONE and "send" in request.POST:
        channel = next((one for one in way.channels if one.value == request.POST["send"]), way.channels[0])
        try:
            asking.send(request, request.person_id, way, channel)
            return redirect(reverse(here.url) + _at(request, way))
        except Refused as refusal:
            return None, [(refusal.message, "")]
    form = _form(way, request.POST)
    if way.kind == PASSKEY and where is not None:
        answer, _ = asking.answer_passkey(request, where, request.POST.get("credential", ""), request.person_id)
    elif form.is_valid():
        answer = asking.answer_code(request, request.person_id, way, form.cleaned_data["code"])
    else:
        return form, form.problems
    return _follow(request, here, way, form, answer)


def _follow(
    request: HalfwayRequest, here: Situation, way: Way, form: CodeForm | RecoveryForm, answer: Answer
) -> HttpResponse | Shown:
    if answer.verdict is Verdict.RIGHT:
        if answer.message:
            messages.info(request, answer.message)
        return here.passed(request, way.kind)
    if answer.verdict is Verdict.REFUSED:
        return lockout.refused_page(request)
    if way.kind == PASSKEY:
        return None, [(answer.message, "")]
    form.add_error("code", answer.message)
    return form, form.problems


# --- Passkeys: what the browser is given when its button is pressed --------------------------------------------------
def _options(request: HttpRequest, person_id: int = 0) -> HttpResponse:
    where = passkeys.place(request)
    if where is None:
        return JsonResponse({}, status=409)
    answer = JsonResponse(passkeys.request_options(request, where, person_id))
    answer["Cache-Control"] = "no-store"
    return answer


@halfway(methods=JSON)
def challenge_passkey(request: HalfwayRequest) -> HttpResponse:
    """A challenge for one of the person's passkeys, on the way in."""
    return _options(request, request.person_id)


@holder(methods=JSON)
def confirm_passkey(request: HalfwayRequest) -> HttpResponse:
    """The same, signed in."""
    return _options(request, request.person_id)


@public(methods=JSON)
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """A challenge for whichever passkey the browser knows for us: nobody is named."""
    return _options(request)


@public(methods=JSON)
def sign_in_passkey(request: HttpRequest) -> HttpResponse:
    """« Se connecter avec une clé d’accès »: the passkey is the only thing needed."""
    where = passkeys.place(request)
    answer, person_id = Answer(Verdict.WRONG, NOT_THIS_KEY), 0
    if where is not None:
        answer, person_id = asking.answer_passkey(request, where, request.POST.get("credential", ""))
    if answer.verdict is Verdict.RIGHT:
        return entry.begin(request, person_id, method="passkey", next=next_page(request), factor=PASSKEY)
    if answer.verdict is Verdict.REFUSED:
        return lockout.refused_page(request)
    messages.error(request, "Cette clé d’accès ne permet pas de vous connecter. Utilisez votre mot de passe.")
    suite = wanted(request)
    return redirect(f"{reverse('identity:sign-in')}?{urlencode({'suite': suite})}" if suite else "identity:sign-in")
