"""Who worked for the establishment by a delegation on a given day: its own journal says what it gave, and what the
organisations' journals say of who worked for it crosses to it (`crossings.py`), nothing more."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from parvis.access.levels import Level
from parvis.access.models import Delegation
from parvis.access.standing import Mandate
from parvis.journal.queries import pseudonym


@dataclass(slots=True)
class Given:
    """A delegation that holds, as the giver's journal tells it."""

    levels: Mapping[str, int]
    starts_on: datetime.date
    ends_on: datetime.date
    letters: bool
    since: datetime.datetime
    organisation: str


@dataclass(slots=True)
class Delegations:
    """Those accepted and neither ended nor replaced, so far, by reference."""

    held: dict[uuid.UUID, Given] = field(default_factory=dict)

    def read(self, kind: str, ref: uuid.UUID | None, at: datetime.datetime, after: Mapping[str, Any]) -> None:
        """What an event of the giver's journal changed; the organisation's own copies of others' are left out."""
        if ref is None or after.get("side") != Delegation.Side.ESTABLISHMENT:
            return
        if kind in ("delegation.accepted", "delegation.arrived"):
            # Between two there is one at a time: what held gives way.
            self.held = {key: one for key, one in self.held.items() if one.organisation != after["siret"]}
            self.held[ref] = _given(after, at)
        elif kind == "delegation.narrowed" and ref in self.held:
            self.held[ref] = _given(after, self.held[ref].since)
        elif kind == "delegation.ended":
            self.held.pop(ref, None)


def _given(after: Mapping[str, Any], since: datetime.datetime) -> Given:
    return Given(
        dict(after["services"]),
        datetime.date.fromisoformat(after["starts_on"]),
        datetime.date.fromisoformat(after["ends_on"]),
        bool(after["letters"]),
        since,
        str(after["siret"]),
    )


class Work(NamedTuple):
    """A level at which somebody works, by an assignment or by a team."""

    level: int
    at: datetime.datetime
    by: str


@dataclass(slots=True)
class Member:
    """An account of the organisation, as its journal tells of it."""

    name: str = ""
    confirmed: bool = False
    closed: bool = False
    expired: bool = False
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    assigned: Work | None = None
    teams: dict[uuid.UUID, Work] = field(default_factory=dict)

    def opens(self, day: datetime.date) -> bool:
        """Whether the account lets its person in on that day."""
        begun = self.starts_on is None or self.starts_on <= day
        lasting = not self.expired and (self.ends_on is None or self.ends_on >= day)
        return self.confirmed and not self.closed and begun and lasting


@dataclass(slots=True)
class Organisation:
    """The people of an organisation, and its portfolios that hold the establishment: name by reference."""

    members: dict[uuid.UUID, Member] = field(default_factory=dict)
    portfolios: dict[uuid.UUID, str] = field(default_factory=dict)

    def read(self, row: "Row") -> None:
        """What an event of the organisation's journal changed for the establishment."""
        if row.kind.startswith("account."):
            self._account(row)
        elif row.kind.startswith("assignment."):
            given = row.kind == "assignment.given"
            self._member(row).assigned = Work(row.level or 0, row.at, row.by) if given else None
        elif row.portfolio is not None:
            self._portfolio(row, row.portfolio)

    def _member(self, row: "Row") -> Member:
        member = self.members.setdefault(row.object, Member())
        member.name = row.name or member.name
        return member

    def _portfolio(self, row: "Row", folder: uuid.UUID) -> None:
        if row.kind == "portfolio.member_set":
            self._member(row).teams[folder] = Work(row.level or 0, row.at, row.by)
        elif row.kind == "portfolio.member_left":
            self._member(row).teams.pop(folder, None)
        elif row.kind == "portfolio.clients_added" or (row.kind == "portfolio.renamed" and folder in self.portfolios):
            self.portfolios[folder] = row.portfolio_name
        elif row.kind in ("portfolio.clients_removed", "portfolio.deleted"):
            self.portfolios.pop(folder, None)

    def _account(self, row: "Row") -> None:
        member = self._member(row)
        what = row.kind.partition(".")[2]
        if what == "confirmed":
            member.confirmed = True
        elif what in ("deactivated", "reactivated"):
            member.closed = what == "deactivated"
        elif what == "expired":
            member.expired = True
        elif what == "deleted":
            # Assignments and teams go with the account.
            self.members.pop(row.object, None)
        if what in ("created", "dates_changed", "renewed", "renewed_by_oneself"):
            member.expired = False
            member.starts_on = datetime.date.fromisoformat(row.starts_on) if row.starts_on else None
            member.ends_on = datetime.date.fromisoformat(row.ends_on) if row.ends_on else None

    def work(self, ref: uuid.UUID) -> list[tuple[str, Work]]:
        """By which assignment and teams the member works here: the name of the portfolio, or nothing."""
        member = self.members[ref]
        teams = [(self.portfolios[key], one) for key, one in member.teams.items() if key in self.portfolios]
        return [*([("", member.assigned)] if member.assigned else []), *sorted(teams, key=lambda pair: pair[0])]


class Row(NamedTuple):
    """What crosses of an event of the organisation's journal."""

    at: datetime.datetime
    id: int
    kind: str
    organisation_id: int
    object: uuid.UUID
    level: int | None
    portfolio: uuid.UUID | None
    portfolio_name: str
    ends_on: str | None
    starts_on: str | None
    by: str
    name: str


def delegates_past(given: Delegations, day: datetime.date, until: datetime.datetime) -> list[tuple[Mandate, ...]]:
    """The paths of each person who worked for the establishment in scope on that day, by person."""
    held = {ref: one for ref, one in given.held.items() if one.starts_on <= day <= one.ends_on}
    if not held:
        return []
    organisations: dict[int, Organisation] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_delegates_past(%s)", [until])
        for row in map(Row._make, cursor):
            organisations.setdefault(row.organisation_id, Organisation()).read(row)
        rows = {one.ref: one for one in Delegation.objects.filter(ref__in=list(held))}
        cursor.execute(
            "SELECT id, siret, name FROM access_employers(%s)", [[one.organisation_id for one in rows.values()]]
        )
        places = {number: (siret, name) for number, siret, name in cursor}
    found = []
    for ref, one in held.items():
        given_row = rows[ref]
        organisation = organisations.get(given_row.organisation_id, Organisation())
        siret, name = places[given_row.organisation_id]
        by = (
            given_row.proposed_name
            if given_row.proposed_side == Delegation.Side.ESTABLISHMENT
            else given_row.answered_name
        )
        for key, member in organisation.members.items():
            paths = tuple(
                Mandate(
                    service=code,
                    level=Level(min(level, work.level)),
                    delegated=Level(level),
                    assigned=Level(work.level),
                    delegation=ref,
                    starts_on=one.starts_on,
                    ends_on=one.ends_on,
                    since=one.since,
                    by=by,
                    portfolio=portfolio,
                    assigned_at=work.at,
                    assigned_by=work.by,
                    letters=one.letters,
                    organisation_id=given_row.organisation_id,
                    organisation=name,
                    organisation_siret=siret,
                    member=key,
                    member_name=member.name or pseudonym(key),
                    member_function="",
                )
                for portfolio, work in (organisation.work(key) if member.opens(day) else [])
                for code, level in one.levels.items()
            )
            if paths:
                found.append(paths)
    return found
