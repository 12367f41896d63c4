"""The two sides of a delegation: who they are, and how one act is written and told on both.

The delegation is the giver's row: whoever acts, it is written in the giver's scope. Each side has its own event in its
own journal, and its own letters, written in its own scope.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.access.delegation.state import Side
from parvis.access.models import Delegation
from parvis.access.queries.people import active_administrators
from parvis.access.standing import Standing
from parvis.ground import tenancy
from parvis.journal.actions import SYSTEM, Actor, record, remember_name
from parvis.post.actions import queue


@dataclass(frozen=True, slots=True)
class Employer:
    """An establishment as the public directory knows it."""

    id: int
    siret: str
    name: str
    acts: bool


def employers(ids: Iterable[int]) -> dict[int, Employer]:
    """These establishments, by id; one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, siret, name, acts FROM access_employers(%s)", [list(ids)])
        return {row[0]: Employer(*row) for row in cursor}


@dataclass(frozen=True, slots=True)
class Parties:
    """The giver, the organisation, and on whose side one stands (empty: on none, time acts)."""

    giver: Employer
    organisation: Employer
    side: str = ""

    @property
    def both(self) -> tuple[tuple[str, Employer, Employer], ...]:
        """Side, who stands there, who stands in front."""
        return (
            (Side.ESTABLISHMENT, self.giver, self.organisation),
            (Side.ORGANISATION, self.organisation, self.giver),
        )

    @property
    def facing(self) -> Employer:
        """Who stands in front of who acts."""
        return self.organisation if self.side == Side.ESTABLISHMENT else self.giver


def parties_of(delegation: Delegation, side: str = "") -> Parties:
    """The two sides of a delegation that exists."""
    found = employers([delegation.establishment_id, delegation.organisation_id])
    return Parties(found[delegation.establishment_id], found[delegation.organisation_id], side)


@contextmanager
def inside(establishment: int, *, person: int = 0) -> Iterator[None]:
    """Write in the scope of one of the sides; where one is there already, nothing changes."""
    here = tenancy.current()
    if here.establishment == establishment and here.role == tenancy.APP:
        yield
        return
    with tenancy.scope(person=person, establishment=establishment):
        yield


def tell(
    kind: str,
    delegation: Delegation,
    parties: Parties,
    *,
    who: Standing | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    unwritten: str = "",
) -> None:
    """One event in each journal, and a letter to each administrator of both sides but to who acts.

    `who` None: by time. `unwritten`: a side that gets no letters (it gets one for many proposals instead).
    """
    record_on_both(kind, delegation, parties, who=who, before=before, after=after)
    for side, here, _ in parties.both:
        if side != unwritten:
            with inside(here.id, person=who.person_id if who else 0):
                oneself = who.membership_id if who and side == parties.side else 0
                tell_administrators(kind, here.id, delegation.pk, but=oneself)


def record_on_both(
    kind: str,
    delegation: Delegation,
    parties: Parties,
    *,
    who: Standing | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """One event in each journal."""
    for side, here, facing in parties.both:
        with inside(here.id, person=who.person_id if who else 0):
            if who is not None and side != parties.side:
                # Somebody of the other side: known here under their name and whom they belong to.
                remember_name(who.ref, f"{who.name} ({facing.name})")
            record(
                f"delegation.{kind}",
                actor=_actor(who),
                object=delegation.ref,
                before=before,
                after={"with": facing.name, "siret": facing.siret, "side": side, **(after or {})},
            )


def tell_administrators(kind: str, establishment: int, delegation: int, *, but: int = 0) -> None:
    """Queue the letter of that kind to the active administrators of the establishment in scope."""
    for _, told in active_administrators([establishment]):
        if told != but:
            queue(
                f"access.delegation_{kind}",
                object_id=delegation,
                establishment=establishment,
                detail={"to": told},
            )


def _actor(who: Standing | None) -> Actor:
    return SYSTEM if who is None else Actor(ref=who.ref, person_id=who.person_id)


def read_scope(who: Standing, side: str):  # type: ignore[no-untyped-def]
    """The scope in which a side reads the delegation: the giver its own rows, the organisation what it was given."""
    role = tenancy.APP if side == Side.ESTABLISHMENT else tenancy.PORTFOLIO
    return tenancy.scope(person=who.person_id, establishment=who.establishment_id, role=role, read_only=True)


def find(who: Standing, ref: uuid.UUID) -> tuple[Delegation, str] | None:
    """The delegation of that reference, and on which side the establishment in scope stands; None for anybody else."""
    for side in (Side.ESTABLISHMENT, Side.ORGANISATION):
        with read_scope(who, side):
            found = Delegation.objects.filter(ref=ref).first()
        if found is not None:
            return found, side
    return None
