"""The pages of « Retrouver l’accès » for advisers.

Reading a request or a proof leaves an event; acts want a fresh factor.
"""

from contextlib import AbstractContextManager

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.recoveries import queries
from parvis.ground import files, tenancy
from parvis.ground.files.checking import TYPES
from parvis.ground.pages import render
from parvis.ground.rules import after
from parvis.ground.tables.downloads import download
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.journal.actions import record, remember_name
from parvis.post.postal.printing import shown as letter_shown
from parvis.recovery import actions
from parvis.recovery.actions.opening import PURPOSE
from parvis.recovery.models import Case, Proof
from parvis.recovery.sealed import shown


@adviser()
def queue(request: AdviserRequest) -> HttpResponse:
    """The open requests, oldest first, and the latest settled ones."""
    return render(
        request, "backoffice/recoveries/list.html", {"waiting": queries.waiting(), "settled": queries.settled()}
    )


def _found(case_id: int) -> Case:
    # The adviser's policy hides those of other funds: they do not exist.
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise Http404
    return case


def _there(who: AdviserStanding, establishment: int) -> AbstractContextManager[object]:
    return tenancy.scope(
        person=who.person_id, establishment=establishment, role=tenancy.ADVISER, read_only=True, funds=who.funds
    )


@adviser(methods=BOTH)
def one(request: AdviserRequest, case_id: int) -> HttpResponse:
    """One request; POST `geste`: demander, ecarter, courrier, suivi, refuser or classer."""
    who, case, problems = request.adviser, _found(case_id), []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            said = _done(request, case_id)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("backoffice:recovery", args=[case_id]))
    else:
        after(request, lambda: _trace(who, case, "recovery.read"))
    with _there(who, case.establishment_id):
        page = queries.read(_found(case_id))
    letter = letter_shown(page.letter.reference) if page.letter else ""
    return render(
        request,
        "backoffice/recoveries/one.html",
        {"page": page, "who": who, "problems": problems, "typed": request.POST, "letter": letter},
    )


def _done(request: AdviserRequest, case_id: int) -> str:
    who, gesture = request.adviser, request.POST.get("geste", "")
    if gesture == "demander":
        actions.ask(who=who, case_id=case_id, reason=request.POST.get("reason", ""))
        return "L’accord d’un second conseiller est demandé : il décide dans « Quatre yeux »."
    if gesture.startswith("ecarter-") and gesture[8:].isascii() and gesture[8:].isdecimal():
        number = int(gesture[8:][:15])
        actions.set_aside(who=who, case_id=case_id, objection_id=number, why=request.POST.get(f"why_{number}", ""))
        return "La contestation est écartée."
    if gesture == "courrier":
        actions.send_letter_again(who=who, case_id=case_id)
        return "Un nouveau courrier attend d’être imprimé : le précédent ne sert plus."
    if gesture == "suivi":
        code = actions.new_follow_code(who=who, case_id=case_id)
        return f"Nouveau code de suivi, à dicter maintenant : {shown(code)}. Il ne sera plus affiché."
    if gesture == "refuser":
        actions.refuse(who=who, case_id=case_id, note=request.POST.get("note", ""))
        return "La demande est refusée : la personne en est prévenue."
    if gesture == "classer":
        actions.settle_needless(who=who, case_id=case_id, note=request.POST.get("note", ""))
        return "La demande est classée sans objet : la personne en est prévenue."
    raise Refused("Choisissez ce que vous faites de cette demande.")


@adviser()
def proof(request: AdviserRequest, case_id: int, proof_id: int) -> HttpResponse:
    """One proof, as a download: never shown inside of our pages."""
    who, case = request.adviser, _found(case_id)
    found = Proof.objects.filter(pk=proof_id, case=case).first()
    if found is None:
        raise Http404
    try:
        content = files.read(found.key, PURPOSE)
    except files.Missing as fault:
        raise Http404 from fault
    after(request, lambda: _trace(who, case, "recovery.proof_read"))
    answer = download(content, found.name, TYPES[found.kind])
    # Opened by mistake in the browser, it still runs nothing and reaches nothing.
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _trace(who: AdviserStanding, case: Case, kind: str) -> None:
    with tenancy.scope(establishment=case.establishment_id):
        remember_name(who.ref, who.signature)
        record(kind, actor=who.actor, object=case.ref, after={"reference": case.reference})
