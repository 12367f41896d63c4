"""Who an adviser is, asked before any page of theirs opens."""

import uuid
from dataclasses import dataclass

from django.db import connection

from parvis.advisers.models import Adviser
from parvis.journal.actions import Actor

_RANK = {Adviser.Role.FIRST: 1, Adviser.Role.SECOND: 2, Adviser.Role.SUPERVISOR: 3}


@dataclass(frozen=True, slots=True)
class AdviserStanding:
    """An adviser who may work today."""

    adviser_id: int
    ref: uuid.UUID
    person_id: int
    name: str
    operator: str
    role: Adviser.Role
    funds: tuple[str, ...]

    @property
    def decides(self) -> bool:
        """Whether they may be the second one of a sensitive act: second level, or supervisor."""
        return self.at_least(Adviser.Role.SECOND)

    @property
    def supervises(self) -> bool:
        return self.role == Adviser.Role.SUPERVISOR

    def at_least(self, role: Adviser.Role) -> bool:
        """Whether theirs is that role or one above it."""
        return _RANK[self.role] >= _RANK[role]

    @property
    def signature(self) -> str:
        """How the journal of an establishment names them."""
        return f"{self.name}, conseiller ({self.operator})"

    @property
    def actor(self) -> Actor:
        """Under whom the journal knows what they do."""
        return Actor(ref=self.ref, origin="conseiller")


def adviser_of(person_id: int) -> AdviserStanding | None:
    """The adviser that this person is; None for anybody else, and for one who was closed. Outside of any scope too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, ref, first_name || ' ' || last_name, operator, role, funds FROM advisers_of_person(%s)",
            [person_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    number, ref, name, operator, role, funds = row
    return AdviserStanding(number, ref, person_id, name, operator, Adviser.Role(role), tuple(funds.split(",")))
