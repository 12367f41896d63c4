"""What a person sees of a reset that was asked for in their name."""

import datetime
from dataclasses import dataclass

from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.pages import Notice
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import datetime_long


@dataclass(frozen=True, slots=True)
class Pending:
    """A reset that may still be refused."""

    establishment: str
    asked_at: datetime.datetime
    effective_at: datetime.datetime


def of_person(person_id: int) -> Pending | None:
    """The reset that waits for the person, in their own scope; one statement."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True), connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.name, f.asked_at, f.effective_at FROM access_factorreset f "
            "JOIN establishments_establishment e ON e.id = f.establishment_id "
            "WHERE f.person_id = %s AND f.refused_at IS NULL AND f.cancelled_at IS NULL AND f.done_at IS NULL "
            "AND f.effective_at > %s ORDER BY f.id LIMIT 1",
            [person_id, clock.now()],
        )
        row = cursor.fetchone()
    return Pending(*row) if row else None


def notice(effective_at: datetime.datetime) -> Notice:
    """What every page says to the person until they refuse, or until it takes effect."""
    return Notice(
        title="Votre second facteur va être réinitialisé",
        text="Une personne qui administre votre établissement a signalé que vous l’aviez perdu. Sans refus de votre "
        f"part, il sera effacé le {datetime_long(effective_at)}. Vous l’avez toujours ? Refusez.",
        href=address("access:own-reset"),
        action="Voir la demande et la refuser",
    )
