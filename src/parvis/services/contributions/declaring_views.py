"""The pages on which an employer declares to the ATIACL and the FEH."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access.levels import Level
from parvis.access.rules import BOTH, MemberRequest, service
from parvis.establishments.funds import FUNDS
from parvis.ground.pages.filters import date_long
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.ledger.words import euros
from parvis.obligations.facts import held_by
from parvis.services.conflict import Conflict
from parvis.services.contributions import declaring
from parvis.services.contributions.declared import latest
from parvis.services.contributions.declaring import DECLARED, code_of, span_of, spans
from parvis.services.contributions.forms import DeclarationForm
from parvis.services.contributions.inherited import declared_before
from parvis.services.contributions.lateness import in_cents
from parvis.services.contributions.service import CODE, SERVICE
from parvis.services.pages import page


@service(CODE, Level.READ)
def declarations(request: MemberRequest, siret: str, fund: str) -> HttpResponse:
    """What was declared to a fund, period by period, and what is to be."""
    if fund not in DECLARED:
        raise Http404
    who = request.standing
    held = held_by([who.establishment_id], who.today)[who.establishment_id]
    there = latest(who.establishment_id, fund)
    listed = [(one, code_of(one), there.get((one.starts_on, one.months))) for one in spans(fund, held, who.today)]
    before = declared_before(fund)
    if not listed and not before:
        raise Http404
    years: dict[int, list[Any]] = {}
    for span, code, said in listed:
        whole = (datetime.date(span.starts_on.year, 1, 1), 12) in there and not span.recap
        shown = said and {
            "agents": said.agents,
            "base": euros(said.base),
            "amount": euros(said.amount),
            "on": date_long(said.declared_at),
            "version": said.version,
            "closed": whole,
        }
        about = {
            "said": span.said,
            "recap": span.recap,
            "covered": whole,
            "running": span.period.ends_before > who.today,
        }
        years.setdefault(span.starts_on.year, []).append((about, code, shown))
    context = {"fund": FUNDS[fund], "years": list(years.items()), "before": before}
    return page(request, SERVICE, "service_contributions/declarations.html", context)


@service(CODE, Level.WRITE, methods=BOTH)
def declare(request: MemberRequest, siret: str, fund: str, code: str) -> HttpResponse:
    """Declare a period, or the year; what is due is shown, then confirmed: nobody declares an amount they have not
    read."""
    who, span = request.standing, span_of(fund, code)
    held = held_by([who.establishment_id], who.today)[who.establishment_id]
    if span is None or span not in spans(fund, held, who.today):
        raise Http404
    before = latest(who.establishment_id, fund).get((span.starts_on, span.months))
    typed = request.POST if request.method == "POST" else kept(request)
    form = DeclarationForm(
        typed,
        recap=span.recap,
        version=before.version if before else 0,
        initial={
            "agents": before.agents if before else None,
            "base": f"{before.base / 100:.2f}".replace(".", ",") if before else None,
        },
    )
    computed, moved, difference = None, False, ""
    if request.method == "POST" and form.is_valid():
        try:
            computed = declaring.contribution(span, form.said().base)
            if span.recap:
                cents = in_cents(computed.value)
                difference = _difference(declaring.changes(who.establishment_id, span, cents, before))
            wanted = request.POST.get("faire") == "declarer"
            moved = wanted and request.POST.get("montant") != str(in_cents(computed.value))
            if wanted and not moved:
                made = declaring.declare(who=who, span=span, said=form.said(), version=form.version, held=held)
                messages.success(
                    request,
                    f"{span.name}, {span.said} : la déclaration est enregistrée, {euros(made.amount)} de cotisations.",
                )
                return redirect("service_contributions:declarations", siret=siret, fund=fund)
        except Conflict:
            form.refuse("Quelqu’un a déclaré cette période entre-temps : revenez à la liste et relisez.", "")
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
    problems = form.problems
    return page(
        request,
        SERVICE,
        "service_contributions/declare.html",
        {
            "span": span,
            "form": form,
            "before": before,
            "conflict": None,
            "problems": problems,
            "page_error": bool(problems),
            "computed": computed if not problems else None,
            "due": euros(in_cents(computed.value)) if computed is not None else "",
            "cents": in_cents(computed.value) if computed is not None else 0,
            "moved": moved,
            "rate": computed.steps[0] if computed is not None else None,
            "difference": difference,
            "recap": declaring.recap_of(who.establishment_id, span) if span.recap else None,
        },
    )


def _difference(cents: int) -> str:
    """What the recap of a year changes on the account."""
    if not cents:
        return "Rien ne change sur le compte : l’année est déjà déclarée entière."
    way = "ajouter au" if cents > 0 else "retirer du"
    return f"À {way} compte : {euros(abs(cents))}, la différence avec ce qui est déjà déclaré."
