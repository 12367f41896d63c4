"""The one decision: may this person do this here?

`standing()` loads in **one** statement who the person is in an establishment; `decide()` answers in memory, for one
service, with its reasons. Views, templates, exports and pages about rights all ask here.
"""

import datetime
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.registry import Service, catalogue
from parvis.access.status import EXPIRES_SQL, LATEST_CTE, OPEN, STATUS_SQL, Status, values
from parvis.access.terms.state import TERMS_COLUMNS, Terms, read_terms
from parvis.ground.database.prepared import prepared
from parvis.ground.pages.filters import date_long


@dataclass(frozen=True, slots=True)
class Holding:
    """A right as given: its level, from when to when (days included), since when and by whom."""

    level: Level
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    granted_at: datetime.datetime
    granted_by: uuid.UUID | None

    def holds_on(self, day: datetime.date) -> bool:
        """Whether the right is in force on that day."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a person is in an establishment today."""

    today: datetime.date
    establishment_id: int
    siret: str
    establishment_name: str
    funds: frozenset[str]
    membership_id: int
    person_id: int
    ref: uuid.UUID
    identifier: str
    name: str
    profile: str
    status: Status
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    expires_on: datetime.date
    last_visit_at: datetime.datetime | None
    proposals: int
    holdings: dict[str, Holding] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    factor_reset_at: datetime.datetime | None = None

    @property
    def enters(self) -> bool:
        """Whether the account opens the establishment today: active or « À renouveler », and its start date reached."""
        return self.status in OPEN and (self.starts_on is None or self.starts_on <= self.today)

    @property
    def renewing(self) -> bool:
        """Whether the person is the last administrator, past the day: they read, and may renew themselves."""
        return self.status is Status.RENEWING

    @property
    def ended(self) -> bool:
        """Whether the account expires by its end date, and not for want of visits."""
        return self.ends_on == self.expires_on

    @property
    def administers(self) -> bool:
        """Whether the person may manage accounts here: « Gestion des comptes » comes with the profile."""
        return self.enters and self.profile == Profile.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a level is held, or why it is not."""

    path: str
    level: Level
    since: datetime.datetime | None = None
    until: datetime.date | None = None
    by: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The level in force, and every reason that was looked at."""

    level: Level
    reasons: tuple[Reason, ...]


STANDING_SQL = f"""
WITH {LATEST_CTE}
SELECT e.id, e.siret, e.name,
  (SELECT coalesce(json_agg(c.fund), '[]') FROM establishments_contract c
    WHERE c.establishment_id = e.id AND c.starts_on <= %(today)s AND (c.ends_on IS NULL OR c.ends_on >= %(today)s)),
  m.id, m.person_id, m.ref, m.identifier, m.first_name || ' ' || m.last_name, m.profile,
  ({STATUS_SQL}), m.starts_on, m.ends_on, {EXPIRES_SQL}, m.last_visit_at,
  (SELECT count(*) FROM access_proposal p WHERE p.membership_id = m.id),
  (SELECT coalesce(json_agg(json_build_array(r.service, r.level, r.starts_on, r.ends_on, r.granted_at, r.granted_by)),
    '[]') FROM access_right r WHERE r.membership_id = m.id),
  {TERMS_COLUMNS},
  (SELECT f.effective_at FROM access_factorreset f WHERE f.membership_id = m.id
    AND f.refused_at IS NULL AND f.cancelled_at IS NULL AND f.done_at IS NULL)
FROM access_membership m JOIN establishments_establishment e ON e.id = m.establishment_id
WHERE m.person_id = %(person)s AND m.establishment_id = %(establishment)s
"""


def _day(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)


def _load(value: Any) -> list[Any]:
    return list(json.loads(value) if isinstance(value, str) else value)


def standing(person: int, establishment: int) -> Standing | None:
    """The person's standing in the establishment in scope, in one statement; None without a membership."""
    rule = values()
    today: datetime.date = rule["today"]
    with prepared() as cursor:
        cursor.execute(STANDING_SQL, {**rule, "person": person, "establishment": establishment})
        row = cursor.fetchone()
    if row is None:
        return None
    return Standing(
        today=today,
        establishment_id=row[0],
        siret=row[1],
        establishment_name=row[2],
        funds=frozenset(_load(row[3])),
        membership_id=row[4],
        person_id=row[5],
        ref=row[6],
        identifier=row[7],
        name=row[8],
        profile=row[9],
        status=Status.of(row[10]),
        starts_on=row[11],
        ends_on=row[12],
        expires_on=row[13],
        last_visit_at=row[14],
        proposals=row[15],
        holdings={
            service: Holding(
                level=Level(level),
                starts_on=_day(starts_on),
                ends_on=_day(ends_on),
                granted_at=datetime.datetime.fromisoformat(granted_at),
                granted_by=uuid.UUID(granted_by) if granted_by else None,
            )
            for service, level, starts_on, ends_on, granted_at, granted_by in _load(row[16])
        },
        terms=read_terms(today, *row[17:19]),
        factor_reset_at=row[19],
    )


def decide(who: Standing | None, service: Service) -> Decision:
    """The level that `who` has on `service` today, with reasons.

    Nothing without a standing, with an account that is not active or not begun, where the services are closed for want
    of accepting the terms, on a service outside of the
    establishment's catalogue, or before and after the right's own dates. « À renouveler »: no more than reading.
    """
    if who is None:
        return Decision(Level.NONE, (Reason("aucun compte dans cet établissement", Level.NONE),))
    if not who.enters:
        why = "compte pas encore ouvert" if who.status is Status.ACTIVE else f"compte {who.status.label.lower()}"
        return Decision(Level.NONE, (Reason(why, Level.NONE),))
    if who.terms.closed and who.terms.closes_on:
        why = f"services fermés depuis le {date_long(who.terms.closes_on)} : conditions générales à accepter"
        return Decision(Level.NONE, (Reason(why, Level.NONE),))
    if not service.offered_to(who.funds):
        return Decision(Level.NONE, (Reason("service absent du catalogue de l’établissement", Level.NONE),))
    held = who.holdings.get(service.code)
    if held is None:
        return Decision(Level.NONE, (Reason("aucun droit attribué", Level.NONE),))
    reason = Reason("droit attribué", held.level, since=held.granted_at, until=held.ends_on, by=held.granted_by)
    level = held.level if held.holds_on(who.today) else Level.NONE
    if who.renewing and level > Level.READ:
        return Decision(Level.READ, (reason, Reason("compte à renouveler : lecture seule", Level.READ)))
    return Decision(level, (reason,))


def granted(who: Standing, service: Service) -> Level:
    """The level that the right itself gives today, whatever the account's state."""
    held = who.holdings.get(service.code)
    return held.level if held is not None and held.holds_on(who.today) else Level.NONE


def services_of(who: Standing) -> list[tuple[Service, Level]]:
    """The services that the person holds today, in the catalogue's order."""
    decided = ((service, decide(who, service).level) for service in catalogue(who.funds))
    return [(service, level) for service, level in decided if level > Level.NONE]
