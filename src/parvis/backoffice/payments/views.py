"""« Virements »: the queue, the journal, and one transfer to decide on."""

import uuid
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import BOTH, AdviserRequest, adviser
from parvis.backoffice.payments import actions, queries
from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.identifiers.text import showable
from parvis.ground.pages import render
from parvis.ground.tables import CSV_TYPE, ODS_TYPE, Column, csv_file, download, ods_file
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.ledger.payments.matching import WHY

COLUMNS = (
    Column("Fonds", "fund"),
    Column("Reçu le", lambda row: row.payment.on, "date"),
    Column("Montant", lambda row: Decimal(row.payment.amount).scaleb(-2), "number"),
    Column("Référence", lambda row: row.payment.reference, "code"),
    Column("Libellé", lambda row: row.payment.label),
    Column("Payeur", lambda row: row.payment.payer),
    Column("SIRET", lambda row: row.place.siret if row.place else "", "code"),
    Column("Établissement", lambda row: row.place.name if row.place else ""),
    Column("État", "state"),
    Column("Pourquoi", "why"),
    Column("Explication", "sentence"),
    Column("Décidé par", "decided_by"),
    Column("Raison du renvoi", lambda row: row.payment.note),
)


@adviser()
def listing(request: AdviserRequest) -> HttpResponse:
    """Transfers by state: `etat`, `fonds`, `pourquoi`, `q`, `page`."""
    filters = queries.Filters.parse(request.GET, request.adviser.funds)
    context = {
        "filters": filters,
        "shown": queries.listed(filters),
        "funds": queries.counts(request.adviser.funds),
        "tabs_of": [
            (label, filters.query(etat=code, page=""), code == filters.state) for code, label in queries.TABS.items()
        ],
        "reasons": WHY,
    }
    return render(request, "backoffice/payments/list.html", context)


@adviser()
def export(request: AdviserRequest, form: str) -> HttpResponse:
    """The list as a file, with the filters of the page."""
    rows = queries.everything(queries.Filters.parse(request.GET, request.adviser.funds))
    if form == "csv":
        return download(csv_file(COLUMNS, rows), "virements.csv", CSV_TYPE)
    return download(ods_file(COLUMNS, rows, "Virements"), "virements.ods", ODS_TYPE)


@adviser(methods=BOTH)
def one(request: AdviserRequest, ref: uuid.UUID) -> HttpResponse:
    """One transfer; `siret`: whose accounts it might go to. POST `geste`: see `_done`."""
    line = queries.one(ref)
    if line is None:
        raise Http404
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if not is_fresh(request):
            return ask_again(request)
        try:
            said = _done(request, ref)
        except Refused as refusal:
            problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        else:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("backoffice:payments"))
    typed = request.POST.get("siret") or request.GET.get("siret") or (line.place.siret if line.place else "")
    siret, place = showable(typed)[:20], None
    if siret and line.waits and not line.payment.debit:
        try:
            place = queries.place_of(parse_siret(siret), line.payment.fund)
        except ValueError as fault:
            problems = problems or [(str(fault), "id_siret")]
        else:
            if place is None and not problems and (request.GET.get("siret") or request.POST.get("siret")):
                problems = [("Aucun établissement de ce SIRET n’a de contrat avec ce fonds.", "id_siret")]
    context = {
        "line": line,
        "siret": siret,
        "place": place,
        "choices": queries.choices(line.payment, place, request.adviser) if place is not None else [],
        "may_be": queries.may_be(line.payment) if line.payment.debit and line.waits else [],
        "problems": problems,
        "reason": showable(request.POST.get("raison", "")),
        "chosen": request.POST.get("choix", ""),
    }
    return render(request, "backoffice/payments/one.html", context)


def _done(request: AdviserRequest, ref: uuid.UUID) -> str:
    gesture = request.POST.get("geste", "")
    if gesture == "rattacher":
        siret = "".join(showable(request.POST.get("siret", "")).split())[:14]
        made = actions.attach(who=request.adviser, ref=ref, siret=siret, choice=request.POST.get("choix", ""))
        return f"Le virement est sur le compte : {made.establishment.name if made.establishment else ''}."
    if gesture == "repris":
        actions.settle_return(who=request.adviser, ref=ref, choice=request.POST.get("choix", ""))
        return "Le virement repris par la banque est retrouvé : l’employeur reconnu est prévenu."
    if gesture == "doublon":
        actions.same(who=request.adviser, ref=ref)
        return "Le virement est noté comme déjà compté : il n’entre sur aucun compte."
    if gesture == "renvoyer":
        actions.send_back(who=request.adviser, ref=ref, why=showable(request.POST.get("raison", "")))
        return "Le virement est marqué comme renvoyé : l’employeur qui a été reconnu est prévenu."
    raise Refused("Choisissez ce que vous faites de ce virement.")
