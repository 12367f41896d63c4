"""« Suivre mon inscription », by its reference and its follow-up code; and the letter's code, typed or reported."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.rules import BOTH, POST, visitor
from parvis.ground import tenancy
from parvis.ground.pages.filters import plural
from parvis.ground.tenancy import Refused
from parvis.identity import rates
from parvis.post import postal
from parvis.post.postal import Outcome
from parvis.registration.actions import begun, proving
from parvis.registration.forms import FollowForm, PostedCodeForm, ReportForm
from parvis.registration.queries.following import followed
from parvis.registration.sealed import grouped, plain
from parvis.registration.views.details import documents
from parvis.registration.views.pages import page
from parvis.registration.visitors import let_follow, may_follow

FOLLOW_RATE = "follow-up"
WRONG = "Cette référence et ce code ne vont pas ensemble : vérifiez ce que vous avez noté."
SAID = {
    Outcome.DEAD: "Ce code ne sert plus : trop d’essais ont échoué, ou le courrier a été remplacé ou signalé. Demandez "
    "un nouveau courrier, ou envoyez un document.",
    Outcome.EXPIRED: "Ce code ne sert plus : son délai est passé. Demandez un autre courrier, ou envoyez un document.",
    Outcome.NONE: "Aucun courrier n’est en route pour cette inscription.",
}


@visitor(methods=BOTH)
def enter(request: HttpRequest, reference: str = "") -> HttpResponse:
    """Reference and code: five wrong codes in a window, whoever types them, and one has to wait."""
    given = {"reference": grouped(plain(reference)[:8])}
    form = FollowForm(request.POST if request.method == "POST" else None, initial=given)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["reference"][:8]
        for counted in (
            rates.count(request, rates.REGISTRATION),
            rates.count_about(FOLLOW_RATE, wanted, limit="PARVIS_REGISTRATION_FOLLOW_TRIES"),
        ):
            if counted.over:
                return rates.too_many(request, counted.until)
        if begun.follows(wanted, form.cleaned_data["code"]):
            let_follow(request, wanted)
            return HttpResponseRedirect(reverse("registration:follow", args=[wanted]))
        form.add_error("code", WRONG)
    return page(request, "enter", {"form": form, "problems": form.problems if form.is_bound else []})


@visitor(methods=BOTH)
def follow(request: HttpRequest, reference: str) -> HttpResponse:
    """Where the registration stands; POST `geste`: code, courrier, documents, perdu, abandonner."""
    reference = plain(reference)[:8]
    if not may_follow(request, reference):
        return HttpResponseRedirect(reverse("registration:follow-with", args=[reference or "x"]))
    where = begun.where_of(reference)
    form = PostedCodeForm(request.POST if request.POST.get("geste") == "code" else None)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            problems = _done(request, where, reference, form)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        if not problems:
            return HttpResponseRedirect(reverse("registration:follow", args=[reference]))
    with tenancy.scope(establishment=where, read_only=True):
        found = followed(reference)
    if found is None:
        return page(request, "gone", status=404)
    noted = request.session.get("registration_code", ["", ""])
    # Replaced from elsewhere since: it opens nothing any more.
    shown = noted[0] == reference and begun.is_follow_code(found.registration, noted[1])
    return page(
        request,
        "follow",
        {
            "found": found,
            "form": form,
            "problems": problems,
            "noted": grouped(noted[1]) if shown else "",
        },
    )


def _done(request: HttpRequest, where: int, reference: str, form: PostedCodeForm) -> list[tuple[str, str]]:
    """Do what was asked; what is wrong with it. Raises Refused."""
    gesture = request.POST.get("geste", "")
    if gesture == "code":
        return _typed(where, reference, form)
    sent = documents(request) if gesture == "documents" else []
    with tenancy.scope(establishment=where):
        if gesture == "courrier":
            proving.by_post(reference=reference)
            messages.success(request, "Un nouveau courrier est demandé : l’ancien ne sert plus.")
        elif gesture == "documents":
            proving.by_upload(reference=reference, documents=sent)
            messages.success(request, "Vos documents sont envoyés : des conseillers les vérifient.")
        elif gesture == "perdu":
            registration = begun.registration_for_update(reference)
            postal.report_stolen(kind=begun.LETTER, object_id=registration.pk)
            messages.success(request, "Le courrier est signalé : son code ne sert plus, et un conseiller vous répond.")
        elif gesture == "abandonner":
            begun.give_up(reference=reference)
            messages.success(request, "Votre inscription est abandonnée : rien n’est ouvert.")
        else:
            raise Refused("Choisissez ce que vous voulez faire.")
    return []


def _typed(where: int, reference: str, form: PostedCodeForm) -> list[tuple[str, str]]:
    if not form.is_valid():
        return form.problems
    with tenancy.scope(establishment=where):
        spent = proving.type_code(reference=reference, typed=form.cleaned_data["code"])
    if spent.outcome is Outcome.RIGHT:
        return []
    text = SAID.get(spent.outcome) or (
        "Ce code n’est pas celui du courrier : vérifiez chaque caractère. "
        f"Il vous reste {plural(spent.tries_left, 'essai', 'essais')}."
    )
    form.add_error("code", text)
    return form.problems


@visitor(methods=BOTH)
def report(request: HttpRequest) -> HttpResponse:
    """« Signaler un courrier »: whoever holds it stops it by its reference. The answer is the same in any case."""
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        counted = rates.count(request, rates.REGISTRATION)
        if counted.over:
            return rates.too_many(request, counted.until)
        if postal.report(form.cleaned_data["reference"]):
            return HttpResponseRedirect(reverse("registration:reported"))
        form.add_error("reference", "Aucun courrier ne porte cette référence : vérifiez ses douze caractères.")
    return page(request, "report", {"form": form, "problems": form.problems if form.is_bound else []})


@visitor()
def reported(request: HttpRequest) -> HttpResponse:
    """What follows a report."""
    return page(request, "reported")


@visitor(methods=POST)
def noted(request: HttpRequest) -> HttpResponse:
    """« C’est noté »: the follow-up code is shown no more."""
    reference, _ = request.session.pop("registration_code", ["", ""])
    if not reference:
        return HttpResponseRedirect(reverse("registration:follow-start"))
    return HttpResponseRedirect(reverse("registration:follow", args=[reference]))
