"""What the tests of this folder share: a centre de gestion, establishments that gave it something, and its acts."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from stdnum import luhn

from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.models import Delegation, DelegationService
from parvis.access.registry import get
from parvis.access.standing import Standing, standing
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.text import sort_key
from tests.world import Someone

DAY = datetime.timedelta(days=1)
SERVICES = {"contrats": Level.READ, "correspondants": Level.WRITE}


@dataclass
class Centre:
    """An organisation that acts for others, its people, and its clients in order of their names."""

    place: Establishment
    chief: Someone
    second: Someone
    agent: Someone
    aside: Someone
    clients: list[Establishment] = field(default_factory=list)

    def path(self, rest: str = "") -> str:
        """An address of the organisation's."""
        return f"/etablissements/{self.place.siret}/{rest}"


def siret(number: int) -> str:
    """A valid SIRET of nobody's."""
    siren = f"8{number:07}"
    siren += luhn.calc_check_digit(siren)
    nic = f"{siren}0001"
    return nic + luhn.calc_check_digit(nic)


def employers(count: int, *, start: int = 1, kind: str = "commune", department: str = "74") -> list[Establishment]:
    """Employers of the directory, as the owner: nobody there has an account."""
    rows = []
    for number in range(start, start + count):
        code, name = siret(number), f"Commune {number:05}"
        rows.append(
            Establishment(
                siret=code, siren=code[:9], name=name, kind=kind, department=department, sort_key=sort_key(name)
            )
        )
    return Establishment.objects.bulk_create(rows)


def give(centre: Establishment, givers: Sequence[Establishment], **changes: Any) -> list[Delegation]:
    """Delegations as rows, in force unless told otherwise, as the owner."""
    now, today = clock.now(), clock.today()
    said: dict[str, Any] = {
        "organisation": centre,
        "starts_on": today - 10 * DAY,
        "ends_on": today + 300 * DAY,
        "reason": "Convention",
        "proposed_side": "organisation",
        "proposed_at": now - 20 * DAY,
        "proposed_by": "00000000-0000-4000-8000-000000000001",
        "proposed_name": "Sophie Roche",
        "accepted_at": now - 10 * DAY,
        "answered_name": "Camille Bel",
        **changes,
    }
    services: dict[str, Level] = said.pop("services", SERVICES)
    made = Delegation.objects.bulk_create(Delegation(establishment=giver, **said) for giver in givers)
    DelegationService.objects.bulk_create(
        DelegationService(
            establishment_id=one.establishment_id, organisation=centre, delegation=one, service=code, level=level
        )
        for one in made
        for code, level in services.items()
    )
    return made


def doing(who: Someone, act: Callable[[Standing], Any]) -> Any:
    """`act` as a request of `who` would run it."""
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where):
        here = standing(who.person.pk, where)
        assert here is not None
        return act(here)


def level_at(who: Someone, where: Establishment, service: str = "correspondants") -> Level:
    """What somebody may do in an establishment at their next request."""
    with tenancy.scope(person=who.person.pk, establishment=where.pk, read_only=True):
        declared = get(service)
        assert declared is not None
        return decide(standing(who.person.pk, where.pk), declared).level
