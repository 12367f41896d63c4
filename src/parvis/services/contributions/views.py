"""The pages of « Cotisations » that read: accounts, what to pay, charges, transfers received, and their files."""

import datetime
import uuid
from contextlib import nullcontext
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse

from parvis.access.levels import Level
from parvis.access.paging import paging
from parvis.access.rules import MemberRequest, service
from parvis.establishments import lineage
from parvis.establishments.funds import FUNDS
from parvis.ground.pages.charts import stacked
from parvis.ground.pages.numbering import page_asked
from parvis.ground.tables import Column
from parvis.ledger.queries import Sums, entries, movements
from parvis.ledger.references import shown as shown_reference
from parvis.ledger.words import euros, month_in_words
from parvis.regulations.periods import add_months
from parvis.services.contributions import charges, lists, received
from parvis.services.contributions.accounts import Accounts, accounts
from parvis.services.contributions.declaring import DECLARED
from parvis.services.contributions.due import term
from parvis.services.contributions.paying import Referring, by_day, to_come, transfers
from parvis.services.contributions.service import CODE, SERVICE
from parvis.services.pages import Row, page

PER_PAGE = 50
YEARS_BACK = 10


def _chart(found: Accounts) -> Any:
    """What was due by month and fund, where anything was."""
    months = [add_months(found.first, n) for n in range(12)]
    held = [one.fund for one in found.funds if any(found.book.months.get(one.fund, {}).get(m) for m in months)]
    rows = [
        (month_in_words(month), [found.book.months[fund].get(month, Sums()).due for fund in held]) for month in months
    ]
    if not held:
        return None
    names = [FUNDS[fund].short for fund in held]
    return stacked("Cotisations dues par mois et par fonds", "Mois", names, rows, shown=_shown)


def _shown(cents: int) -> str:
    """Nothing is said with a dash: zeros would hide what there is."""
    return euros(cents) if cents else "–"


@service(CODE, Level.READ)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """Every fund: what is left, what is next, what is late; the chart of the last twelve months."""
    found = accounts(request.standing)
    return page(
        request,
        SERVICE,
        "service_contributions/index.html",
        {
            "found": found,
            "chart": _chart(found),
            "waiting": received.waiting(request.standing.establishment_id),
            "declared": [one.fund for one in found.funds if one.fund in DECLARED],
        },
    )


def _year(request: MemberRequest) -> int:
    today, text = request.standing.today, request.GET.get("annee", "")
    given = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year
    return given if today.year - YEARS_BACK <= given <= today.year else today.year


def _fund(fund: str) -> str:
    if fund not in FUNDS:
        raise Http404
    return fund


@service(CODE, Level.READ)
def account(request: MemberRequest, siret: str, fund: str) -> HttpResponse:
    """The account with a fund in a year, by month: what is due, paid, left; its charges."""
    who, year = request.standing, _year(request)
    found = accounts(who, fund=_fund(fund), year=year)
    if not found.funds:
        raise Http404
    one = found.of(fund)
    first = min([*found.book.months.get(fund, {}), datetime.date(who.today.year - 1, 1, 1)])
    years = range(who.today.year, max(first.year, who.today.year - YEARS_BACK) - 1, -1)
    listed = [c for c in charges.charges(who.establishment_id, [fund]) if c.movement.month.year == year]
    return page(
        request,
        SERVICE,
        "service_contributions/account.html",
        {
            "account": one,
            "year": year,
            "years": list(years),
            "tabs_of_years": [(str(each), f"?annee={each}", each == year) for each in years],
            "charges": listed,
            "rows": [
                Row("Solde de toutes les années", one.balance_said),
                Row(f"Dû en {year}", one.due_said),
                Row(f"Versé en {year}", one.paid_said),
                Row("Majorations et pénalités", one.charges_said),
            ],
        },
    )


@service(CODE, Level.READ)
def charge(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """A surcharge or a penalty, its computation step by step, and what a waiver would need."""
    who = request.standing
    one = charges.charge(who.establishment_id, ref)
    if one is None:
        raise Http404
    fund = one.movement.fund
    found = accounts(who, fund=fund)
    about = term(fund, one.movement.month, found.held)
    reference = Referring(who.establishment_id, siret).of(fund, one.movement.month, 0)
    wanted = charges.conditions(one, charges.charges(who.establishment_id, [fund]), found.book.of(fund, about.period))
    return page(
        request,
        SERVICE,
        "service_contributions/charge.html",
        {
            "charge": one,
            "steps": one.steps(),
            "conditions": wanted,
            "may_ask": bool(wanted) and all(each.holds for each in wanted) and not one.taken_back,
            "reference": reference,
            "reference_shown": shown_reference(reference),
        },
    )


@service(CODE, Level.READ)
def paying(request: MemberRequest, siret: str) -> HttpResponse:
    """What to pay, to whom, when, under which reference."""
    who = request.standing
    found, referring = accounts(who), Referring(who.establishment_id, siret)
    listed = transfers(found, referring)
    return page(
        request,
        SERVICE,
        "service_contributions/paying.html",
        {
            "groups": by_day(listed),
            "total": euros(sum(one.amount for one in listed)),
            "count": len(listed),
            "to_come": to_come(found, referring),
            "waiting": received.waiting(who.establishment_id),
            "today": who.today,
        },
    )


def _pages(request: MemberRequest, rows: Any, more: str = "") -> tuple[Any, Any]:
    text = request.GET.get("page", "1")
    pages = Paginator(rows, PER_PAGE)
    shown = pages.get_page(page_asked(text))
    return shown, paging(shown.number, pages.num_pages, pages.count, lambda n: f"?{more}page={n}")


@service(CODE, Level.READ)
def moved(request: MemberRequest, siret: str, fund: str) -> HttpResponse:
    """Every movement of an account, the latest first; `de`: those of an establishment whose place this one took."""
    before, old = lineage.predecessors(), request.GET.get("de", "")
    one = next((each for each in before if each.siret == old), None)
    if old and one is None:
        raise Http404
    place = one.id if one is not None else request.standing.establishment_id
    with lineage.within(one) if one is not None else nullcontext():
        shown, pages = _pages(request, movements(place, [_fund(fund)]), f"de={old}&" if one is not None else "")
        listed = entries(shown.object_list)
    if not listed and one is None and fund not in request.standing.funds:
        raise Http404
    context = {"fund": FUNDS[fund], "entries": listed, "paging": pages, "before": before, "of": one}
    return page(request, SERVICE, "service_contributions/movements.html", context)


@service(CODE, Level.READ)
def transfers_received(request: MemberRequest, siret: str) -> HttpResponse:
    """The transfers that the funds received: booked, waiting for an adviser and why, sent back and why."""
    shown, pages = _pages(request, received.rows(request.standing.establishment_id))
    context = {"rows": [received.shown(one) for one in shown.object_list], "paging": pages}
    return page(request, SERVICE, "service_contributions/received.html", context)


@service(CODE, Level.READ)
def export(request: MemberRequest, siret: str, name: str, form: str) -> HttpResponse:
    """A list as a file: `mois`, `mouvements`, `a-payer`, `virements`, `majorations`."""
    who = request.standing
    place, today = who.establishment_id, who.today
    fund = request.GET.get("fonds", "")
    funds = [fund] if fund in FUNDS else list(FUNDS)
    rows: Any
    columns: tuple[Column, ...]
    if name == "mois":
        found = accounts(who, fund=fund if fund in FUNDS else "", year=_year(request))
        columns = lists.MONTHS
        rows = [(p, month) for one in found.funds for p in one.payments for month in p.months]
    elif name == "mouvements":
        columns, rows = lists.MOVEMENTS, entries(movements(place, funds))
    elif name == "a-payer":
        columns, rows = lists.PAYING, transfers(accounts(who), Referring(place, siret))
    elif name == "virements":
        columns, rows = lists.RECEIVED, [received.shown(one) for one in received.rows(place)]
    else:
        columns, rows = lists.CHARGES, charges.charges(place, funds)
    return lists.answer(columns, rows, f"cotisations-{name}-{siret}-{today}", form)
