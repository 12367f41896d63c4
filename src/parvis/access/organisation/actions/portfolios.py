"""Portfolios (« portefeuilles »): named sets of clients, each given to a team. Obeyed from the next request on."""

import uuid
from collections.abc import Collection

from parvis.access.actions.guards import account_for_update, actor_of, locked
from parvis.access.levels import Level
from parvis.access.models import Portfolio, PortfolioClient, PortfolioMember
from parvis.access.organisation.actions.assignments import checked_level, working_account
from parvis.access.organisation.clients import acting, open_clients, sirets_of
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.identifiers.text import clean, search_key
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name

GONE = "Ce portefeuille n’existe plus : quelqu’un l’a supprimé entre-temps."
LONGEST = 80


def _portfolio(ref: uuid.UUID) -> Portfolio:
    """The portfolio, locked until the end of the transaction."""
    found = Portfolio.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    if found is None:
        raise Refused(GONE)
    return found


def _name(typed: str, besides: int = 0) -> str:
    """A name that no other portfolio bears; under the establishment's lock, so that two at once see each other."""
    name = clean(typed)
    if not name:
        raise Refused("Donnez un nom au portefeuille, par exemple « Secteur du lac ».", field="name")
    if len(name) > LONGEST:
        raise Refused(f"Ce nom compte {len(name)} caractères : abrégez-le à {LONGEST} au plus.", field="name")
    taken = Portfolio.objects.exclude(pk=besides).values_list("name", flat=True)
    if search_key(name) in {search_key(other) for other in taken}:
        raise Refused("Un autre portefeuille porte déjà ce nom : choisissez-en un autre.", field="name")
    return name


def _said(portfolio: Portfolio) -> dict[str, str]:
    return {"portfolio": str(portfolio.ref), "name": portfolio.name}


@action
def create_portfolio(*, who: Standing, name: str) -> Portfolio:
    """A new, empty portfolio of that name, which no other bears."""
    acting(who)
    locked(who.establishment_id)
    made = Portfolio.objects.create(establishment_id=who.establishment_id, name=_name(name), created_at=clock.now())
    remember_name(made.ref, f"Portefeuille « {made.name} »")
    record("portfolio.created", actor=actor_of(who), object=made.ref, after=_said(made))
    return made


@action
def rename_portfolio(*, who: Standing, ref: uuid.UUID, name: str) -> Portfolio:
    """Another name; clients and team stay."""
    acting(who)
    locked(who.establishment_id)
    portfolio = _portfolio(ref)
    wanted, before = _name(name, besides=portfolio.pk), _said(portfolio)
    if wanted != portfolio.name:
        portfolio.name = wanted
        portfolio.save(update_fields=["name"])
        remember_name(portfolio.ref, f"Portefeuille « {wanted} »")
        record("portfolio.renamed", actor=actor_of(who), object=ref, before=before, after=_said(portfolio))
    return portfolio


@action
def delete_portfolio(*, who: Standing, ref: uuid.UUID) -> str:
    """The portfolio and what it gave its team; the delegations stay. Returns its name."""
    acting(who)
    portfolio = _portfolio(ref)
    clients = list(PortfolioClient.objects.filter(portfolio=portfolio).values_list("client_id", flat=True))
    members = PortfolioMember.objects.filter(portfolio=portfolio).values_list("membership__ref", "level")
    before = {
        **_said(portfolio),
        "clients": sorted(sirets_of(who, clients).values()),
        "members": {str(member): level for member, level in members},
    }
    portfolio.delete()
    record("portfolio.deleted", actor=actor_of(who), object=ref, before=before)
    return str(before["name"])


@action
def add_clients(*, who: Standing, ref: uuid.UUID, clients: Collection[int]) -> int:
    """These clients belong to the portfolio too: its team works for them. Returns how many are new there."""
    acting(who)
    if not clients:
        raise Refused("Aucun établissement n’est choisi : cochez-en au moins un.")
    portfolio = _portfolio(ref)
    sirets = open_clients(who, clients)
    held = set(PortfolioClient.objects.filter(portfolio=portfolio).values_list("client_id", flat=True))
    new = [client for client in sirets if client not in held]
    if new:
        PortfolioClient.objects.bulk_create(
            PortfolioClient(establishment_id=who.establishment_id, portfolio=portfolio, client_id=client)
            for client in new
        )
        after = {**_said(portfolio), "clients": [sirets[client] for client in new]}
        record("portfolio.clients_added", actor=actor_of(who), object=ref, after=after)
    return len(new)


@action
def remove_clients(*, who: Standing, ref: uuid.UUID, clients: Collection[int]) -> int:
    """The portfolio's team works for these clients no more, unless by another path. Returns how many were there."""
    acting(who)
    portfolio = _portfolio(ref)
    held = PortfolioClient.objects.filter(portfolio=portfolio, client_id__in=clients)
    gone = list(held.values_list("client_id", flat=True))
    if not gone:
        raise Refused("Aucun établissement du portefeuille n’est choisi : cochez-en au moins un.")
    before = {**_said(portfolio), "clients": sorted(sirets_of(who, gone).values())}
    held.delete()
    record("portfolio.clients_removed", actor=actor_of(who), object=ref, before=before)
    return len(gone)


@action
def set_member(*, who: Standing, ref: uuid.UUID, account_id: int, level: Level) -> bool:
    """Somebody works on the portfolio at this level, or, with « Aucun », leaves its team. Whether that is new."""
    acting(who)
    portfolio = _portfolio(ref)
    if level is Level.NONE:
        return _leave(who, portfolio, account_id)
    account, wanted = working_account(account_id), checked_level(level)
    held = PortfolioMember.objects.filter(portfolio=portfolio, membership=account).first()
    if held is not None and held.level == wanted:
        return False
    PortfolioMember.objects.update_or_create(
        portfolio=portfolio,
        membership=account,
        defaults={
            "establishment_id": who.establishment_id,
            "level": wanted,
            "granted_at": clock.now(),
            "granted_by": who.ref,
        },
    )
    record(
        "portfolio.member_set",
        actor=actor_of(who),
        object=account.ref,
        before={"level": held.level} if held else {},
        after={**_said(portfolio), "level": int(wanted)},
    )
    return True


def _leave(who: Standing, portfolio: Portfolio, account_id: int) -> bool:
    account = account_for_update(account_id)
    held = PortfolioMember.objects.filter(portfolio=portfolio, membership=account).first()
    if held is None:
        return False
    before = {**_said(portfolio), "level": held.level}
    held.delete()
    record("portfolio.member_left", actor=actor_of(who), object=account.ref, before=before)
    return True
