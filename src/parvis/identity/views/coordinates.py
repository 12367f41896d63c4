"""« Mes coordonnées », what changes there: an e-mail, a telephone; and the links that confirm or cancel."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from parvis.ground.pages import render
from parvis.ground.pages.filters import duration
from parvis.ground.pages.filters import phone as phone_shown
from parvis.ground.pages.kept import kept
from parvis.ground.rules import public
from parvis.ground.tenancy import Refused
from parvis.identity.actions import coordinates
from parvis.identity.actions.links import State, look
from parvis.identity.entry import BOTH, HalfwayRequest, holder
from parvis.identity.factors import telephone
from parvis.identity.factors.telephone import Said
from parvis.identity.forms_mine import CodeForm, EmailChangeForm, PhoneChangeForm
from parvis.identity.models import Code, Link
from parvis.identity.queries.coordinates import email_of, phone_of
from parvis.identity.views.mine import mine
from parvis.post.telephone import Channel, available

NOT_YOURS = "Cette coordonnée n’est plus la vôtre : rien n’est modifié."


@holder(methods=BOTH, fresh=True)
def email(request: HalfwayRequest, email_id: int = 0) -> HttpResponse:
    """A new address, in place of the one of that number, or besides (0)."""
    old = email_of(request.person_id, email_id) if email_id else ""
    if email_id and not old:
        messages.info(request, NOT_YOURS)
        return redirect("access:coordinates")
    typed = request.POST if request.method == "POST" else kept(request)
    form = EmailChangeForm(typed)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            address = form.cleaned_data["email"]
            try:
                coordinates.ask_email(person_id=request.person_id, instead_of=email_id, address=address)
                messages.success(
                    request,
                    f"Un courriel part vers {address} : ouvrez son lien pour confirmer."
                    + (f" Jusque-là, {old} reste en vigueur." if old else ""),
                )
                return redirect("access:coordinates")
            except Refused as refusal:
                problems = [(refusal.message, "id_email")]
        problems = problems or form.problems
    return mine(request, "email.html", {"form": form, "problems": problems, "old": old})


@holder(methods=("POST",))
def cancel(request: HalfwayRequest, change_id: int) -> HttpResponse:
    """« Annuler ce changement », signed in."""
    done = coordinates.cancel_own_change(person_id=request.person_id, change_id=change_id)
    if done.state is State.VALID:
        messages.success(request, "Le changement est annulé : vos coordonnées restent les mêmes.")
    else:
        messages.info(request, "Ce changement était déjà confirmé ou annulé.")
    return redirect("access:coordinates")


@public(methods=BOTH)
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address, from any browser. A GET shows the button and never uses the link up."""
    if request.method == "POST":
        done = coordinates.confirm_email(token=token)
        if done.state is State.VALID:
            if done.shared:
                messages.info(
                    request,
                    f"L’adresse {done.address} est confirmée et reçoit vos courriels. Une autre personne s’en sert "
                    "aussi : aucune de vous ne peut se connecter avec elle. Connectez-vous avec votre identifiant.",
                )
            else:
                messages.success(
                    request, f"L’adresse {done.address} est confirmée : elle vous permet de vous connecter."
                )
            return redirect("access:coordinates" if request.user.pk == done.person_id else "identity:sign-in")
    looked = look(token, Link.Purpose.EMAIL)
    return render(
        request,
        "identity/confirm_email.html",
        {"state": looked.state.value, "address": looked.address},
        status=200 if looked.state is State.VALID else 410,
    )


@public(methods=BOTH)
def cancel_change(request: HttpRequest, token: str) -> HttpResponse:
    """« Ce n’était pas moi »: the old address cancels. A GET shows the button and never uses the link up."""
    if request.method == "POST":
        done = coordinates.cancel_change(token=token)
        if done.state is State.VALID:
            if request.user.is_authenticated and request.user.pk == done.person_id:
                logout(request)
            return render(request, "identity/change_cancelled.html", {"address": done.address})
    looked = coordinates.look_at_change(token)
    return render(
        request,
        "identity/cancel_change.html",
        {"state": looked.state.value, "address": looked.address},
        status=200 if looked.state is State.VALID else 410,
    )


# --- A telephone -----------------------------------------------------------------------------------------------------
@holder(methods=BOTH, fresh=True)
def phone(request: HalfwayRequest, phone_id: int = 0) -> HttpResponse:
    """A new telephone; where codes can reach it, one has to come back first."""
    old = phone_of(request.person_id, phone_id) if phone_id else ""
    if phone_id and not old:
        messages.info(request, NOT_YOURS)
        return redirect("access:coordinates")
    carried = [channel for channel in Channel if available(channel)]
    typed = request.POST if request.method == "POST" else kept(request)
    form = PhoneChangeForm(typed, channels=carried, initial={"channel": Channel.SMS.value})
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            try:
                return _asked(request, phone_id, form)
            except Refused as refusal:
                problems = [(refusal.message, "id_channel" if refusal.field == "channel" else "id_phone")]
        problems = problems or form.problems
    return mine(request, "phone.html", {"form": form, "problems": problems, "old": old, "confirmed": bool(carried)})


def _asked(request: HalfwayRequest, phone_id: int, form: PhoneChangeForm) -> HttpResponse:
    number, wanted = form.cleaned_data["phone"], form.cleaned_data.get("channel", "")
    change_id, code_id = coordinates.ask_phone(
        person_id=request.person_id, instead_of=phone_id, number=number, wanted=wanted
    )
    if not code_id:
        coordinates.confirm_phone(person_id=request.person_id, change_id=change_id)
        return _changed(request, number)
    request.session["phone_change"] = {"change": change_id, "code": code_id}
    return redirect("identity:phone-code")


def _changed(request: HttpRequest, number: str) -> HttpResponse:
    messages.success(request, f"Votre téléphone est désormais le {phone_shown(number)}. Un courriel vous le confirme.")
    return redirect("access:coordinates")


@holder(methods=BOTH, fresh=True)
def phone_code(request: HalfwayRequest) -> HttpResponse:
    """The code that the new telephone received; POST `renvoyer` sends another."""
    waiting = request.session.get("phone_change") or {"change": 0, "code": 0}
    sent = telephone.sent(request.person_id, waiting["code"], Code.Purpose.PHONE)
    if sent is None:
        request.session.pop("phone_change", None)
        messages.info(request, "Ce code n’est plus valable : recommencez le changement de numéro.")
        return redirect("access:coordinates")
    form = CodeForm(request.POST if request.method == "POST" and "renvoyer" not in request.POST else None)
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and not form.is_bound:
        try:
            request.session["phone_change"] = {
                **waiting,
                "code": telephone.ask(
                    request.person_id, purpose=Code.Purpose.PHONE, number=sent.number, channel=sent.channel
                ),
            }
            messages.success(request, "Un nouveau code part. L’ancien ne sert plus.")
            return redirect("identity:phone-code")
        except Refused as refusal:
            problems = [(refusal.message, "")]
    elif form.is_bound:
        if form.is_valid():
            said = telephone.check(request.person_id, sent.id, Code.Purpose.PHONE, form.cleaned_data["code"])
            if said is Said.RIGHT:
                del request.session["phone_change"]
                if coordinates.confirm_phone(person_id=request.person_id, change_id=waiting["change"]):
                    return _changed(request, sent.number)
            if said is not Said.WRONG:
                request.session.pop("phone_change", None)
                messages.info(request, "Ce code n’est plus valable : recommencez le changement de numéro.")
                return redirect("access:coordinates")
            problems = [("Ce code ne convient pas : vérifiez-le, ou demandez-en un autre.", "id_code")]
        problems = problems or form.problems
    return mine(
        request,
        "phone_code.html",
        {"form": form, "problems": problems, "sent": sent, "validity": duration(settings.PARVIS_CODE_VALIDITY)},
    )
