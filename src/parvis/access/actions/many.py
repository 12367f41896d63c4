"""The rights of many accounts in one action."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db import connection

from parvis.access import registry
from parvis.access.actions.creation import Grant, checked_grants
from parvis.access.actions.guards import actor_of, locked, not_oneself
from parvis.access.levels import Level
from parvis.access.models import Membership, Right
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Change, record_changes

GONE = "Un compte de la liste n’existe plus : rien n’est enregistré. Vérifiez la liste, puis recommencez."

DELETE_SQL = "DELETE FROM access_right WHERE id = ANY(%(ids)s) AND establishment_id = %(establishment)s"
INSERT_SQL = """
INSERT INTO access_right (establishment_id, membership_id, service, level, starts_on, ends_on, granted_at, granted_by,
  origin)
SELECT %(establishment)s, n.account, n.service, n.level, n.starts_on, n.ends_on, %(now)s, %(by)s, n.origin
FROM unnest(%(accounts)s::bigint[], %(services)s::text[], %(levels)s::smallint[], %(starts)s::date[], %(ends)s::date[],
  %(origins)s::text[]) AS n(account, service, level, starts_on, ends_on, origin)
"""
ORIGIN_SQL = """
UPDATE access_right r SET origin = n.origin FROM unnest(%(ids)s::bigint[], %(origins)s::text[]) AS n(id, origin)
WHERE r.id = n.id AND r.establishment_id = %(establishment)s
"""


def as_grant(right: Right) -> Grant:
    """The grant that a right keeps."""
    return Grant(right.service, Level(right.level), right.starts_on, right.ends_on, right.origin)


@dataclass(slots=True)
class _Work:
    """What is to be written, for all accounts together."""

    deleted: list[int] = field(default_factory=list)
    given: list[tuple[int, Grant]] = field(default_factory=list)
    origins: list[tuple[int, str]] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    events: list[Change] = field(default_factory=list)

    def add(self, account: Membership, held: dict[str, Right], wanted: dict[str, Grant], offered: list[str]) -> None:
        """What becomes of one account; a service outside of `offered` keeps its right untouched."""
        before, after = {}, {}
        for code in offered:
            old, new = held.get(code), wanted.get(code)
            if old is not None:
                was = as_grant(old)
                if was == new:
                    if new.origin not in ("", old.origin):
                        self.origins.append((old.pk, new.origin))
                    continue
                before[code] = was.as_json()
                self.deleted.append(old.pk)
            if new is not None:
                after[code] = new.as_json()
                self.given.append((account.pk, new))
        if before or after:
            self.changed.append(account.pk)
            self.events.append(Change(account.ref, {"rights": before}, {"rights": after}))


def _checked(changes: dict[int, list[Grant]], funds: frozenset[str], origin: str) -> dict[int, dict[str, Grant]]:
    """The wanted rights by account and service."""
    return {
        number: {
            grant.service: grant if grant.origin or not origin else replace(grant, origin=origin)
            for grant in checked_grants(grants, funds)
        }
        for number, grants in changes.items()
    }


@action
def set_rights_of_many(
    *, who: Standing, changes: dict[int, list[Grant]], kind: str = "rights.changed", origin: str = ""
) -> list[int]:
    """The rights of each account in `changes`, as `set_rights` would set them one by one: its list says everything that
    it holds afterwards in the catalogue. All of them or none; returns the accounts that changed.

    One event of `kind` for each of those. `origin`: the model of rights that what is given comes from, for grants that
    name none. The number of statements does not depend on that of accounts. Raises Refused where an account is no
    longer there or is one's own, or a service or level is not in the catalogue.
    """
    if not changes:
        return []
    wanted = _checked(changes, who.funds, origin)
    locked(who.establishment_id)
    accounts = list(Membership.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    if len(accounts) < len(wanted):
        raise Refused(GONE)
    held: dict[int, dict[str, Right]] = {}
    for right in Right.objects.filter(membership_id__in=wanted):
        held.setdefault(right.membership_id, {})[right.service] = right
    offered = sorted(service.code for service in registry.catalogue(who.funds))
    work = _Work()
    for account in accounts:
        not_oneself(who, account)
        work.add(account, held.get(account.pk, {}), wanted[account.pk], offered)
    _write(who, work, clock.now())
    record_changes(kind, actor=actor_of(who), changes=work.events)
    return work.changed


def _write(who: Standing, work: _Work, now: datetime.datetime) -> None:
    where = {"establishment": who.establishment_id}
    with connection.cursor() as cursor:
        if work.deleted:
            cursor.execute(DELETE_SQL, {**where, "ids": work.deleted})
        if work.given:
            cursor.execute(INSERT_SQL, {**where, "now": now, "by": who.ref, **_columns(work.given)})
        if work.origins:
            ids, origins = zip(*work.origins, strict=True)
            cursor.execute(ORIGIN_SQL, {**where, "ids": list(ids), "origins": list(origins)})


def _columns(given: Iterable[tuple[int, Grant]]) -> dict[str, list[object]]:
    rows = [(account, one.service, int(one.level), one.starts_on, one.ends_on, one.origin) for account, one in given]
    names = ("accounts", "services", "levels", "starts", "ends", "origins")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}
