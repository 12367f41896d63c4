"""The public pages: the request, its follow-up, and the link by which somebody objects. Nobody is signed in."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from parvis.access.models import Membership
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.ground.adviser_line import ADVISER_LINE
from parvis.ground.pages import render
from parvis.ground.pages.filters import plural
from parvis.ground.rules import public
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large
from parvis.identity import rates
from parvis.post.postal import Outcome
from parvis.post.postal.actions import plain
from parvis.recovery.actions import Opened, Request, add_proofs, object_to, open_case, type_code, withdraw
from parvis.recovery.actions.following import opened_with
from parvis.recovery.actions.objecting import contestable, read
from parvis.recovery.forms import CodeForm, FollowForm, ObjectionForm, RequestForm, WithFiles
from parvis.recovery.models import Case
from parvis.recovery.queries import Place, followed, look
from parvis.recovery.sealed import hashed, shown, unseal_coordinates

BOTH = ("GET", "HEAD", "POST")
# In the session: the request that this browser follows, the code to show once, whether it replaces a lost one.
FOLLOWED, TO_SHOW, RENEWED = "recovery", "recovery_code", "recovery_renewed"
SAID = {
    Outcome.RIGHT: "Le code est bon. Des conseillers examinent maintenant votre demande.",
    Outcome.DEAD: f"Ce courrier ne sert plus. Appelez un conseiller au {ADVISER_LINE.phone} pour en recevoir un autre.",
    Outcome.EXPIRED: f"Ce courrier a expiré. Appelez un conseiller au {ADVISER_LINE.phone} pour en recevoir un autre.",
    Outcome.NONE: "Aucun courrier n’attend de code pour cette demande.",
}


@public(methods=BOTH)
def start(request: HttpRequest) -> HttpResponse:
    """« Retrouver l’accès »: the form. What was typed is kept; files are to be chosen again."""
    posted = request.method == "POST"
    form = RequestForm(
        request.POST if posted else None, request.FILES if posted else None, too_large=too_large(request)
    )
    if posted:
        counted = rates.count(request, rates.RECOVERY)
        if counted.over:
            return rates.too_many(request, counted.until)
        if form.is_valid() and (opened := _opened(form)) is not None:
            request.session[FOLLOWED] = [opened.case.establishment_id, opened.case.pk]
            request.session[TO_SHOW] = opened.code
            return redirect("recovery:received")
    problems = form.problems if posted else []
    return render(request, "recovery/start.html", {"form": form, "problems": problems, **_limits()})


def _limits() -> dict[str, Any]:
    return {
        "days": plural(settings.PARVIS_RECOVERY_TARGET_DAYS, "jour ouvré", "jours ouvrés"),
        "limit": plural(settings.PARVIS_RECOVERY_LIMIT.days, "jour", "jours"),
        "files": settings.PARVIS_RECOVERY_FILES,
        "size": settings.PARVIS_FILE_SIZE // 1_000_000,
    }


def _opened(form: RequestForm) -> Opened | None:
    place = _place(form)
    proofs = form.clean_proofs() if place is not None else []
    if place is None or form.errors:
        return None
    asked = Request(form.coordinates(), Case.Why(form.cleaned_data["why"]), form.cleaned_data["explanation"])
    try:
        with tenancy.scope(establishment=place.establishment_id):
            return open_case(establishment_id=place.establishment_id, fund=place.fund, request=asked, proofs=proofs)
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return None


def _place(form: RequestForm) -> Place | None:
    """Where the SIRET leads, or an error at its field that says what to do instead."""
    place = look(form.cleaned_data["siret"])
    if place is None:
        form.add_error("siret", "Ce SIRET n’est pas dans l’annuaire des employeurs : vérifiez-le, puis recommencez.")
    elif place.closed:
        form.add_error(
            "siret", f"L’accès de cet établissement est fermé : appelez un conseiller au {ADVISER_LINE.phone}."
        )
    elif not place.populated or not place.fund:
        form.add_error(
            "siret", "Cet établissement n’a encore jamais eu de compte : choisissez « Inscrire un établissement »."
        )
    else:
        return place
    return None


@public()
def received(request: HttpRequest) -> HttpResponse:
    """The reference and the follow-up code, shown as long as this browser has not gone on to the follow-up page."""
    held, code = request.session.get(FOLLOWED), request.session.get(TO_SHOW)
    if not held or not code:
        return redirect("recovery:follow")
    with tenancy.scope(establishment=held[0], read_only=True):
        case = Case.objects.get(pk=held[1])
        if not secrets.compare_digest(hashed(code), case.code_hash):
            # Replaced from elsewhere since: it opens nothing any more.
            return redirect("recovery:follow")
        renewed = bool(request.session.get(RENEWED))
        context = {"case": case, "reference": shown(case.reference), "code": shown(code), "email": _email(case)}
    return render(request, "recovery/received.html", {**context, "renewed": renewed})


def _email(case: Case) -> str:
    return unseal_coordinates(case.coordinates).email


@public(methods=BOTH)
def follow(request: HttpRequest) -> HttpResponse:
    """The follow-up page: asks for reference and code first; POST `geste`: ouvrir, code, pieces, retirer or quitter."""
    held = request.session.get(FOLLOWED)
    if request.method == "POST" and request.POST.get("geste") == "quitter":
        request.session.pop(FOLLOWED, None)
        return redirect("recovery:follow")
    if not held:
        return _open(request)
    request.session.pop(TO_SHOW, None)
    request.session.pop(RENEWED, None)
    code = CodeForm()
    more = WithFiles(too_large=too_large(request))
    if request.method == "POST":
        answer, code, more = _step(request, *held)
        if answer is not None:
            return answer
    with tenancy.scope(establishment=held[0], read_only=True):
        found = followed(held[1])
    if found is None:
        request.session.pop(FOLLOWED, None)
        return redirect("recovery:follow")
    problems = [*(code.problems if code.is_bound else []), *(more.problems if more.is_bound else [])]
    context = {"found": found, "code": code, "more": more, "problems": problems, **_limits()}
    return render(request, "recovery/follow.html", context)


def _open(request: HttpRequest) -> HttpResponse:
    form = FollowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reference = form.cleaned_data["reference"]
        for counted in (
            rates.count(request, rates.FOLLOW),
            rates.count_about(rates.FOLLOW, plain(reference), limit="PARVIS_RECOVERY_FOLLOW_TRIES"),
        ):
            if counted.over:
                return rates.too_many(request, counted.until)
        found = opened_with(reference, form.cleaned_data["code"])
        if found is not None:
            request.session.cycle_key()
            request.session[FOLLOWED] = list(found)
            return redirect("recovery:follow")
        form.add_error(
            None, "Cette référence et ce code ne vont pas ensemble : vérifiez les deux, ou appelez un conseiller."
        )
    problems = form.problems if form.is_bound else []
    return render(request, "recovery/open.html", {"form": form, "problems": problems})


def _step(request: HttpRequest, establishment: int, case: int) -> tuple[HttpResponse | None, CodeForm, WithFiles]:
    gesture, code, more = request.POST.get("geste", ""), CodeForm(), WithFiles()
    try:
        if gesture == "code":
            code = CodeForm(request.POST)
            if not code.is_valid() or not _typed(request, code, establishment, case):
                return None, code, more
        elif gesture == "pieces":
            more = WithFiles(request.POST, request.FILES, too_large=too_large(request))
            if not more.is_valid() or not _added(request, more, establishment, case):
                return None, code, more
        elif gesture == "retirer":
            with tenancy.scope(establishment=establishment):
                withdraw(case_id=case)
            messages.success(request, "Votre demande est retirée.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("recovery:follow"), code, more


def _typed(request: HttpRequest, form: CodeForm, establishment: int, case: int) -> bool:
    with tenancy.scope(establishment=establishment):
        spent = type_code(case_id=case, typed=form.cleaned_data["typed"])
    if spent.outcome is Outcome.WRONG:
        left = plural(spent.tries_left, "essai", "essais")
        form.add_error("typed", f"Ce code n’est pas celui du courrier : vérifiez-le. Il vous reste {left}.")
        return False
    right = spent.outcome is Outcome.RIGHT
    (messages.success if right else messages.error)(request, SAID[spent.outcome])
    return True


def _added(request: HttpRequest, form: WithFiles, establishment: int, case: int) -> bool:
    proofs = form.clean_proofs()
    if form.errors:
        return False
    with tenancy.scope(establishment=establishment):
        add_proofs(case_id=case, proofs=proofs)
    messages.success(request, f"{plural(len(proofs), 'pièce ajoutée', 'pièces ajoutées')}.")
    return True


@public(methods=BOTH)
def contest(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an e-mail: GET shows what is asked and by whom, POST objects."""
    link = read(token)
    if link is None:
        return render(request, "recovery/contest_closed.html", {"known": False}, status=404)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            object_to(link, text=form.cleaned_data["text"])
        except Refused:
            return render(request, "recovery/contest_closed.html", {"known": True}, status=410)
        return render(request, "recovery/contested.html", {})
    with tenancy.scope(establishment=link.establishment_id, read_only=True):
        case = Case.objects.filter(pk=link.case_id).first()
        account = Membership.objects.filter(pk=link.account_id).first()
        if case is None or account is None or not contestable(case):
            return render(request, "recovery/contest_closed.html", {"known": True}, status=410)
        context = {
            "case": case,
            "one": unseal_coordinates(case.coordinates),
            "establishment": Establishment.objects.get(pk=case.establishment_id).name,
            "said": case.objections.filter(by=account.ref).exists(),
            "form": form,
            "problems": form.problems if form.is_bound else [],
        }
    return render(request, "recovery/contest.html", context)
