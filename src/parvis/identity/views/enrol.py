"""Adding a second factor: the first one, between password and home, or a further one, signed in."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from parvis.ground.identifiers.numbers import takes_text
from parvis.ground.pages import render
from parvis.ground.pages.kept import kept
from parvis.ground.sealing import Unsealable, seal, unseal
from parvis.ground.tenancy import Refused
from parvis.identity import browsers, entry
from parvis.identity.backend import PersonBackend
from parvis.identity.employers import employers
from parvis.identity.entry import BOTH, HalfwayRequest, enrolling, holder
from parvis.identity.factors import passkeys, recovery, telephone, totp
from parvis.identity.factors.challenge import BUSY
from parvis.identity.factors.changes import PASSKEY, PHONE, TOTP
from parvis.identity.factors.passkeys import Unusable
from parvis.identity.factors.telephone import Said
from parvis.identity.forms_factors import CodeForm, NumberForm, PasskeyNameForm, SharingForm
from parvis.identity.hashing import Busy, hashes
from parvis.identity.models import Code
from parvis.identity.queries.factors import factors_of
from parvis.identity.views.parts import rules
from parvis.post.telephone import Channel, available

_APP, _PHONE = "enrolling_app", "enrolling_phone"
WRONG = "Ce code n’est pas celui de l’application. Attendez qu’elle affiche le suivant, puis recopiez-le."
WRONG_SENT = "Ce code ne convient pas : vérifiez-le, ou demandez-en un autre."
DEAD = "Ce code n’est plus valable : demandez-en un autre."


def _added(request: HalfwayRequest, kind: str, text: str) -> HttpResponse:
    """The first one lets in, past the offer of recovery codes; a further one leads back to the list."""
    if request.state is not None:
        return entry.finish(request, factor=kind, by_way_of=reverse("identity:codes"))
    entry.note_factors(request, factors_of(request.person_id))
    messages.success(request, text)
    return redirect("identity:factors")


def _first(request: HalfwayRequest) -> bool:
    return request.state is not None


@enrolling()
def enrol(request: HalfwayRequest) -> HttpResponse:
    """The choice: each way with whom it suits."""
    held, office = factors_of(request.person_id), employers().office(request.person_id)
    return render(
        request,
        "identity/factors/enrol.html",
        {
            "first": _first(request),
            "held": held,
            "passkeys_work": passkeys.place(request) is not None,
            "office": office,
            "telephone": not office and any(available(channel) for channel in Channel),
            "by_text": available(Channel.SMS),
            **rules(),
        },
    )


# --- An authenticator app --------------------------------------------------------------------------------------------
def _secret(request: HalfwayRequest) -> str:
    """The secret that this session proposes to that person, the same in each tab; drawn when there is none."""
    held = request.session.get(_APP)
    if held is not None and held["person"] == request.person_id:
        try:
            return unseal(held["secret"], purpose=_APP)
        except Unsealable:
            pass
    secret = totp.draw()
    request.session[_APP] = {"person": request.person_id, "secret": seal(secret, purpose=_APP)}
    return secret


@enrolling(methods=BOTH)
def app(request: HalfwayRequest) -> HttpResponse:
    """« Une application de codes »: the picture to take, and the first code."""
    secret = _secret(request)
    typed = request.POST if request.method == "POST" else kept(request)
    form = CodeForm(typed, label="Code affiché par l’application")
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            if totp.add(request.person_id, secret, form.cleaned_data["code"], browser=browsers.label(request)):
                request.session.pop(_APP, None)
                return _added(request, TOTP, "Votre application de codes est enregistrée.")
            form.add_error("code", WRONG)
        problems = form.problems
    address = totp.address(request.person_id, secret)
    return render(
        request,
        "identity/factors/app.html",
        {
            "form": form,
            "problems": problems,
            "first": _first(request),
            "picture": totp.picture(address),
            "address": address,
            "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            "replaces": factors_of(request.person_id).totp_since is not None,
        },
    )


# --- A passkey -------------------------------------------------------------------------------------------------------
@enrolling(methods=BOTH)
def passkey(request: HalfwayRequest) -> HttpResponse:
    """« Une clé d’accès »: its name; the browser makes it."""
    where = passkeys.place(request)
    if where is None:
        return redirect("identity:enrol")
    form = PasskeyNameForm(
        request.POST if request.method == "POST" else None, initial={"name": browsers.label(request)}
    )
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            try:
                passkeys.add(
                    request,
                    where,
                    request.person_id,
                    request.POST.get("credential", ""),
                    form.cleaned_data["name"],
                    browser=browsers.label(request),
                )
                return _added(request, PASSKEY, f"La clé d’accès « {form.cleaned_data['name']} » est enregistrée.")
            except Unusable:
                problems = [("La clé n’a pas pu être enregistrée : recommencez, ou choisissez un autre moyen.", "")]
        problems = problems or form.problems
    return render(
        request, "identity/factors/passkey.html", {"form": form, "problems": problems, "first": _first(request)}
    )


@enrolling(methods=("POST",))
def passkey_options(request: HalfwayRequest) -> HttpResponse:
    """What the browser is given to make it."""
    where, person = passkeys.place(request), PersonBackend().get_user(request.person_id)
    if where is None or person is None:
        return JsonResponse({}, status=409)
    answer = JsonResponse(passkeys.creation_options(request, where, person))
    answer["Cache-Control"] = "no-store"
    return answer


# --- A telephone -----------------------------------------------------------------------------------------------------
def _begun(request: HalfwayRequest) -> dict[str, object]:
    held = request.session.get(_PHONE)
    return held if held is not None and held["person"] == request.person_id else {}


@enrolling(methods=BOTH)
def phone(request: HalfwayRequest) -> HttpResponse:
    """« Un téléphone », first page: its number."""
    if not any(available(channel) for channel in Channel):
        return redirect("identity:enrol")
    numbers = telephone.own_numbers(request.person_id)
    typed = request.POST if request.method == "POST" else kept(request)
    form = NumberForm(typed, numbers=numbers)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        if not telephone.channels(number):
            form.add_error("number", "Aucun code ne peut partir vers un téléphone fixe : indiquez un mobile.")
        else:
            request.session[_PHONE] = {"person": request.person_id, "number": number}
            return redirect("identity:enrol-phone-how")
    return render(
        request,
        "identity/factors/phone.html",
        {
            "form": form,
            "problems": form.problems if request.method == "POST" else [],
            "first": _first(request),
            "numbers": numbers,
            "by_text": available(Channel.SMS),
            "by_voice": available(Channel.VOICE),
        },
    )


@enrolling(methods=BOTH)
def phone_how(request: HalfwayRequest) -> HttpResponse:
    """Second page: by SMS or by a call; whether others answer that telephone."""
    number = str(_begun(request).get("number", ""))
    channels = telephone.channels(number) if number else []
    if not channels:
        return redirect("identity:enrol-phone")
    shared = telephone.is_shared(request.person_id, number)
    typed = request.POST if request.method == "POST" else kept(request)
    form = SharingForm(typed, initial={"shared": shared})
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            channel = next((one for one in channels if one.value == request.POST.get("send")), channels[0])
            try:
                code_id = telephone.ask_for_factor(
                    request.person_id,
                    number=number,
                    channel=channel,
                    extension=form.cleaned_data["extension"] if channel is Channel.VOICE else "",
                    shared=form.cleaned_data["shared"],
                )
                request.session[_PHONE] = {
                    **_begun(request),
                    "code": code_id,
                    "extension": form.cleaned_data["extension"],
                    "shared": form.cleaned_data["shared"],
                }
                return redirect("identity:enrol-phone-code")
            except Refused as refusal:
                problems = [(refusal.message, "")]
        problems = problems or form.problems
    return render(
        request,
        "identity/factors/phone_how.html",
        {
            "form": form,
            "problems": problems,
            "first": _first(request),
            "number": number,
            "channels": [channel.value for channel in channels],
            "mobile": takes_text(number),
            "shared": shared,
        },
    )


@enrolling(methods=BOTH)
def phone_code(request: HalfwayRequest) -> HttpResponse:
    """Third page: the code that arrived."""
    begun = _begun(request)
    code_id = begun.get("code")
    waiting = telephone.sent(request.person_id, code_id, Code.Purpose.FACTOR) if isinstance(code_id, int) else None
    if waiting is None:
        messages.info(request, DEAD)
        return redirect("identity:enrol-phone-how" if begun else "identity:enrol-phone")
    form = CodeForm(
        request.POST if request.method == "POST" and "send" not in request.POST else None, label="Code reçu"
    )
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and not form.is_bound:
        try:
            request.session[_PHONE] = {
                **begun,
                "code": telephone.ask_for_factor(
                    request.person_id,
                    number=waiting.number,
                    channel=waiting.channel,
                    extension=waiting.extension,
                    shared=bool(begun.get("shared")),
                ),
            }
            messages.success(request, "Un nouveau code part. L’ancien ne sert plus.")
            return redirect("identity:enrol-phone-code")
        except Refused as refusal:
            problems = [(refusal.message, "")]
    elif form.is_bound:
        if form.is_valid():
            said = telephone.add(
                request.person_id, waiting.id, form.cleaned_data["code"], browser=browsers.label(request)
            )
            if said is Said.RIGHT:
                request.session.pop(_PHONE, None)
                return _added(request, PHONE, "Votre téléphone est enregistré.")
            form.add_error("code", WRONG_SENT if said is Said.WRONG else DEAD)
        problems = form.problems
    return render(
        request,
        "identity/factors/phone_code.html",
        {"form": form, "problems": problems, "first": _first(request), "waiting": waiting, **rules()},
    )


# --- Recovery codes --------------------------------------------------------------------------------------------------
@hashes
@holder(methods=BOTH)
def codes(request: HalfwayRequest) -> HttpResponse:
    """« Codes de secours »: offered after the first factor, or asked for. Shown once, in the answer to the button."""
    if not entry.is_fresh(request):
        # Never made again by the server: codes that nobody saw would have killed the former ones.
        return redirect("identity:codes") if request.method == "POST" else entry.ask_again(request)
    shown: list[str] = []
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            drawn = recovery.make(request.person_id, browser=browsers.label(request))
            shown = [recovery.shown(code) for code in drawn]
        except Busy:
            problems = [(BUSY, "")]
    held = factors_of(request.person_id)
    return render(
        request,
        "identity/factors/codes.html",
        {
            "codes": shown,
            "problems": problems,
            "first": "wanted" in request.session,
            "held": held,
            "person": request.user,
        },
    )


@holder()
def onwards(request: HalfwayRequest) -> HttpResponse:
    """« Continuer », after the pages that came between."""
    return entry.onwards(request)
