"""« Mes droits »: what a person holds in one of their establishments, and why, as the one decision says it."""

import datetime
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from parvis.access.asking.queries import askable, waiting_of
from parvis.access.standing import Standing, standing
from parvis.access.why.explaining import Explanation, explain
from parvis.access.why.lines import Groups, lines
from parvis.ground import tenancy


@dataclass(frozen=True, slots=True)
class MyRights:
    """One establishment: who the person is there, and each service by theme."""

    standing: Standing
    groups: Groups
    # The services for which a request waits, since when; those that the person may ask for.
    asked: dict[str, datetime.datetime] = field(default_factory=dict)
    askable: frozenset[str] = frozenset()

    @property
    def held(self) -> int:
        """How many services the person holds today."""
        return sum(line.held for _, lines in self.groups for line in lines)


def my_rights(person_id: int, siret: str) -> MyRights | None:
    """The rights of the person in the establishment of that SIRET, with reasons; None without an account there."""
    with _entered(person_id, siret) as here:
        who = standing(person_id, here.establishment) if here.establishment else None
        return None if who is None else MyRights(who, lines(who, own=True), waiting_of(who), askable(who))


def my_reasons(person_id: int, siret: str, code: str) -> Explanation | None:
    """« Pourquoi cet accès ? » for oneself; None without an account there, or for a service that nobody knows.

    A delegate reads of the delegated services alone: which others the establishment has is its own affair.
    """
    with _entered(person_id, siret) as here:
        who = standing(person_id, here.establishment) if here.establishment else None
        if who is None or (who.delegate is not None and all(one.service != code for one in who.mandates)):
            return None
        return explain(who, code, own=True)


def _entered(person_id: int, siret: str) -> AbstractContextManager[tenancy.Scope]:
    where = tenancy.Lookup("access_enter", (person_id, siret))
    return tenancy.scope(person=person_id, establishment=where, read_only=True)
