"""« Gestion des comptes »: the list and its exports, the tabs of an account, the history."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from parvis.access import registry
from parvis.access.actions.guards import active_administrators, actor_of
from parvis.access.factor_reset.state import waiting
from parvis.access.handing.queries.listing import of_account
from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.pages import page
from parvis.access.paging import paging
from parvis.access.presets.queries import origin_names
from parvis.access.queries.account import Account, account, rights_of
from parvis.access.queries.accounts import TERMS, Filters, Row, accounts
from parvis.access.rules import MemberRequest, administrator
from parvis.access.status import Status
from parvis.access.views.creation import link_to_draft, sheet_of
from parvis.establishments.lineage import inherited
from parvis.ground import clock, rules, tenancy
from parvis.ground.identifiers.account import grouped
from parvis.ground.tables import Column, csv_file, download, ods_file
from parvis.journal.actions import trace
from parvis.journal.kinds import KINDS
from parvis.journal.queries import HistoryFilters, Line, history, names

STATUS_OPTIONS = [(status.slug, status.label) for status in Status]
PROFILE_OPTIONS = list(Profile.choices)
LEVEL_OPTIONS = [(level.slug, level.label) for level in (Level.WRITE, Level.READ, Level.NONE)]
CSV, ODS = "text/csv; charset=utf-8", "application/vnd.oasis.opendocument.spreadsheet"


def found_account(account_id: int) -> Account:
    """The account of that number in this establishment; 404 for any other."""
    found = account(account_id)
    if found is None:
        raise Http404
    return found


@administrator()
def listing(request: MemberRequest, siret: str) -> HttpResponse:
    """Every account of the establishment, with search, filters, sort and pages."""
    who = request.standing
    filters = Filters.parse(request.GET, who.funds)
    listed = accounts(filters, oneself=who.membership_id, with_drafts=True)
    days = settings.PARVIS_EXPIRY_SOON.days
    return page(
        request,
        "access/accounts.html",
        {
            "listed": listed,
            "filters": listed.filters,
            "paging": paging(listed.filters.page, listed.pages, listed.total, lambda n: listed.filters.query(page=n)),
            "status_options": STATUS_OPTIONS,
            "profile_options": PROFILE_OPTIONS,
            "service_options": [(service.code, service.name) for service in registry.catalogue(who.funds)],
            "level_options": LEVEL_OPTIONS,
            "term_options": [(slug, f"Sous {days} jours") for slug in TERMS],
            "statuses": {row.status for row in listed.rows},
            "base": f"/etablissements/{siret}/comptes/",
            "drafts": [(draft, link_to_draft(draft, siret)) for draft in listed.drafts],
        },
    )


def _status(row: Row) -> str:
    return f"{row.status.label} (lien expiré)" if row.link_expired else row.status.label


ACCOUNT_COLUMNS: list[Column] = [
    Column("Identifiant", lambda row: grouped(row.identifier), "code"),
    Column("Nom", lambda row: row.last_name),
    Column("Prénom", lambda row: row.first_name),
    Column("Fonction", lambda row: row.function),
    Column("Adresse électronique", lambda row: row.email),
    Column("Téléphone", lambda row: row.phone, "code"),
    Column("Profil", lambda row: row.profile),
    Column("Statut", _status),
    Column("Dernière visite", lambda row: row.last_visit, "date"),
    Column("Fin de l’accès", lambda row: row.ends_on, "date"),
    Column("Expire le", lambda row: row.expires_on, "date"),
]

HISTORY_COLUMNS: list[Column] = [
    Column("Date et heure", lambda line: line.at, "datetime"),
    Column("Événement", lambda line: line.label),
    Column("Détail", lambda line: line.text),
    Column("Compte concerné", lambda line: line.object),
    Column("Par", lambda line: line.actor),
]


def export(
    request: MemberRequest, columns: list[Column], rows: list[Any], name: str, form: str, kind: str, said: str
) -> HttpResponse:
    """A file of exactly what is filtered; who, filter and number of rows are journaled once it is made."""
    day, siret = f"{clock.today():%Y-%m-%d}", request.standing.siret
    if form == "csv":
        answer = download(csv_file(columns, rows), f"{name}-{siret}-{day}.csv", CSV)
    else:
        answer = download(ods_file(columns, rows, name.capitalize()), f"{name}-{siret}-{day}.ods", ODS)
    note_export(request, kind, len(rows), form, said)
    return answer


def note_export(request: MemberRequest, kind: str, rows: int, form: str, said: str) -> None:
    """Leave the event of a file once the request's own transaction is over."""
    who = request.standing

    def noted() -> None:
        with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
            trace(kind, actor=actor_of(who), after={"rows": rows, "format": form, "filter": said})

    rules.after(request, noted)


def _export_view(form: str) -> Callable[..., HttpResponse]:
    def exporting(request: MemberRequest, siret: str) -> HttpResponse:
        who = request.standing
        filters = Filters.parse(request.GET, who.funds)
        rows = accounts(filters, oneself=who.membership_id, everything=True).rows
        return export(request, ACCOUNT_COLUMNS, rows, "comptes", form, "account.exported", filters.said())

    return administrator()(exporting)


export_csv = _export_view("csv")
export_ods = _export_view("ods")


@administrator()
def coordinates(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """Tab « Coordonnées »."""
    found = found_account(account_id)
    author = names([found.membership.created_by, found.proposal.proposed_by if found.proposal else None])
    return page(
        request,
        "access/account.html",
        {
            "found": found,
            "oneself": found.membership.pk == request.standing.membership_id,
            "author": author.get(found.membership.created_by, ""),
            "months": settings.PARVIS_EXPIRY_MONTHS,
            "today": request.standing.today,
            "proposer": author.get(found.proposal.proposed_by, "") if found.proposal else "",
            "reset": waiting(account_id),
        },
    )


@administrator()
def rights(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """Tab « Ses droits »: the tick/cross view; the form is behind « Modifier »."""
    found = found_account(account_id)
    who = request.standing
    held = list(found.membership.rights.all())
    oneself = found.membership.pk == who.membership_id
    absences, handovers = of_account(account_id)
    return page(
        request,
        "access/account_rights.html",
        {
            "found": found,
            "groups": rights_of(
                found.membership,
                who.funds,
                names([right.granted_by for right in held]),
                origin_names(right.origin for right in held),
            ),
            "oneself": oneself,
            "may_change": not oneself or active_administrators() == 1,
            "handed_absences": absences,
            "handed_handovers": handovers,
        },
    )


@administrator()
def account_history(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """Tab « Historique »."""
    found = found_account(account_id)
    filters = HistoryFilters(object=found.membership.ref, page=HistoryFilters.parse(request.GET).page)
    shown = history(filters, inherited=inherited())
    return page(
        request,
        "access/account_history.html",
        {
            "found": found,
            "oneself": found.membership.pk == request.standing.membership_id,
            "shown": shown,
            "paging": paging(shown.filters.page, shown.pages, shown.total, lambda n: f"?page={n}"),
        },
    )


@administrator()
def sheet(request: MemberRequest, siret: str, account_id: int) -> HttpResponse:
    """The hand-over sheet, again."""
    return sheet_of(request, found_account(account_id).membership)


@administrator()
def establishment_history(request: MemberRequest, siret: str) -> HttpResponse:
    """« Historique » of the establishment, with filters."""
    filters = HistoryFilters.parse(request.GET)
    shown = history(filters, inherited=inherited())
    return page(
        request,
        "access/history.html",
        {
            "shown": shown,
            "filters": shown.filters,
            "kinds": sorted(
                (kind for kind in KINDS.values() if not kind.code.startswith("identity.")), key=lambda kind: kind.label
            ),
            "problems": [(text, f"id_{name}") for name, text in filters.mistakes()],
            "paging": paging(shown.filters.page, shown.pages, shown.total, lambda n: shown.filters.query(page=n)),
        },
    )


@administrator()
def history_csv(request: MemberRequest, siret: str) -> HttpResponse:
    """The history as CSV: exactly what is filtered."""
    filters = HistoryFilters.parse(request.GET)
    rows: list[Line] = history(filters, everything=True, inherited=inherited()).lines
    return export(request, HISTORY_COLUMNS, rows, "historique", "csv", "history.exported", filters.said())
