"""« Code de suivi perdu »: reference and e-mail first, then the link of the e-mail, then the new code on the screen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from parvis.ground.pages import render
from parvis.ground.rules import public
from parvis.ground.tenancy import Refused
from parvis.identity import rates
from parvis.post.postal.actions import plain
from parvis.recovery.actions import lost
from parvis.recovery.forms import LostCodeForm
from parvis.recovery.sealed import shown
from parvis.recovery.views import BOTH, FOLLOWED, RENEWED, TO_SHOW


@public(methods=BOTH)
def ask(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether anything left or not."""
    form = LostCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reference = plain(form.cleaned_data["reference"])[:8]
        if (refused := rates.too_many_links(request, rates.RECOVERY, reference)) is not None:
            return refused
        lost.ask(reference=reference, email=form.cleaned_data["email"])
        return redirect("recovery:lost-asked")
    return render(request, "recovery/lost.html", {"form": form, "problems": form.problems if form.is_bound else []})


@public()
def asked(request: HttpRequest) -> HttpResponse:
    """What follows, whatever there is."""
    return render(request, "recovery/lost_asked.html", {})


@public(methods=BOTH)
def replace(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the e-mail: GET shows its button, POST replaces the code and leads to the page that shows it."""
    if request.method == "POST":
        try:
            case, code = lost.replace(token)
        except Refused:
            return render(request, "recovery/lost_gone.html", {}, status=410)
        request.session.cycle_key()
        request.session[FOLLOWED] = [case.establishment_id, case.pk]
        request.session[TO_SHOW], request.session[RENEWED] = code, True
        return redirect("recovery:received")
    found = lost.linked(token)
    if found is None:
        return render(request, "recovery/lost_gone.html", {}, status=410)
    return render(request, "recovery/lost_replace.html", {"found": found, "reference": shown(found.reference)})
