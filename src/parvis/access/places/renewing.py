"""Renewing a person in several establishments in one action, by somebody who administers each of them.

Each establishment is a scope of its own: who acts is judged again there, and its own rules, event and letter hold. One
that refuses is left as it was, and told; the others are renewed.
"""

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import connection

from parvis.access.actions.renewal import renew
from parvis.access.models import Membership
from parvis.access.standing import Standing, standing
from parvis.access.status import expires_on, values
from parvis.ground import tenancy
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused, action

Until = Callable[[Membership], datetime.date | None]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another establishment where who administers finds the same person. `why`: it is left out, for this reason."""

    establishment_id: int
    siret: str
    name: str
    account_id: int
    ends_on: datetime.date | None
    expires_on: datetime.date
    why: str


ELSEWHERE_SQL = """
SELECT establishment_id, siret, name, membership_id, ends_on, expires_on, deactivated, renewing
FROM access_administered_with(%(other)s, %(today)s, %(months)s) WHERE establishment_id <> %(here)s
"""


def elsewhere(*, who: Standing, account: Membership) -> list[Elsewhere]:
    """The other establishments that `who` administers and where the person of this account has one too, by name."""
    if account.person_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE_SQL, {**values(), "other": account.person_id, "here": who.establishment_id})
        return [
            Elsewhere(place, siret, name, number, ends_on, expires, _why(closed, renewing))
            for place, siret, name, number, ends_on, expires, closed, renewing in cursor.fetchall()
        ]


def _why(deactivated: bool, renewing: bool) -> str:
    if renewing:
        return "votre propre accès y est à renouveler d’abord."
    return "le compte y est désactivé : réactivez-le d’abord." if deactivated else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it in one establishment: until when it is renewed, or why it is not."""

    establishment: str
    until: datetime.date | None
    refused: str = ""

    @property
    def sentence(self) -> str:
        """In words."""
        if self.until is None:
            return f"{self.establishment} : rien n’y est renouvelé. {self.refused}"
        return f"{self.establishment} : renouvelé jusqu’au {date_long(self.until)}."


@action
def renew_in_several(
    *, who: Standing, account_id: int, until: Until, others: Collection[str]
) -> tuple[datetime.date, list[Outcome]]:
    """Renew the account, and those of the same person in the establishments of these SIRETs. Returns the day on which
    the account expires here, and what became of it in each of the others.

    What is refused here is refused everywhere: raises Refused, as it does where one of `others` is none of those that
    `elsewhere` offers. `until` says the end date of each account.
    """
    account = Membership.objects.filter(pk=account_id).first()
    if account is None:
        raise Refused("Ce compte n’existe plus : quelqu’un l’a supprimé entre-temps.")
    offered = {place.siret: place for place in elsewhere(who=who, account=account) if not place.why}
    if set(others) - set(offered):
        raise Refused("Un établissement coché n’est plus proposé : rien n’est renouvelé. Vérifiez, puis recommencez.")
    wanted = {offered[siret].establishment_id: offered[siret] for siret in others}
    day, outcomes = expires_on(account), []
    # Always in the same order: two who renew the same people at once wait for each other, and never in a circle.
    for place in sorted({who.establishment_id, *wanted}):
        if place == who.establishment_id:
            day = expires_on(renew(who=who, account_id=account_id, ends_on=until(account)))
        else:
            outcomes.append(_there(who, wanted[place], until))
    return day, sorted(outcomes, key=lambda one: one.establishment)


def _there(who: Standing, place: Elsewhere, until: Until) -> Outcome:
    try:
        with tenancy.scope(person=who.person_id, establishment=place.establishment_id):
            there = standing(who.person_id, place.establishment_id)
            account = Membership.objects.filter(pk=place.account_id).first()
            if there is None or not there.administers or there.renewing or there.limited or account is None:
                raise Refused("Le compte n’y est plus, ou vous n’y administrez plus les comptes.")
            made = renew(who=there, account_id=account.pk, ends_on=until(account))
            return Outcome(place.name, expires_on(made))
    except Refused as refusal:
        return Outcome(place.name, None, refusal.message)
