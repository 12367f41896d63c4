"""« Contacts »: the list, one with its versions, the pages that add, change and end, each read before it is done."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.contacts import actions, queries
from parvis.backoffice.contacts.actions import Wanted
from parvis.backoffice.contacts.forms import EndForm, PointForm, initial_of
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.pages import render
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused
from parvis.ground.territories import HEXAGONE, TERRITORIES
from parvis.identity.entry import ask_again, is_fresh
from parvis.information.contacts.queries import shown
from parvis.information.models import ContactPoint


@adviser()
def listing(request: AdviserRequest) -> HttpResponse:
    """The contacts of the adviser's funds; `fonds` for one."""
    funds = request.adviser.funds
    fund = request.GET.get("fonds", "")
    fund = fund if fund in funds else ""
    return render(
        request,
        "backoffice/contacts/list.html",
        {
            "lines": queries.contacts(fund),
            "closings": queries.closing_lines(),
            "funds": [(code, one.short) for code, one in FUNDS.items() if code in funds],
            "fund": fund,
        },
    )


def _found(ref: uuid.UUID) -> queries.Contact:
    found = queries.contact(ref)
    if found is None:
        raise Http404
    return found


@adviser()
def one(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """What is shown today, what is planned, and every version there was."""
    return render(request, "backoffice/contacts/one.html", {"contact": _found(ref)})


@adviser(methods=BOTH)
def add(request: AdviserRequest) -> HttpResponse:
    """A contact that was not there."""
    fund = request.GET.get("fonds", "")
    initial = {"fund": fund, "valid_from": clock.today(), "territory": HEXAGONE.code}
    form = PointForm(request.POST or None, funds=request.adviser.funds, initial=initial)
    return _filled(
        request,
        form,
        lambda wanted: actions.add(who=request.adviser, wanted=wanted),
        {"title": "Ajouter un contact", "back_href": reverse("backoffice:contacts"), "contact": None},
    )


@adviser(methods=BOTH)
def change(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """A new version, from a day on."""
    found = _found(ref)
    latest = found.latest
    form = PointForm(request.POST or None, funds=request.adviser.funds, fixed=latest.fund, initial=initial_of(latest))
    return _filled(
        request,
        form,
        lambda wanted: actions.change(who=request.adviser, ref=ref, wanted=wanted, shown=_seen(request)),
        {
            "title": f"Modifier «\u00a0{found.title}\u00a0»",
            "back_href": reverse("backoffice:contact", args=[ref]),
            "contact": found,
        },
    )


def _seen(request: AdviserRequest) -> int:
    seen = request.POST.get("vu", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 19 else 0


def _filled(
    request: AdviserRequest, form: PointForm, write: Callable[[Wanted], ContactPoint], more: dict[str, object]
) -> HttpResponse:
    """The form; then what will be shown; then it is done. POST `geste`: verifier, corriger, enregistrer."""
    problems: list[tuple[str, str]] = []
    gesture = request.POST.get("geste", "")
    if request.method == "POST" and gesture != "corriger" and form.is_valid():
        wanted = form.wanted()
        if gesture != "enregistrer":
            return render(request, "backoffice/contacts/check.html", more | _preview(request, wanted))
        if not is_fresh(request):
            return ask_again(request)
        try:
            made = write(wanted)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            messages.success(request, _said(wanted))
            return HttpResponseRedirect(reverse("backoffice:contact", args=[made.ref]))
    correcting = gesture == "corriger"
    told = {"form": form, "problems": problems or ([] if correcting else form.problems)}
    return render(request, "backoffice/contacts/form.html", more | told | {"seen": _seen_or_latest(request, more)})


def _seen_or_latest(request: AdviserRequest, more: dict[str, object]) -> int:
    found = more["contact"]
    return _seen(request) or (found.latest.pk if isinstance(found, queries.Contact) else 0)


def _preview(request: AdviserRequest, wanted: Wanted) -> dict[str, object]:
    """As the public will read it, and everything that was typed, to be sent again."""
    point = ContactPoint(
        **{name: getattr(wanted, name) for name in Wanted.__dataclass_fields__}, written_at=clock.now()
    )
    sent = [(name, value) for name in request.POST if name not in ("csrfmiddlewaretoken", "geste")
            for value in request.POST.getlist(name)]  # fmt: skip
    return {
        "wanted": wanted,
        "fund": FUNDS[wanted.fund],
        "shown": shown(point, [], TERRITORIES[wanted.territory]),
        "channel": point.get_channel_display(),
        "audiences": queries.audience_words(point),
        "territory": TERRITORIES[wanted.territory].name,
        "sent": sent,
        "until": date_long(wanted.valid_until) if wanted.valid_until else "",
    }


def _said(wanted: Wanted) -> str:
    if wanted.valid_from <= clock.today():
        return "Le contact est affiché dès maintenant."
    return f"Le contact sera affiché à partir du {date_long(wanted.valid_from)}."


@adviser(methods=BOTH)
def end(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """The last day on which it is shown: asked, read again, done."""
    found = _found(ref)
    form = EndForm(request.POST or None, initial={"on": clock.today()})
    problems: list[tuple[str, str]] = []
    checked = request.method == "POST" and form.is_valid()
    if checked and request.POST.get("geste") == "retirer":
        if not is_fresh(request):
            return ask_again(request)
        try:
            actions.end(who=request.adviser, ref=ref, on=form.cleaned_data["on"], shown=_seen(request))
        except Refused as refusal:
            problems, checked = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")], False
        else:
            messages.success(request, f"Le contact est affiché jusqu’au {date_long(form.cleaned_data['on'])} inclus.")
            return HttpResponseRedirect(reverse("backoffice:contact", args=[ref]))
    told = {"contact": found, "form": form, "problems": problems or form.problems, "checked": checked}
    return render(request, "backoffice/contacts/end.html", told | {"seen": _seen(request) or found.latest.pk})


@adviser(methods=BOTH)
def withdraw(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """What was planned is given up."""
    found = _found(ref)
    if found.planned is None:
        return HttpResponseRedirect(reverse("backoffice:contact", args=[ref]))
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            actions.withdraw(who=request.adviser, ref=ref, shown=_seen(request))
        except Refused as refusal:
            problems = [(refusal.message, "")]
        else:
            messages.success(request, "La modification prévue est abandonnée.")
            return HttpResponseRedirect(reverse("backoffice:contacts"))
    return render(request, "backoffice/contacts/withdraw.html", {"contact": found, "problems": problems})
