"""Services that open for an establishment: which, since when, and who settles them.

**The rule.** A service is in an establishment's reach from the later of two days: the one on which it was put online
(`Service.opens_on`) and the first day of the first contract that brings it into the catalogue. It counts as new for
`PARVIS_OPENING_WINDOW` from then, as long as nobody there holds a right on it and nobody has settled it.
"""

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.access import registry
from parvis.access.registry import Service
from parvis.establishments.funds import ALL
from parvis.ground import clock, tenancy

# What `found_in` reads, of the establishment in scope: first days of contracts, services held, services settled.
FACTS_SQL = """json_build_object(
  'first', (SELECT coalesce(json_object_agg(c.fund, c.day), '{}') FROM (SELECT fund, min(starts_on) AS day
    FROM establishments_contract WHERE establishment_id = %(establishment)s GROUP BY fund) c),
  'held', (SELECT coalesce(json_agg(DISTINCT r.service), '[]') FROM access_right r
    JOIN access_membership m ON m.id = r.membership_id WHERE r.establishment_id = %(establishment)s
    AND m.deactivated_at IS NULL AND (r.ends_on IS NULL OR r.ends_on >= %(today)s)
    AND (m.ends_on IS NULL OR m.ends_on >= %(today)s)),
  'settled', (SELECT coalesce(json_agg(o.service), '[]') FROM access_opening o
    WHERE o.establishment_id = %(establishment)s AND o.settled_at IS NOT NULL))"""


@dataclass(frozen=True, slots=True)
class NewService:
    """A service that opened, and since when."""

    service: Service
    since: datetime.date


def opened_on(service: Service, first_days: Mapping[str, datetime.date]) -> datetime.date | None:
    """The day from which the service is in reach; None where no contract brings it, or it always was."""
    days = [] if service.opens_on is None else [service.opens_on]
    if service.funds:
        contracts = [day for fund, day in first_days.items() if fund in service.funds]
        if not contracts:
            return None
        days.append(min(contracts))
    return max(days, default=None)


def is_new(day: datetime.date | None, today: datetime.date) -> bool:
    """Whether what opened on that day still counts as new."""
    return day is not None and today - settings.PARVIS_OPENING_WINDOW < day <= today


def recent() -> list[Service]:
    """The services put online within the window, whatever the establishment."""
    return [service for service in registry.catalogue(ALL) if is_new(service.opens_on, clock.today())]


def found_in(facts: Any, funds: frozenset[str], today: datetime.date) -> list[NewService]:
    """The new services among `facts`, in the catalogue's order, for who holds contracts with these funds."""
    told = json.loads(facts) if isinstance(facts, str) else facts
    first = {fund: datetime.date.fromisoformat(day) for fund, day in told["first"].items()}
    seen = {*told["held"], *told["settled"]}
    new = []
    for service in registry.catalogue(funds):
        day = opened_on(service, first)
        if service.code not in seen and day is not None and is_new(day, today):
            new.append(NewService(service, day))
    return new


def openings(funds: frozenset[str]) -> list[NewService]:
    """The new services of the establishment in scope; one statement."""
    today = clock.today()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FACTS_SQL}", {"establishment": tenancy.current().establishment, "today": today})
        return found_in(cursor.fetchone()[0], funds, today)


def opening_of(code: str, funds: frozenset[str]) -> NewService | None:
    """The new service of that code, if it still is one."""
    return next((one for one in openings(funds) if one.service.code == code), None)


def neighbours(service: Service, funds: Iterable[str]) -> list[Service]:
    """The other services of its theme that the establishment is offered."""
    offered = registry.catalogue(funds)
    return [one for one in offered if one.theme.code == service.theme.code and one.code != service.code]
