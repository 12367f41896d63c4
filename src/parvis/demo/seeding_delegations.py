"""A delegation of rights that waits for Annecy's answer: its district, which shares its HR office, asked for it."""

import datetime
from collections.abc import Mapping

from parvis.access.levels import Level
from parvis.access.models import Delegation, DelegationService
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.establishments.acting import mark_acting
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.actions import remember_name
from parvis.journal.models import Event

DAYS_AGO, LASTS = 6, 364
ASKED = {people.SHEET: Level.READ, people.CONTRACTS_SERVICE: Level.READ}


def seed_delegations(establishments: Mapping[str, Establishment], names: Mapping[str, str]) -> list[Event]:
    """Write the mark and the proposal; returns its events, to be written in their order."""
    annecy, district = establishments[people.ANNECY], establishments[people.GRAND_ANNECY]
    mark_acting(siret=district.siret)
    today, by, name = clock.today(), ref_of("grand-annecy-1"), names["grand-annecy-1"]
    at = datetime.datetime.combine(today - datetime.timedelta(days=DAYS_AGO), datetime.time(14, 20), tzinfo=clock.PARIS)
    asked = Delegation.objects.create(
        establishment=annecy,
        organisation=district,
        ref=ref_of("delegation-grand-annecy"),
        starts_on=today,
        ends_on=today + datetime.timedelta(days=LASTS),
        reason="Notre direction mutualisée des ressources humaines prépare les bilans de la commune.",
        proposed_side=Delegation.Side.ORGANISATION,
        proposed_at=at,
        proposed_by=by,
        proposed_name=name,
    )
    DelegationService.objects.bulk_create(
        DelegationService(establishment=annecy, organisation=district, delegation=asked, service=service, level=level)
        for service, level in ASKED.items()
    )
    with tenancy.scope(establishment=annecy.pk):
        remember_name(by, f"{name} ({district.name})")
    said = {
        "services": {service: int(level) for service, level in sorted(ASKED.items())},
        "starts_on": asked.starts_on.isoformat(),
        "ends_on": asked.ends_on.isoformat(),
        "letters": False,
    }
    return [
        Event(
            at=at,
            kind="delegation.proposed",
            establishment_id=here.pk,
            actor=by,
            object=asked.ref,
            before={},
            after={"with": facing.name, "siret": facing.siret, "side": side.value, **said},
            origin="web",
        )
        for here, facing, side in (
            (annecy, district, Delegation.Side.ESTABLISHMENT),
            (district, annecy, Delegation.Side.ORGANISATION),
        )
    ]
