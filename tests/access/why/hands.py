"""What the tests of this folder share: a delegation, and somebody of the organisation who works under it."""

import datetime
import uuid

from parvis.access.levels import Level
from parvis.access.models import Assignment, Delegation, DelegationService, Portfolio, PortfolioClient, PortfolioMember
from parvis.establishments.models import Establishment
from parvis.ground import clock
from tests.world import Someone, establishment, someone

CENTRE = "99974000400018"


def centre() -> Establishment:
    """An organisation that acts for others. As the owner."""
    made = establishment(CENTRE, "Centre de gestion des essais", ("cnracl",))
    Establishment.objects.filter(pk=made.pk).update(acts_for_others=True)
    return made


def delegation(
    giver: Establishment, organisation: Establishment, levels: dict[str, Level], *, days: int = 30
) -> Delegation:
    """A delegation in force since today. As the owner."""
    now = clock.now()
    made = Delegation.objects.create(
        establishment=giver,
        organisation=organisation,
        starts_on=clock.today(),
        ends_on=clock.today() + datetime.timedelta(days=days),
        reason="Convention",
        proposed_side=Delegation.Side.ESTABLISHMENT,
        proposed_at=now,
        proposed_by=uuid.uuid4(),
        proposed_name="Claire Dubois",
        accepted_at=now,
    )
    for code, level in levels.items():
        DelegationService.objects.create(
            establishment=giver, organisation=organisation, delegation=made, service=code, level=level
        )
    return made


def delegate(
    organisation: Establishment, client: Establishment, level: Level, *, portfolio: str = "", name: str = "Yves"
) -> Someone:
    """Somebody of the organisation who works for the client, one by one or by a portfolio. As the owner."""
    made = someone(organisation, name, "Roche")
    now, by = clock.now(), made.membership.ref
    if portfolio:
        folder = Portfolio.objects.create(establishment=organisation, name=portfolio, created_at=now)
        PortfolioClient.objects.create(establishment=organisation, portfolio=folder, client=client)
        PortfolioMember.objects.create(
            establishment=organisation, portfolio=folder, membership=made.membership, level=level, granted_at=now,
            granted_by=by,
        )  # fmt: skip
    else:
        Assignment.objects.create(
            establishment=organisation, client=client, membership=made.membership, level=level, granted_at=now,
            granted_by=by,
        )  # fmt: skip
    return made
