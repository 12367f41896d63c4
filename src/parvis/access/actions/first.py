"""The first administrator of an establishment, or who begins anew there: nobody in it gave them an account."""

from parvis.access import registry
from parvis.access.actions.creation import Coordinates, Grant, account_search_key
from parvis.access.actions.links import issue
from parvis.access.models import Membership, Profile, Right
from parvis.establishments.models import Contract
from parvis.ground import clock
from parvis.ground.identifiers.text import sort_key
from parvis.ground.tenancy import action
from parvis.identity.actions import reserve_identifiers
from parvis.journal.actions import Actor, record, remember_name


@action
def create_first_administrator(*, establishment_id: int, coordinates: Coordinates, actor: Actor) -> Membership:
    """An account that administers, with every service of the catalogue, its first link and its e-mail.

    In the scope of the establishment. Whether this person may is the caller's to have proven. They hold every service
    at its highest level: nobody gives rights to themselves, and nobody else is there to give them.
    """
    now = clock.now()
    (identifier,) = reserve_identifiers(1)
    account = Membership.objects.create(
        establishment_id=establishment_id,
        identifier=identifier,
        civility=coordinates.civility,
        first_name=coordinates.first_name,
        last_name=coordinates.last_name,
        function=coordinates.function,
        unit=coordinates.unit,
        email=coordinates.email,
        phone=coordinates.phone,
        profile=Profile.ADMINISTRATOR,
        created_at=now,
        search_key=account_search_key(coordinates.first_name, coordinates.last_name, coordinates.email, identifier),
        sort_key=sort_key(f"{coordinates.last_name} {coordinates.first_name}")[:250],
    )
    grants = _everything(establishment_id)
    Right.objects.bulk_create(
        Right(
            establishment_id=establishment_id,
            membership=account,
            service=grant.service,
            level=grant.level,
            granted_at=now,
        )
        for grant in grants
    )
    remember_name(account.ref, account.name)
    rights = {grant.service: grant.as_json() for grant in grants}
    record(
        "account.created", actor=actor, object=account.ref, after={"profile": str(account.profile), "rights": rights}
    )
    issue(account)
    return account


def _everything(establishment_id: int) -> list[Grant]:
    today = clock.today()
    in_force = Contract.objects.filter(establishment_id=establishment_id, starts_on__lte=today)
    funds = frozenset(contract.fund for contract in in_force if contract.ends_on is None or contract.ends_on >= today)
    return [Grant(service.code, max(service.levels)) for service in registry.catalogue(funds)]
