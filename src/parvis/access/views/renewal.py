"""Renewing several accounts in one action, and, as the last administrator past the day, one's own."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect

from parvis.access.actions.renewal import renew_oneself, renew_several, too_many
from parvis.access.pages import page
from parvis.access.queries.accounts import Filters, Row, accounts
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.status import Status, new_period
from parvis.ground import clock
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long, plural
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


def account_numbers(texts: list[str]) -> list[int]:
    """The accounts' numbers among what an address or a form says; what is none is left out."""
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]


def chosen_accounts(typed: QueryDict, filters: Filters, oneself: int) -> list[Row]:
    """Those ticked, or all that the filters leave; `comptes` is what a page asked to confirm, in one field."""
    if "tous" in typed:
        return accounts(filters, oneself=oneself, everything=True).rows
    numbers = account_numbers(typed.getlist("compte")) + account_numbers(typed.get("comptes", "").split(","))
    return accounts(Filters(), oneself=oneself, everything=True, only=numbers).rows if numbers else []


def _left_out(row: Row, *, unasked: bool) -> str:
    """Why an account is not renewed with the others; "" for one that is. `unasked`: nobody chose it by itself."""
    if row.oneself:
        return "Personne ne renouvelle son propre accès : demandez-le à une autre personne qui administre."
    if unasked and row.status is Status.EXPIRED:
        return "Le compte a expiré. S’il doit rouvrir, cochez-le dans la liste, ou affichez les comptes expirés."
    return "Le compte est désactivé. Réactivez-le d’abord." if row.status is Status.DEACTIVATED else ""


@administrator(methods=BOTH)
def several(request: MemberRequest, siret: str) -> HttpResponse:
    """« Renouveler la sélection », « Renouveler tous les comptes affichés »: asks once, with names and dates."""
    who = request.standing
    filters = Filters.parse(request.GET, who.funds)
    back = (address("access:accounts", siret) + filters.query(page=filters.page)).rstrip("?")
    problems: list[tuple[str, str]] = []
    typed = request.POST if request.method == "POST" else kept(request) or request.GET
    if request.method == "POST":
        try:
            count = renew_several(who=who, account_ids=account_numbers(typed.get("comptes", "").split(",")))
            until = date_long(new_period(who.today))
            done = "est renouvelé" if count == 1 else "sont renouvelés"
            messages.success(request, f"{plural(count, 'compte', 'comptes')} {done} jusqu’au {until}.")
            return HttpResponseRedirect(back)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    rows = chosen_accounts(typed, filters, who.membership_id)
    # « Tous »: an account that has expired is not brought back in passing, unless the list is of those.
    unasked = "tous" in typed and filters.status != Status.EXPIRED.slug
    left_out = [(row, why) for row in rows if (why := _left_out(row, unasked=unasked))]
    renewed = [row for row in rows if not _left_out(row, unasked=unasked)]
    if len(renewed) > settings.PARVIS_RENEWAL_LIMIT:
        problems, renewed = [(too_many(len(renewed)), "")], []
    elif not rows and not problems:
        messages.error(request, "Aucun compte n’est choisi : cochez-en au moins un, puis « Renouveler la sélection ».")
        return HttpResponseRedirect(back)
    return page(
        request,
        "access/renew_several.html",
        {
            "problems": problems,
            "renewed": renewed,
            "left_out": left_out,
            "until": new_period(who.today),
            "numbers": ",".join(str(row.id) for row in renewed),
            "months": settings.PARVIS_EXPIRY_MONTHS,
            "back": back,
        },
    )


@administrator(methods=BOTH, while_renewing=True)
def oneself(request: MemberRequest, siret: str) -> HttpResponse:
    """« Renouveler mon accès »: for the last administrator past the day, after a fresh second factor."""
    who = request.standing
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if who.renewing and not is_fresh(request):
            return ask_again(request)
        try:
            renew_oneself(who=who)
            opened = "il reste à accepter les conditions générales" if who.terms.closed else "tout est ouvert"
            until = date_long(new_period(clock.today()))
            messages.success(request, f"Votre accès est renouvelé jusqu’au {until} : {opened}.")
            return redirect("inbox:home", siret=siret)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    return page(
        request,
        "access/renew_oneself.html",
        {"problems": problems, "until": new_period(who.today), "months": settings.PARVIS_EXPIRY_MONTHS},
    )
