"""« Appels »: begin one, end it, and read those of one's funds."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.paging import paging
from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice import motives
from parvis.backoffice.calls import actions
from parvis.backoffice.calls.queries import calls
from parvis.backoffice.models import Call
from parvis.backoffice.people.queries import accounts
from parvis.establishments.funds import FUNDS
from parvis.ground.pages import render
from parvis.ground.pages.numbering import page_asked
from parvis.ground.tenancy import Refused

WRONG = (
    "Ce code n’est pas bon, ou n’est plus valable : demandez à la personne de le relire, ou d’en demander un nouveau "
    "dans « Mon compte »."
)


@adviser(methods=BOTH)
def listing(request: AdviserRequest) -> HttpResponse:
    """The list of calls, and above it the two ways to begin one: with the caller's code, or without."""
    who = request.adviser
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            fund = request.POST.get("fund", "")
            call = actions.begin(who=who, fund=fund, code=_code(request))
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        except actions.WrongCode:
            problems = [(WRONG, "id_code")]
        else:
            return HttpResponseRedirect(
                reverse("backoffice:person", args=[call.account]) if call.account else reverse("backoffice:call")
            )
    motive, number = request.GET.get("motif", ""), request.GET.get("page", "1")
    page = page_asked(number)
    listed = calls(motive=motive, page=page)

    def address(page: int) -> str:
        return "?" + urlencode({"motif": motive, "page": page} if motive else {"page": page})

    return render(
        request,
        "backoffice/calls.html",
        {
            "listed": listed,
            "current": actions.current(who),
            "funds": [(code, FUNDS[code].short) for code in who.funds],
            "fund": request.POST.get("fund", who.funds[0]),
            "motive": motive,
            "motives": motives.CALLS,
            "problems": problems,
            "paging": paging(listed.page, listed.pages, listed.total, address),
        },
    )


def _code(request: AdviserRequest) -> str:
    if request.POST.get("geste") != "code":
        return ""
    code = request.POST.get("code", "")[:40]
    if not code.strip():
        raise Refused("Saisissez le code d’appel, ou continuez sans code.", field="code")
    return code


@adviser(methods=BOTH)
def call(request: AdviserRequest) -> HttpResponse:
    """The call in progress: what may be said, then its motive and answer."""
    who = request.adviser
    held = actions.current(who)
    if held is None:
        return HttpResponseRedirect(reverse("backoffice:calls"))
    problems: list[tuple[str, str]] = []
    typed = {name: request.POST.get(name, "") for name in ("motive", "answer", "note")}
    if request.method == "POST":
        try:
            actions.end(who=who, **typed)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}")]
        else:
            messages.success(request, "L’appel est noté.")
            return HttpResponseRedirect(reverse("backoffice:calls"))
    known = accounts(held.account)[:1] if held.account else []
    answers = [(code, label) for code, label in Call.Answer.choices if code != Call.Answer.REFUSED or not known]
    return render(
        request,
        "backoffice/call.html",
        {
            "call": held,
            "known": known[0] if known else None,
            "typed": typed,
            "motives": motives.CALLS,
            "answers": answers,
            "fund": FUNDS[held.fund].short,
            "problems": problems,
        },
    )
