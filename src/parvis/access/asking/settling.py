"""« Nouveau service : droits à attribuer »: one confirmation gives them all, or settles that nobody gets any yet."""

from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from parvis.access import registry
from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import actor_of, locked
from parvis.access.actions.many import GONE, as_grant, set_rights_of_many
from parvis.access.asking.openings import NewService, neighbours, opening_of
from parvis.access.levels import Level
from parvis.access.models import Membership, Opening, Right
from parvis.access.standing import Standing
from parvis.access.status import EXPIRES_SQL, administers_sql, values
from parvis.ground import clock
from parvis.ground.pages.filters import datetime_long
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.journal.queries import names

NO_CHOICE = "Choisissez un niveau pour une personne au moins, ou « Personne pour l’instant »."
NOT_LISTED = (
    "Une personne de la liste ne peut plus recevoir ce droit : rien n’est enregistré. Vérifiez, puis recommencez."
)
FOREIGN = "Un niveau choisi n’est pas proposé par ce service : rien n’est enregistré. Choisissez-en un autre."


class Candidate(NamedTuple):
    """An account that may get the new right: the highest level that it holds on a neighbour (0: none)."""

    account: int
    name: str
    function: str
    held: int


# Who holds a neighbour first, then everybody else whose account is open.
CANDIDATES_SQL = f"""
SELECT c.id, c.name, c.function, c.held FROM (
  SELECT m.id, m.first_name || ' ' || m.last_name AS name, m.function, m.sort_key,
    coalesce((SELECT max(r.level) FROM access_right r WHERE r.membership_id = m.id AND r.service = ANY(%(near)s)
      AND (r.starts_on IS NULL OR r.starts_on <= %(today)s)
      AND (r.ends_on IS NULL OR r.ends_on >= %(today)s)), 0) AS held
  FROM access_membership m WHERE m.establishment_id = %(establishment)s AND m.deactivated_at IS NULL
    AND ({EXPIRES_SQL} >= %(today)s OR {administers_sql()}) AND m.id <> %(oneself)s) c
ORDER BY c.held = 0, c.sort_key, c.id LIMIT %(limit)s
"""


def candidates(who: Standing, new: NewService) -> list[Candidate]:
    """Who may get the new service, but oneself; one more than `PARVIS_OPENING_PEOPLE` where there are more."""
    with connection.cursor() as cursor:
        cursor.execute(
            CANDIDATES_SQL,
            {
                **values(),
                "establishment": who.establishment_id,
                "near": [service.code for service in neighbours(new.service, who.funds)],
                "oneself": who.membership_id,
                "limit": settings.PARVIS_OPENING_PEOPLE + 1,
            },
        )
        return [Candidate._make(row) for row in cursor]


def proposed(held: int, new: NewService) -> Level:
    """The level that the page proposes: the one held on a neighbour, or the highest one offered below."""
    return max(level for level in new.service.levels if level <= held)


def _still_new(who: Standing, code: str) -> NewService:
    locked(who.establishment_id)
    new = opening_of(code, who.funds)
    if new is not None:
        return new
    settled = Opening.objects.filter(service=code, settled_at__isnull=False).first()
    if settled is None or settled.settled_at is None:
        raise Refused("Des droits sont déjà attribués sur ce service : il ne reste rien à régler ici.")
    by = names([settled.settled_by]).get(settled.settled_by, "une autre personne")
    raise Refused(f"C’est déjà réglé, par {by}, le {datetime_long(settled.settled_at)} : rien n’est changé.")


@action
def give(*, who: Standing, code: str, levels: Mapping[int, Level]) -> int:
    """Give the new service to the accounts of `levels`, beside what they hold; returns how many got it.

    Raises Refused: somebody settled it meanwhile, a forged level or account, one's own, nobody chosen.
    """
    new = _still_new(who, code)
    if any(level not in new.service.levels for level in levels.values()):
        raise Refused(FOREIGN)
    wanted = {number: level for number, level in levels.items() if level > Level.NONE}
    if not wanted:
        raise Refused(NO_CHOICE)
    if not set(wanted) <= {one.account for one in candidates(who, new)}:
        raise Refused(NOT_LISTED)
    accounts = list(Membership.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    if len(accounts) < len(wanted):
        raise Refused(GONE)
    offered = {service.code for service in registry.catalogue(who.funds)}
    changes = {number: [Grant(code, level)] for number, level in wanted.items()}
    for right in Right.objects.filter(membership_id__in=wanted, service__in=offered - {code}):
        changes[right.membership_id].append(as_grant(right))
    set_rights_of_many(who=who, changes=changes)
    _settle(who, code, len(wanted))
    return len(wanted)


@action
def give_nobody(*, who: Standing, code: str) -> None:
    """« Personne pour l’instant ». Raises Refused where it was settled meanwhile."""
    _still_new(who, code)
    _settle(who, code, 0)


def _settle(who: Standing, code: str, people: int) -> None:
    Opening.objects.update_or_create(
        establishment_id=who.establishment_id,
        service=code,
        defaults={"settled_at": clock.now(), "settled_by": who.ref},
    )
    record("opening.settled", actor=actor_of(who), after={"service": code, "people": people})
