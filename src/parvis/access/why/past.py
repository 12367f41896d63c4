"""Who stood in the establishment at the end of a given day, from the journal alone.

Nothing is kept of what accounts and rights were: the events say it. They are read in order, once, and each says what it
changed; what comes out is a `Standing` per account, on which `decide()` answers as it does today. An account whose
creation the journal does not hold (older than the journal, or than its retention) cannot be told: it is named, never
guessed. Two things are no event: visits (an account that expired for want of them did so when `account.expired` was
noted) and contracts, which bear their own dates.
"""

import datetime
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.standing import Cover, Holding, Mandate, Standing
from parvis.access.status import Status, new_period
from parvis.access.terms.state import terms_on
from parvis.access.why.past_delegates import Delegations, delegates_past
from parvis.ground import clock, tenancy
from parvis.journal.queries import pseudonym

# What the fold reads; every other type says nothing of who may do what.
PREFIXES = ("account.", "rights.", "absence.", "delegation.", "deputy.", "handover.", "terms.", "review.", "bulk.")


class Happened(NamedTuple):
    """An event as the fold reads it."""

    at: datetime.datetime
    kind: str
    object: uuid.UUID | None
    actor: uuid.UUID | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def day(self) -> datetime.date:
        """Its day in Paris."""
        return self.at.astimezone(clock.PARIS).date()


@dataclass(slots=True)
class Once:
    """An account as the events made it, so far."""

    profile: str
    created_on: datetime.date
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    confirmed: bool = False
    deactivated: bool = False
    expired: bool = False
    holdings: dict[str, Holding] = field(default_factory=dict)


@dataclass(slots=True)
class Lent:
    """An absence as the events made it, so far."""

    receiver: uuid.UUID
    absent: uuid.UUID | None
    levels: Mapping[str, int]
    starts_on: datetime.date
    ends_on: datetime.date
    since: datetime.datetime
    by: uuid.UUID | None


def _day(values: Mapping[str, Any], name: str) -> datetime.date | None:
    return datetime.date.fromisoformat(values[name]) if values.get(name) else None


@dataclass(slots=True)
class Fold:
    """Everything that the events of one establishment say, read in order."""

    accounts: dict[uuid.UUID, Once] = field(default_factory=dict)
    absences: dict[uuid.UUID, Lent] = field(default_factory=dict)
    delegations: Delegations = field(default_factory=Delegations)
    accepted: int = 0
    announced: dict[int, datetime.date] = field(default_factory=dict)
    untold: set[uuid.UUID] = field(default_factory=set)

    def read(self, event: Happened) -> None:
        """What this event changed."""
        group = event.kind.partition(".")[0]
        if group == "terms":
            self._terms(event)
        elif group == "absence":
            self._absence(event)
        elif group == "delegation":
            self.delegations.read(event.kind, event.object, event.at, event.after)
        elif event.object is not None:
            self._account(event, event.object)

    def _terms(self, event: Happened) -> None:
        version = int(event.after.get("version", 0))
        if event.kind == "terms.accepted":
            self.accepted = max(self.accepted, version)
        elif event.kind == "terms.announced":
            self.announced.setdefault(version, event.day)

    def _account(self, event: Happened, ref: uuid.UUID) -> None:
        if event.kind in CREATED:
            self.accounts[ref] = Once(str(event.after["profile"]), event.day)
        elif event.kind == "account.deleted":
            self.accounts.pop(ref, None)
            self.untold.discard(ref)
            self.absences = {key: one for key, one in self.absences.items() if one.receiver != ref}
            return
        account = self.accounts.get(ref)
        if account is None:
            # An event about an account whose creation nobody wrote down, or no account at all (a model of rights).
            if event.kind.startswith("account."):
                self.untold.add(ref)
            return
        self._state(event, account)
        if event.after.get("profile") in Profile.values:
            account.profile = str(event.after["profile"])
        if event.kind in (*CREATED, "account.dates_changed", *RENEWED):
            account.starts_on, account.ends_on = _day(event.after, "starts_on"), _day(event.after, "ends_on")
        for code in event.before.get("rights", {}):
            account.holdings.pop(code, None)
        for code, given in event.after.get("rights", {}).items():
            account.holdings[code] = Holding(
                Level(given["level"]),
                _day(given, "starts_on"),
                _day(given, "ends_on"),
                event.at,
                event.actor,
                given.get("origin"),
            )

    def _state(self, event: Happened, account: Once) -> None:
        if event.kind == "account.arrived":
            # With all that it was in the establishment whose place this one took.
            account.confirmed, account.deactivated = event.after["confirmed"], event.after["deactivated"]
            account.expired = event.after["expired"]
        elif event.kind == "account.confirmed":
            account.confirmed = True
        elif event.kind == "account.deactivated":
            account.deactivated = True
        elif event.kind == "account.reactivated":
            account.deactivated = False
        elif event.kind == "account.expired":
            account.expired = True
        elif event.kind in ("account.dates_changed", *RENEWED):
            account.expired = False

    def _absence(self, event: Happened) -> None:
        said = event.before or event.after
        if event.object is None or "absence" not in said:
            return
        ref = uuid.UUID(said["absence"])
        if event.kind == "absence.planned":
            self.absences[ref] = Lent(
                receiver=event.object,
                absent=uuid.UUID(said["absent"]) if "absent" in said else None,
                levels={code: value["level"] for code, value in said["rights"].items()},
                starts_on=datetime.date.fromisoformat(said["starts_on"]),
                ends_on=datetime.date.fromisoformat(said["ends_on"]),
                since=event.at,
                by=event.actor,
            )
        elif event.kind in ("absence.ended", "absence.over"):
            self.absences.pop(ref, None)

    def administers(self, one: Once, day: datetime.date) -> bool:
        """As `status.administers_sql`."""
        begun = one.starts_on is None or one.starts_on <= day
        return one.profile == Profile.ADMINISTRATOR and one.confirmed and not one.deactivated and begun

    def status(self, one: Once, day: datetime.date) -> Status:
        """As `status.status_on`, the unvisited being those whose expiry was noted."""
        if one.deactivated:
            return Status.DEACTIVATED
        if one.expired or (one.ends_on is not None and one.ends_on < day):
            others = (other for other in self.accounts.values() if other is not one and self.administers(other, day))
            last = self.administers(one, day) and all(_end(other) <= _end(one) for other in others)
            return Status.RENEWING if last else Status.EXPIRED
        return Status.ACTIVE if one.confirmed else Status.PENDING


CREATED = ("account.created", "account.arrived")
RENEWED = ("account.renewed", "account.renewed_by_oneself")


def _end(one: Once) -> datetime.date:
    if one.expired:
        return one.ends_on or datetime.date.min
    return one.ends_on or datetime.date.max


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal says of a day: the standings by name, whose name was erased since, and who cannot be told."""

    standings: tuple[Standing, ...]
    erased: frozenset[uuid.UUID]
    untold: tuple[str, ...]


EVENTS_SQL = """SELECT v.at, v.kind, v.object, v.actor, v.before, v.after FROM journal_event v
WHERE v.establishment_id = %(establishment)s AND v.at < %(until)s
  AND v.kind LIKE ANY (%(kinds)s) ORDER BY v.at, v.id"""
PLACE_SQL = """SELECT e.id, e.siret, e.name, coalesce((SELECT json_agg(DISTINCT c.fund) FROM establishments_contract c
  WHERE c.establishment_id = e.id AND c.starts_on <= %(day)s AND (c.ends_on IS NULL OR c.ends_on >= %(day)s)), '[]'),
  e.acts_for_others, (SELECT coalesce(json_agg(m.ref), '[]') FROM access_membership m
    WHERE m.establishment_id = e.id AND m.created_at < %(until)s)
FROM establishments_establishment e WHERE e.id = %(establishment)s"""
# The name as it was then; one that was given later only where there was none yet. A blank one was erased.
NAMES_SQL = """SELECT DISTINCT ON (ref) ref, name FROM journal_name
WHERE establishment_id = %(establishment)s AND ref = ANY(%(refs)s) ORDER BY ref, recorded_at > %(until)s,
  CASE WHEN recorded_at <= %(until)s THEN id END DESC, id"""
FIRST_SQL = "SELECT min(at) FROM journal_event WHERE establishment_id = %s"


def first_day() -> datetime.date | None:
    """The first whole day that the journal of the establishment in scope tells of; None: it is empty."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_SQL, [tenancy.current().establishment])
        (first,) = cursor.fetchone()
    return None if first is None else first.astimezone(clock.PARIS).date()


def end_of(day: datetime.date) -> datetime.datetime:
    """The instant at which the day is over in Paris; for today, what has happened so far."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min, clock.PARIS)


def past(day: datetime.date) -> Past:
    """Who stood in the establishment in scope at the end of that day; five statements, however many they were."""
    asked: dict[str, Any] = {
        "establishment": tenancy.current().establishment,
        "until": end_of(day),
        "day": day,
        "kinds": [f"{prefix}%" for prefix in PREFIXES],
    }
    fold = Fold()
    with connection.cursor() as cursor:
        cursor.execute(EVENTS_SQL, asked)
        for at, kind, object_, actor, before, after in cursor:
            fold.read(Happened(at, kind, object_, actor, _json(before), _json(after)))
        cursor.execute(PLACE_SQL, asked)
        place = cursor.fetchone()
        present = {uuid.UUID(ref) for ref in _list(place[5])}
        untold = (fold.untold | present) - set(fold.accounts)
        absent = [lent.absent for lent in fold.absences.values() if lent.absent]
        cursor.execute(NAMES_SQL, {**asked, "refs": [*fold.accounts, *untold, *absent]})
        names = dict(cursor.fetchall())
    mandates = delegates_past(fold.delegations, day, asked["until"])
    common: dict[str, Any] = {
        "today": day,
        "establishment_id": place[0],
        "siret": place[1],
        "establishment_name": place[2],
        "funds": frozenset(_list(place[3])),
        "terms": terms_on(day, accepted=fold.accepted, announced=fold.announced),
        "acts_for_others": place[4],
    }
    found = [_standing(fold, ref, names, common) for ref in fold.accounts]
    found += [_delegate(paths, common) for paths in mandates]
    found.sort(key=lambda who: (who.name.rpartition(" ")[2].casefold(), who.name.casefold()))
    return Past(
        tuple(found),
        frozenset(ref for ref in fold.accounts if not names.get(ref)),
        tuple(sorted(names.get(ref) or pseudonym(ref) for ref in untold)),
    )


def _standing(fold: Fold, ref: uuid.UUID, names: Mapping[uuid.UUID, str], common: dict[str, Any]) -> Standing:
    one, day = fold.accounts[ref], common["today"]
    covers = [
        Cover(
            code,
            Level(level),
            lent.starts_on,
            lent.ends_on,
            lent.since,
            lent.by or uuid.UUID(int=0),
            _name(lent.absent, names),
        )
        for lent in fold.absences.values()
        if lent.receiver == ref
        for code, level in lent.levels.items()
    ]
    return Standing(
        **common,
        # No number: the account may be gone. One is known by its reference.
        membership_id=1,
        person_id=0,
        ref=ref,
        identifier="",
        name=_name(ref, names),
        profile=one.profile,
        status=fold.status(one, day),
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        expires_on=one.ends_on or new_period(day),
        last_visit_at=None,
        proposals=0,
        holdings=one.holdings,
        covers=tuple(covers),
    )


def _delegate(paths: tuple[Mandate, ...], common: dict[str, Any]) -> Standing:
    first = paths[0]
    return Standing(
        **common,
        membership_id=0,
        person_id=0,
        ref=first.member,
        identifier="",
        name=first.member_name,
        function=first.member_function,
        profile="",
        status=Status.ACTIVE,
        starts_on=None,
        ends_on=None,
        expires_on=max(one.ends_on for one in paths),
        last_visit_at=None,
        proposals=0,
        mandates=paths,
    )


def _name(ref: uuid.UUID | None, names: Mapping[uuid.UUID, str]) -> str:
    return "une personne" if ref is None else names.get(ref) or pseudonym(ref)


def _json(value: Any) -> dict[str, Any]:
    return dict(json.loads(value) if isinstance(value, str) else value or {})


def _list(value: Any) -> Iterable[Any]:
    return list(json.loads(value) if isinstance(value, str) else value)
