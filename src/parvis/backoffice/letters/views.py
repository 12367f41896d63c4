"""« Courriers à imprimer »: choose, open the PDF, print, mark as printed. Reading codes wants a fresh second factor."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.letters import queries
from parvis.backoffice.letters.actions import lay_out, mark_printed
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.ground.pages.filters import plural
from parvis.ground.tables.downloads import download
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.post.postal.printing import printed


def _chosen(request: AdviserRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("courrier")[:1000] if one.isascii() and one.isdecimal()][:1000]


@adviser(methods=BOTH)
def letters(request: AdviserRequest) -> HttpResponse:
    """The queue; POST `geste`: `pdf` answers with the letters chosen, `imprimes` says that they are on paper."""
    problems: list[tuple[str, str]] = []
    chosen = _chosen(request)
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            if request.POST.get("geste") == "imprimes":
                done = mark_printed(who=request.adviser, ids=chosen)
                said = plural(done, "courrier marqué", "courriers marqués")
                messages.success(request, f"{said} comme imprimé{'s' if done > 1 else ''} : à mettre sous pli.")
                return HttpResponseRedirect(reverse("backoffice:letters"))
            body = printed(lay_out(who=request.adviser, ids=chosen), report_at=reverse("registration:report"))
            return download(body, f"courriers-{clock.today():%Y-%m-%d}.pdf", "application/pdf")
        except Refused as refusal:
            problems = [(refusal.message, "courriers")]
    return render(
        request,
        "backoffice/letters/list.html",
        {"waiting": queries.waiting(), "left": queries.left(), "chosen": chosen, "problems": problems},
    )
