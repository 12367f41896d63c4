"""« Revue des droits »: the page, person by person, and what is decided on it."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect

from parvis.access import registry
from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.models import Membership, Review
from parvis.access.pages import page
from parvis.access.paging import paging
from parvis.access.queries.account import colleagues
from parvis.access.review import actions
from parvis.access.review.forms import ACCOUNT, WithdrawForm
from parvis.access.review.queries import Past, lines_of, next_review_on, open_review, past_reviews, suspended_rights
from parvis.access.review.showing import Shown, service_name, shown_lines
from parvis.access.review.state import Choice, Kind, Line
from parvis.access.rights_form import RightsForm
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.shortcuts import apply_shortcut
from parvis.establishments.lineage import predecessor, predecessors, within
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import de, plural
from parvis.ground.pages.kept import kept
from parvis.ground.pages.numbering import page_count
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.journal.queries import names

PER_PAGE = 50
VIEWS = (("a-decider", "À décider"), ("decidees", "Décidées"), ("toutes", "Toutes"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _address(siret: str, shown: str, number: int) -> str:
    query = {"voir": shown if shown != VIEWS[0][0] else "", "page": str(number) if number > 1 else ""}
    said = urlencode({name: value for name, value in query.items() if value})
    return address("access:review", siret) + (f"?{said}" if said else "")


def _asked(query: QueryDict) -> tuple[str, int]:
    """Which lines, and which page of them."""
    wanted = query.get("voir", "")
    return (wanted if wanted in dict(VIEWS) else VIEWS[0][0]), max(1, _number(query.get("page", ""))) % 10**6


@administrator(methods=BOTH)
def review(request: MemberRequest, siret: str) -> HttpResponse:
    """The review under way, with « Conserver » on it; without one, when the next is due; those of the past."""
    if request.method == "POST":
        return _open_now(request, siret) if "ouvrir" in request.POST else _keep(request, siret)
    found = open_review()
    past = _past()
    return page(
        request,
        "access/review/page.html",
        {
            "review": found,
            "past": past,
            "predecessors": predecessors(),
            "suspended": [(one, [service_name(code) for code in one.services]) for one in suspended_rights()],
            "next_on": None if found else next_review_on(),
            "unused_months": settings.PARVIS_REVIEW_UNUSED_MONTHS,
            "months": settings.PARVIS_REVIEW_MONTHS,
            "suspends": settings.PARVIS_REVIEW_SUSPENDS,
            **(_under_way(request, found) if found else {}),
        },
    )


def _past() -> list[tuple[Past, str, str]]:
    """The closed reviews of the establishment in scope: each with who signed it, and why it was opened."""
    past = past_reviews()
    signed = names(one.signed_by for one in past)
    return [(one, signed.get(one.signed_by, ""), Review.Cause(one.cause).label) for one in past]


@administrator()
def taken_over(request: MemberRequest, siret: str, old: str) -> HttpResponse:
    """The closed reviews of an establishment whose place this one has taken."""
    before = predecessor(old)
    if before is None:
        raise Http404
    with within(before):
        past = _past()
    return page(request, "access/review/taken_over.html", {"before": before, "past": past})


def _under_way(request: MemberRequest, found: Review) -> dict[str, Any]:
    """What the page shows of the lines; the number of statements does not depend on theirs."""
    who = request.standing
    lines = lines_of(found)
    sets = {
        "a-decider": [line for line in lines if line.pending],
        "decidees": [line for line in lines if not line.pending],
        "toutes": lines,
    }
    wanted, number = _asked(request.GET)
    count = page_count(len(sets[wanted]), PER_PAGE)
    number = min(number, count)
    shown = shown_lines(sets[wanted][(number - 1) * PER_PAGE : number * PER_PAGE], who)
    alone = actions.is_alone(who)
    return {
        "lines": shown,
        "same": [one for one in shown if one.unchanged and (not one.own or alone)],
        "done": len(sets["decidees"]),
        "total": len(lines),
        "pending": len(sets["a-decider"]),
        "only_own": not alone and [line.ref for line in sets["a-decider"]] == [who.ref],
        "only_administrator": alone,
        "cause": Review.Cause(found.cause).label,
        "left": found.cause == Review.Cause.LEFT,
        "here": _address(siret=who.siret, shown=wanted, number=number),
        "wanted": wanted,
        "views": [
            (f"{label} ({len(sets[code])})", _address(who.siret, code, 1), code == wanted) for code, label in VIEWS
        ],
        "paging": paging(number, count, len(sets[wanted]), lambda n: _address(who.siret, wanted, n)),
    }


def _keep(request: MemberRequest, siret: str) -> HttpResponse:
    """« Conserver » one line, or together those in which nothing changed."""
    chosen = request.POST.getlist("inchangee") if "inchangees" in request.POST else [request.POST.get("ligne", "")]
    seals = {_number(one): request.POST.get(f"vu-{one}", "") for one in chosen if _number(one)}
    back = HttpResponseRedirect(_address(siret, *_asked(request.GET)))
    try:
        done = actions.keep(who=request.standing, review_id=_number(request.POST.get("revue", "")), seals=seals)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return back
    if len(done.names) == 1:
        messages.success(request, f"C’est noté : l’accès {de(done.names[0])} est conservé.")
    elif done.names:
        messages.success(request, f"C’est noté : {plural(len(done.names), 'ligne', 'lignes')} conservées.")
    for text in dict.fromkeys(done.refused):
        messages.error(request, text)
    if not done.names and not done.refused:
        messages.error(request, "Aucune ligne n’est choisie : rien n’est enregistré.")
    return back


def _line(request: MemberRequest, line_id: int) -> tuple[Review, Line, Shown]:
    """A line of an account in the review under way; 404 for any other."""
    found = open_review()
    lines = lines_of(found, [line_id]) if found else []
    if found is None or not lines or lines[0].kind != Kind.ACCOUNT or not lines[0].account_id:
        raise Http404
    return found, lines[0], shown_lines(lines, request.standing)[0]


def _not_one_s_own(request: MemberRequest, line: Line) -> HttpResponse | None:
    """One's own line: a page that says who decides on it, unless nobody else administers."""
    if actions.may_decide(request.standing, line, alone=actions.is_alone(request.standing)):
        return None
    return page(request, "access/review/own.html", {"text": actions.OWN_LINE}, status=403)


def _gives_something_sensitive(held: list[Grant], wanted: list[Grant]) -> bool:
    given = [grant for grant in wanted if grant.level > Level.NONE and grant not in held]
    return any((service := registry.get(grant.service)) and service.asks_fresh_factor for grant in given)


@administrator(methods=BOTH)
def modify(request: MemberRequest, siret: str, line_id: int) -> HttpResponse:
    """« Modifier »: the rights form, in place."""
    found, line, shown = _line(request, line_id)
    if refused := _not_one_s_own(request, line):
        return refused
    who = request.standing
    held = [Grant(one.service, one.level, one.starts_on, one.ends_on) for one in line.rights]
    typed = request.POST if request.method == "POST" else kept(request)
    form = RightsForm(who.funds, typed=typed, grants=held)
    notice, problems = "", []
    if request.method == "POST":
        notice = apply_shortcut(request.POST, form, who)
        grants = form.grants()
        if not notice and grants is not None:
            if (line.ref == who.ref or _gives_something_sensitive(held, grants)) and not is_fresh(request):
                return ask_again(request)
            try:
                seal = request.POST.get("vu", "")
                choice = actions.modify(who=who, review_id=found.pk, line_id=line_id, seal=seal, grants=grants)
                messages.success(request, _modified(choice, line.title))
                return redirect("access:review", siret=siret)
            except Refused as refusal:
                problems = [(refusal.message, "")]
        problems = problems or form.problems
    return page(
        request,
        "access/review/modify.html",
        {
            "line": line,
            "shown": shown,
            "unused_months": settings.PARVIS_REVIEW_UNUSED_MONTHS,
            "form": form,
            "notice": notice,
            "problems": problems,
            "seal": line.seal if problems or typed is None else typed.get("vu", ""),
            "colleagues": colleagues(except_account=line.account_id),
            "kept": request.method == "GET" and typed is not None,
        },
    )


def _modified(choice: Choice, name: str) -> str:
    if choice is Choice.KEPT:
        return f"Les droits {de(name)} sont restés les mêmes : ils sont conservés."
    return f"Les droits {de(name)} sont modifiés : ils s’appliquent dès maintenant."


@administrator(methods=BOTH)
def withdraw(request: MemberRequest, siret: str, line_id: int) -> HttpResponse:
    """« Retirer »: all rights, or the account."""
    found, line, shown = _line(request, line_id)
    if line.ref == request.standing.ref:
        return page(request, "access/review/own.html", {"text": actions.OWN_LINE}, status=403)
    typed = request.POST if request.method == "POST" else kept(request)
    form = WithdrawForm(typed)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            account, seal = form.cleaned_data["what"] == ACCOUNT, request.POST.get("vu", "")
            try:
                name = actions.withdraw(
                    who=request.standing, review_id=found.pk, line_id=line_id, seal=seal, account=account
                )
                what = f"Le compte {de(name)} est désactivé." if account else f"Les droits {de(name)} sont retirés."
                messages.success(request, f"{what} Cela s’applique dès maintenant.")
                return redirect("access:review", siret=siret)
            except Refused as refusal:
                problems = [(refusal.message, "")]
        problems = problems or form.problems
    return page(
        request,
        "access/review/withdraw.html",
        {
            "line": line,
            "shown": shown,
            "form": form,
            "problems": problems,
            "seal": line.seal,
            "unused_months": settings.PARVIS_REVIEW_UNUSED_MONTHS,
        },
    )


@administrator(methods=BOTH)
def sign(request: MemberRequest, siret: str) -> HttpResponse:
    """« Signer la revue »: what was decided, then one's name under it; asks a fresh second factor."""
    found = open_review()
    if found is None:
        messages.info(request, "Aucune revue n’est en cours.")
        return redirect("access:review", siret=siret)
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            done = actions.sign(who=request.standing, review_id=_number(request.POST.get("revue", "")))
            messages.success(request, "La revue est signée : son compte rendu ne change plus.")
            return redirect("access:review-record", siret=siret, ref=done.ref)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    lines = lines_of(found)
    counts = {
        choice: sum(line.decided is not None and line.decided.choice == choice for line in lines) for choice in Choice
    }
    gone = sum(line.decided is None and line.settled is not None for line in lines)
    return page(
        request,
        "access/review/sign.html",
        {
            "review": found,
            "problems": problems,
            "pending": sum(line.pending for line in lines),
            "counts": [(choice.label, count) for choice, count in counts.items() if count],
            "gone": gone,
        },
    )


def _open_now(request: MemberRequest, siret: str) -> HttpResponse:
    """« Ouvrir une revue maintenant »."""
    try:
        actions.open_by_hand(who=request.standing)
        messages.success(request, "La revue est ouverte : décidez pour chaque personne, dans l’ordre que vous voulez.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("access:review", siret=siret)


@administrator(methods=BOTH)
def suspended(request: MemberRequest, siret: str, number: int) -> HttpResponse:
    """« Rétablir » the suspended rights of an account, which asks a fresh second factor, or leave them withdrawn."""
    if not Membership.objects.filter(pk=number).exists():
        raise Http404
    # What is gone for good is so by its own button alone.
    if request.POST.get("reponse") not in ("retablir", "retirer"):
        return redirect("access:review", siret=siret)
    give_back = request.POST["reponse"] == "retablir"
    if give_back and not is_fresh(request):
        return ask_again(request)
    try:
        account = actions.answer_suspension(who=request.standing, account_id=number, give_back=give_back)
        said = "sont rétablis" if give_back else "sont retirés pour de bon"
        messages.success(request, f"Les droits suspendus {de(account.name)} {said}.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("access:review", siret=siret)
