"""What would pass from one account to another: asked before a hand-over is planned, and on its day."""

from collections.abc import Collection

from django.db.models import Q

from parvis.access.actions.creation import Grant
from parvis.access.actions.many import as_grant
from parvis.access.models import Membership
from parvis.access.registry import catalogue
from parvis.establishments.models import Contract
from parvis.ground import clock, tenancy


def funds_here() -> frozenset[str]:
    """The funds with which the establishment in scope holds a contract today."""
    today = clock.today()
    held = Contract.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        establishment_id=tenancy.current().establishment,
        starts_on__lte=today,
    )
    return frozenset(held.values_list("fund", flat=True))


def offered_grants(account: Membership, funds: Collection[str]) -> dict[str, Grant]:
    """The account's own rights on the services of the catalogue, in its order."""
    held = {right.service: as_grant(right) for right in account.rights.all()}
    return {service.code: held[service.code] for service in catalogue(funds) if service.code in held}
