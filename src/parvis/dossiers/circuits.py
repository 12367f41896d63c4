"""What an organisation does with what is delegated to it, and to which ones an establishment may delegate a dossier."""

import uuid

from django.db import connection

from parvis.access.delegation.parties import employers
from parvis.access.levels import Level
from parvis.access.models import Delegation, DelegationService
from parvis.access.standing import Standing
from parvis.dossiers.models import Circuit, OrganisationCircuit
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record


def circuit_of(organisation: int) -> Circuit:
    """How an organisation works, to which the establishment in scope gave a delegation; without a choice it returns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dossiers_circuit(%s)", [organisation])
        (found,) = cursor.fetchone()
    return Circuit(found) if found else Circuit.RETURNS


def organisations(who: Standing, service: str) -> list[tuple[int, str]]:
    """To whom the establishment in scope delegates that service at « Modification » today: number and name."""
    today = clock.today()
    given = DelegationService.objects.filter(
        establishment_id=who.establishment_id,
        service=service,
        level__gte=Level.WRITE,
        delegation__in=Delegation.objects.filter(
            establishment_id=who.establishment_id,
            accepted_at__isnull=False,
            replaced_at=None,
            ended_at=None,
            starts_on__lte=today,
            ends_on__gte=today,
        ),
    )
    numbers = set(given.values_list("organisation_id", flat=True))
    if not numbers:
        return []
    found = employers(numbers)
    return sorted(((number, found[number].name) for number in numbers), key=lambda one: one[1])


def chosen(organisation: int) -> Circuit:
    """The organisation in scope's own choice."""
    found = OrganisationCircuit.objects.filter(establishment_id=organisation).first()
    return Circuit(found.circuit) if found else Circuit.RETURNS


@action
def choose(*, who: Standing, circuit: str, by: uuid.UUID) -> None:
    """Change it, for the dossiers that are delegated from now on; by who administers the organisation."""
    if circuit not in Circuit.values:
        raise Refused("Choisissez ce que vous faites des dossiers confiés.", field="circuit")
    before = chosen(who.establishment_id)
    if before == circuit:
        return
    OrganisationCircuit.objects.update_or_create(
        establishment_id=who.establishment_id,
        defaults={"circuit": circuit, "changed_at": clock.now(), "changed_by": by},
    )
    record(
        "dossier.circuit_changed",
        actor=Actor(ref=who.ref, person_id=who.person_id),
        before={"circuit": before},
        after={"circuit": circuit},
    )
