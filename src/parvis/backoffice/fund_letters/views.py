"""« Courriers des fonds » in the office: the list, depositing one, a letter, a campaign."""

import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.paging import paging
from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.acting import within
from parvis.backoffice.fund_letters import actions, queries
from parvis.backoffice.fund_letters.forms import DepositForm, WithdrawForm
from parvis.establishments.funds import FUNDS
from parvis.ground import clock, files, tenancy
from parvis.ground.files.ranges import served
from parvis.ground.identifiers.text import showable
from parvis.ground.pages import render
from parvis.ground.pages.numbering import page_asked
from parvis.ground.rules import after
from parvis.ground.tables import CSV_TYPE, ODS_TYPE, csv_file, download, ods_file
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large
from parvis.journal.actions import record
from parvis.letters.actions import named
from parvis.letters.kept import PURPOSE
from parvis.letters.models import Campaign


def _page(request: AdviserRequest) -> int:
    number = request.GET.get("page", "1")
    return page_asked(number)


@adviser()
def listing(request: AdviserRequest) -> HttpResponse:
    """Campaigns, then letters."""
    given = {
        "q": showable(request.GET.get("q", ""))[:100].strip(),
        "fonds": request.GET.get("fonds", ""),
        "etat": request.GET.get("etat", ""),
    }
    given["fonds"] = given["fonds"] if given["fonds"] in request.adviser.funds else ""
    given["etat"] = given["etat"] if given["etat"] in queries.STATES else ""
    found = queries.listed(q=given["q"], fund=given["fonds"], state=given["etat"], page=_page(request))
    kept = {name: value for name, value in given.items() if value}
    return render(
        request,
        "backoffice/fund_letters/list.html",
        {
            "listed": found,
            "campaigns": queries.campaigns(),
            "given": given,
            "active": bool(kept),
            "funds": [(code, FUNDS[code].short) for code in request.adviser.funds],
            "states": list(queries.STATES.items()),
            "paging": paging(
                found.page, found.pages, found.total, lambda page: "?" + urlencode({**kept, "page": page})
            ),
        },
    )


@adviser(methods=BOTH)
def deposit(request: AdviserRequest) -> HttpResponse:
    """« Déposer un courrier »: what it is, and its PDF; `siret` of the query fills it in."""
    who = request.adviser
    form = DepositForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        funds=who.funds,
        types=queries.proposed(),
        initial={"siret": showable(request.GET.get("siret", ""))[:20], "dated_on": clock.today()},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wanted = actions.Wanted(data["siret"], form.told(), data["campaign"])
        try:
            uploaded = actions.upload(who=who, wanted=wanted, file=data["file"])
            return HttpResponseRedirect(reverse("backoffice:fund-letter-preview", args=[uploaded.ref]))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    elif request.method == "POST" and too_large(request):
        form.errors.pop("file", None)
        form.add_error("file", "Ce fichier est trop lourd : choisissez un PDF plus léger.")
    return render(
        request,
        "backoffice/fund_letters/deposit.html",
        {"form": form, "campaigns": _names(), "limit": settings.PARVIS_FILE_SIZE // 1_000_000},
    )


def _names() -> list[str]:
    return sorted(set(Campaign.objects.order_by("-began_at").values_list("name", flat=True)[:50]))


@adviser(methods=BOTH)
def preview(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """Who will be able to read it; then it is sent, or abandoned."""
    who = request.adviser
    if request.method == "POST":
        try:
            if request.POST.get("geste") == "abandonner":
                actions.abandon(who=who, ref=ref)
                messages.success(request, "Ce courrier n’a pas été envoyé, et son fichier est effacé.")
                return HttpResponseRedirect(reverse("backoffice:fund-letters"))
            letter = actions.confirm(who=who, ref=ref)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("backoffice:fund-letters"))
        messages.success(request, "Le courrier est déposé : ses lecteurs sont prévenus.")
        return HttpResponseRedirect(reverse("backoffice:fund-letter", args=[letter.ref]))
    found = queries.preview(who, ref)
    if found is None:
        raise Http404
    return render(request, "backoffice/fund_letters/preview.html", {"preview": found})


@adviser(methods=BOTH)
def letter(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """A letter, and taking it back."""
    found = queries.seen(ref)
    if found is None:
        raise Http404
    row, shown = found
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(who=request.adviser, letter=row, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(
                request, "Le courrier est retiré : personne ne l’ouvre plus, et ses lecteurs sont prévenus."
            )
        return HttpResponseRedirect(reverse("backoffice:fund-letter", args=[ref]))
    return render(request, "backoffice/fund_letters/letter.html", {"letter": shown, "form": form})


@adviser()
def file(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """The PDF, to an adviser of its fund; the establishment's journal says so."""
    found, who = queries.seen(ref), request.adviser
    if found is None:
        raise Http404
    row = found[0]
    try:
        content = files.read(row.key, PURPOSE)
    except files.Missing:
        messages.error(request, "Le fichier de ce courrier ne se lit plus : déposez-le de nouveau.")
        return HttpResponseRedirect(reverse("backoffice:fund-letter", args=[ref]))

    def trace() -> None:
        with (
            tenancy.scope(person=who.person_id, role=tenancy.ADVISER, funds=who.funds),
            within(who, row.establishment_id),
        ):
            record("letter.checked", actor=who.actor, object=row.ref, after=named(row))

    if request.method == "GET":
        after(request, trace)
    return served(
        request,
        content,
        filename=f"{FUNDS[row.fund].short} {row.dated_on.isoformat()} {row.title}.pdf",
        media_type="application/pdf",
        digest=row.digest,
        shown=True,
    )


@adviser()
def campaign(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """What became of a campaign."""
    state = request.GET.get("etat", "")
    state = state if state in queries.STATES else ""
    found = queries.campaign(ref, state=state, page=_page(request))
    if found is None:
        raise Http404
    kept = {"etat": state} if state else {}
    listed = found.letters
    return render(
        request,
        "backoffice/fund_letters/campaign.html",
        {
            "campaign": found,
            "state": state,
            "states": list(queries.STATES.items()),
            "paging": paging(
                listed.page, listed.pages, listed.total, lambda page: "?" + urlencode({**kept, "page": page})
            ),
        },
    )


@adviser()
def export(request: AdviserRequest, ref: uuid.UUID, kind: str) -> HttpResponse:
    """All the letters of a campaign, as CSV or ODS."""
    found = queries.exported(ref) if kind in ("csv", "ods") else None
    if found is None:
        raise Http404
    name, rows = found
    filename = f"courriers-{name}-{clock.today():%Y-%m-%d}.{kind}"
    if kind == "csv":
        return download(csv_file(queries.EXPORT_COLUMNS, rows), filename, CSV_TYPE)
    return download(ods_file(queries.EXPORT_COLUMNS, rows, "Courriers"), filename, ODS_TYPE)
