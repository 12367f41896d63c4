"""Who registers, and by which proof."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.rules import BOTH, POST, visitor
from parvis.establishments.models import Establishment
from parvis.ground import files, tenancy
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large
from parvis.identity import rates
from parvis.identity.providers.catalogue import name_of
from parvis.registration.actions import begun, proving
from parvis.registration.address import lines_of
from parvis.registration.forms import RegistrantForm
from parvis.registration.looking import Answer, Looked
from parvis.registration.models import Registration
from parvis.registration.sealed import grouped, unseal_coordinates
from parvis.registration.views.pages import looked, page, to_answer, to_start
from parvis.registration.visitors import Visit, forget, let_follow, may_follow, remember

SIRET_RATE = "contract"


def _given(held: Visit, seen: Looked) -> dict[str, Any]:
    """What the form begins with: what this browser typed already, or what the provider said."""
    if held.reference:
        with tenancy.scope(establishment=seen.establishment_id, read_only=True):
            found = Registration.objects.filter(reference=held.reference, state=Registration.State.STARTED).first()
        if found is not None:
            person = unseal_coordinates(found.coordinates)
            names = ("civility", "first_name", "last_name", "function", "unit", "email", "phone")
            return {**{name: getattr(person, name) for name in names}, "contract_number": found.contract_number}
    if held.stated is not None:
        stated = held.stated
        return {"first_name": stated.given_name, "last_name": stated.family_name, "email": stated.email}
    return {}


@visitor(methods=BOTH)
def person(request: HttpRequest) -> HttpResponse:
    """« Vos coordonnées », with the number of a contract on the classic path."""
    found = looked(request)
    if found is None:
        return to_start()
    held, seen = found
    if seen.answer is not Answer.FREE:
        return to_answer()
    with_contract = held.stated is None
    posted = request.POST if request.method == "POST" else None
    form = RegistrantForm(posted, initial=_given(held, seen), with_contract=with_contract)
    if posted is not None and form.is_valid():
        counted = rates.count_about(SIRET_RATE, seen.siret, limit="PARVIS_RATE_REGISTRATION_SIRET")
        if counted.over:
            return rates.too_many(request, counted.until)
        try:
            return _begun(request, held, seen, form)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
    return page(
        request,
        "person",
        {
            "form": form,
            "seen": seen,
            "held": held,
            "with_contract": with_contract,
            "provider": name_of(held.stated.slug) if held.stated else "",
            "problems": form.problems if form.is_bound else [],
        },
    )


def _begun(request: HttpRequest, held: Visit, seen: Looked, form: RegistrantForm) -> HttpResponse:
    stated = held.stated
    with tenancy.scope(establishment=seen.establishment_id):
        made = begun.begin(
            establishment_id=seen.establishment_id,
            coordinates=form.registrant(),
            way=Registration.Way.PROVIDER if stated else Registration.Way.CLASSIC,
            fund=seen.fund,
            contract_number=form.cleaned_data.get("contract_number", ""),
            provider=stated.slug if stated else "",
            earlier=held.reference,
        )
        held.reference, held.code = made.registration.reference, made.code
        if stated is not None and stated.authority:
            proving.by_provider(reference=held.reference)
    let_follow(request, held.reference)
    remember(request, held)
    if stated is not None and stated.authority:
        return _to_follow(request, held)
    return HttpResponseRedirect(reverse("registration:proof"))


def _to_follow(request: HttpRequest, held: Visit) -> HttpResponse:
    """The proof is sent: the follow-up page takes over, and shows the code a last time."""
    request.session["registration_code"] = [held.reference, held.code]
    forget(request)
    return HttpResponseRedirect(reverse("registration:follow", args=[held.reference]))


@visitor(methods=BOTH)
def proof(request: HttpRequest) -> HttpResponse:
    """« Votre preuve »: POST `preuve`: `courrier` or `documents`."""
    found = looked(request)
    if found is None:
        return to_start()
    held, seen = found
    if seen.answer is not Answer.FREE or not may_follow(request, held.reference):
        return to_answer() if not held.reference or seen.answer is not Answer.FREE else to_start()
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            _sent(request, held, seen)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            return _to_follow(request, held)
    with tenancy.scope(establishment=seen.establishment_id, read_only=True):
        address = lines_of(Establishment.objects.get(pk=seen.establishment_id))
    return page(
        request,
        "proof",
        {
            "seen": seen,
            "address": address,
            "reference": grouped(held.reference),
            "code": grouped(held.code),
            "validity": settings.PARVIS_POSTAL_VALIDITY,
            "problems": problems,
        },
    )


def _sent(request: HttpRequest, held: Visit, seen: Looked) -> None:
    chosen = request.POST.get("preuve", "")
    if chosen == "courrier":
        with tenancy.scope(establishment=seen.establishment_id):
            proving.by_post(reference=held.reference)
    elif chosen == "documents":
        clean = documents(request)
        with tenancy.scope(establishment=seen.establishment_id):
            proving.by_upload(reference=held.reference, documents=clean)
    else:
        raise Refused("Choisissez l’une des deux preuves : un courrier, ou un document.")


def documents(request: HttpRequest) -> list[files.Clean]:
    """The files of the form, as they may be kept. Raises Refused, about `documents`."""
    sent = [one for one in request.FILES.getlist("documents") if isinstance(one, UploadedFile)]
    if too_large(request):
        raise Refused(
            f"Un fichier est trop lourd : {settings.PARVIS_FILE_SIZE // 1_000_000} Mo au plus.", field="documents"
        )
    if len(sent) > settings.PARVIS_REGISTRATION_FILES:
        raise Refused(f"Envoyez {settings.PARVIS_REGISTRATION_FILES} documents au plus.", field="documents")
    return [files.accepted(one, field="documents") for one in sent]


@visitor(methods=POST)
def drop(request: HttpRequest) -> HttpResponse:
    """« Abandonner »: what this browser began is over."""
    found = looked(request)
    if found is not None:
        held, seen = found
        if held.reference and may_follow(request, held.reference):
            with tenancy.scope(establishment=seen.establishment_id):
                try:
                    begun.give_up(reference=held.reference)
                except Refused as refusal:
                    messages.error(request, refusal.message)
                    return to_start()
            messages.success(request, "Votre inscription est abandonnée : rien n’est ouvert.")
        forget(request)
    return to_start()
