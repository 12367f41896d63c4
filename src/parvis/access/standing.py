"""Who a person is in an establishment today, loaded in **one** statement: account, rights, absences, delegations.

A person stands in an establishment by an account of their own, or as a delegate: somebody of an organisation to which
the establishment gave a delegation. Who has an open account and works under a delegation besides stands by the account,
with every path.
"""

import datetime
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.status import ADMINISTERING_CTE, EXPIRES_SQL, LATEST_CTE, OPEN, STATUS_SQL, Status, values
from parvis.access.terms.state import TERMS_COLUMNS, Terms, read_terms
from parvis.ground.database.prepared import prepared
from parvis.ground.pages import Administrator


class Holding(NamedTuple):
    """A right as given: its level, from when to when (days included), since when, by whom, after which model."""

    level: Level
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    granted_at: datetime.datetime
    granted_by: uuid.UUID | None
    origin: str = ""

    def holds_on(self, day: datetime.date) -> bool:
        """Whether the right is in force on that day."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Cover:
    """A right received for somebody's absence, from a day to a day."""

    service: str
    level: Level
    starts_on: datetime.date
    ends_on: datetime.date
    since: datetime.datetime
    by: uuid.UUID
    absent: str

    def holds_on(self, day: datetime.date) -> bool:
        """Whether the absence covers that day."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Mandate:
    """A way to a service by a delegation in force today: its level is the lowest link of the path.

    `delegated`: what the establishment gave; `assigned`: what the organisation lets this person do, one by one or by
    the portfolio of that name; reading alone while their own account is to be renewed. `by` gave it, on the
    establishment's side.
    """

    service: str
    level: Level
    delegated: Level
    assigned: Level
    delegation: uuid.UUID
    starts_on: datetime.date
    ends_on: datetime.date
    since: datetime.datetime
    by: str
    portfolio: str
    assigned_at: datetime.datetime
    assigned_by: str
    letters: bool
    organisation_id: int
    organisation: str
    organisation_siret: str
    member: uuid.UUID
    member_name: str
    member_function: str


@dataclass(frozen=True, slots=True)
class Deputising:
    """The establishment's deputyship that is open (`models.Deputyship`), with the numbers of the accounts.

    While `serving_since` is known, the deputy administers in the place of `serving_for`.
    """

    deputy: int | None
    named_at: datetime.datetime
    accepted: bool
    serving_since: datetime.datetime | None
    serving_for: int | None
    serving_name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a person is in an establishment today. `membership_id` 0: they stand by a delegation alone.

    `administrators`: whom one asks here, the active administrators by account and by name, oneself among them; known of
    the person of a request alone, not where everybody is loaded. `seen_by`: the funds of the adviser who sees as this
    person (« Voir comme »); None for the person themselves.
    """

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
    covers: tuple[Cover, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    acts_for_others: bool = False
    function: str = ""
    deputyship: Deputising | None = None
    closed: bool = False
    administrators: dict[int, Administrator] = field(default_factory=dict)
    limited_until: datetime.date | None = None
    seen_by: frozenset[str] | None = None

    @property
    def account_opens(self) -> bool:
        """Whether their own account lets them in today: open, begun, and the establishment not closed by an adviser."""
        if self.closed or self.membership_id <= 0 or self.status not in OPEN:
            return False
        return self.starts_on is None or self.starts_on <= self.today

    @property
    def enters(self) -> bool:
        """Whether the person enters the establishment today, by their own account or as a delegate."""
        return self.account_opens or (bool(self.mandates) and not self.closed)

    @property
    def delegate(self) -> Mandate | None:
        """For who enters by a delegation alone: one of its paths, which says from which organisation; else None."""
        return self.mandates[0] if self.mandates and not self.account_opens else None

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
        return self.account_opens and self.profile == Profile.ADMINISTRATOR

    @property
    def limited(self) -> bool:
        """Whether the person got the administrator's profile through a recovery, and may only read for now."""
        return self.administers and self.limited_until is not None and self.today <= self.limited_until

    @property
    def free_on(self) -> datetime.date | None:
        """The day on which that ends."""
        return self.limited_until + datetime.timedelta(days=1) if self.limited_until else None

    @property
    def others_who_administer(self) -> tuple[Administrator, ...]:
        """Those whom the person can ask: nobody is told to ask themselves."""
        return tuple(one for number, one in self.administrators.items() if number != self.membership_id)

    @property
    def stands_in_since(self) -> datetime.datetime | None:
        """Since when the person administers as a deputy; None where they do not."""
        held = self.deputyship
        return held.serving_since if held is not None and held.deputy == self.membership_id else None

    @property
    def stands_in_for(self) -> int:
        """The account of the administrator in whose place the person administers as a deputy; 0 for none."""
        return (self.deputyship.serving_for or 0) if self.deputyship is not None and self.stands_in_since else 0

    @property
    def replaced_by_deputy(self) -> bool:
        """Whether a deputy administers in the person's place: at their next visit, no longer."""
        held = self.deputyship
        return held is not None and held.serving_since is not None and held.serving_for == self.membership_id > 0


# What `read_mandates` wants of the function that crosses to the organisation's side (`delegation/crossings.py`).
MANDATES_SQL = """SELECT coalesce(json_agg(p), '[]')
  FROM access_mandates(%(person)s, %(establishment)s, %(today)s, %(months)s) p"""

# Fragments of a statement: what is known of the establishment e, then of an account m of it. Its rights come as text,
# one after another: PostgreSQL makes and Python reads it in half the time of JSON, and somebody may hold fifty.
PLACE_COLUMNS = f"""e.id, e.siret, e.name,
  (SELECT string_agg(c.fund, ',') FROM establishments_contract c
    WHERE c.establishment_id = e.id AND c.starts_on <= %(today)s AND (c.ends_on IS NULL OR c.ends_on >= %(today)s)),
  {TERMS_COLUMNS}, e.acts_for_others,
  (SELECT json_build_array(d.deputy_id, d.named_at, d.accepted_at IS NOT NULL, d.serving_since, d.serving_for_id,
    d.serving_name) FROM access_deputyship d WHERE d.establishment_id = e.id AND d.closed_at IS NULL),
  e.access_closed_at IS NOT NULL"""
ACCOUNT_COLUMNS = f"""m.id, m.person_id, m.ref, m.identifier, m.first_name || ' ' || m.last_name, m.function,
  m.profile, ({STATUS_SQL}), m.starts_on, m.ends_on, {EXPIRES_SQL}, m.last_visit_at,
  (SELECT count(*) FROM access_proposal p WHERE p.membership_id = m.id),
  (SELECT string_agg(concat_ws(chr(31), r.service, r.level, coalesce(r.starts_on::text, ''),
    coalesce(r.ends_on::text, ''), r.granted_at, coalesce(r.granted_by::text, ''), r.origin), chr(30))
    FROM access_right r WHERE r.membership_id = m.id),
  (SELECT f.effective_at FROM access_factorreset f WHERE f.membership_id = m.id
    AND f.refused_at IS NULL AND f.cancelled_at IS NULL AND f.done_at IS NULL),
  (SELECT json_agg(json_build_array(ar.service, ar.level, a.starts_on, a.ends_on, a.created_at, a.created_by,
    a.absent_name)) FROM access_absence a JOIN access_absenceright ar ON ar.absence_id = a.id
    WHERE a.receiver_id = m.id AND a.ended_at IS NULL AND a.ends_on >= %(today)s), m.limited_until"""
GIVES_SQL = """EXISTS (SELECT 1 FROM access_delegation d WHERE d.establishment_id = {place}
    AND d.accepted_at IS NOT NULL AND d.replaced_at IS NULL AND d.ended_at IS NULL)"""
STANDING_SQL = f"""
WITH {ADMINISTERING_CTE}
SELECT (SELECT json_agg(json_build_array(o.id, o.name, o.function, o.email, o.phone) ORDER BY o.sort_key, o.id)
    FROM administering o WHERE o.day >= least(%(today)s, (SELECT day FROM latest))),
  {PLACE_COLUMNS}, {ACCOUNT_COLUMNS},
  CASE WHEN {GIVES_SQL.format(place="e.id")} THEN ({MANDATES_SQL}) END
FROM establishments_establishment e
LEFT JOIN access_membership m ON m.establishment_id = e.id AND m.person_id = %(person)s
WHERE e.id = %(establishment)s
"""
# Everybody of the establishment in scope at once: its accounts, and who works for it by a delegation alone.
EVERYBODY_SQL = f"""
WITH {LATEST_CTE},
place (id, siret, name, funds, accepted, announced, acts, deputyship, closed) AS MATERIALIZED (
  SELECT {PLACE_COLUMNS} FROM establishments_establishment e WHERE e.id = %(establishment)s),
given AS MATERIALIZED (SELECT * FROM access_everybodys_mandates(%(today)s, %(months)s)
  WHERE {GIVES_SQL.format(place="%(establishment)s")}),
everybody (account, person, sort_key) AS (
  SELECT m.id, m.person_id, m.sort_key FROM access_membership m WHERE m.establishment_id = %(establishment)s
  UNION ALL SELECT NULL, g.who, min(g.sort_key) FROM given g WHERE NOT EXISTS (SELECT 1 FROM access_membership o
    WHERE o.establishment_id = %(establishment)s AND o.person_id = g.who) GROUP BY g.who)
SELECT p.*, {ACCOUNT_COLUMNS},
  (SELECT coalesce(json_agg(to_jsonb(g) - 'who' - 'sort_key'), '[]') FROM given g WHERE g.who = w.person), w.person
FROM place p CROSS JOIN everybody w LEFT JOIN access_membership m ON m.id = w.account
ORDER BY w.sort_key, w.account, w.person
"""
_OF_PLACE = 9


def read_day(text: str | None) -> datetime.date | None:
    """A day as JSON holds it."""
    return None if text is None else datetime.date.fromisoformat(text)


# Rights given together bear one moment and one giver, over and over in a list of everybody: read once.
_moment = lru_cache(maxsize=4096)(datetime.datetime.fromisoformat)
_reference = lru_cache(maxsize=4096)(uuid.UUID)
_on = lru_cache(maxsize=4096)(datetime.date.fromisoformat)
_LEVELS = {str(level.value): level for level in Level}


def read_list(value: Any) -> list[Any]:
    """A JSON array as the database gives it; none where it has nothing to say."""
    return list(json.loads(value) if isinstance(value, str) else value or ())


_AS_READ: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("level", "delegated", "assigned"), Level),
    **dict.fromkeys(("delegation", "member"), uuid.UUID),
    **dict.fromkeys(("starts_on", "ends_on"), datetime.date.fromisoformat),
    **dict.fromkeys(("since", "assigned_at"), datetime.datetime.fromisoformat),
}


def read_mandates(rows: Iterable[Mapping[str, Any]]) -> tuple[Mandate, ...]:
    """The paths that `MANDATES_SQL` gives; its columns are named as the fields of a mandate."""
    return tuple(
        Mandate(**{name: _AS_READ[name](value) if name in _AS_READ else value for name, value in row.items()})
        for row in rows
    )


def standing(person: int, establishment: int) -> Standing | None:
    """The person's standing in the establishment in scope, in one statement; None without account and delegation."""
    rule = values()
    with prepared() as cursor:
        cursor.execute(STANDING_SQL, {**rule, "person": person, "establishment": establishment})
        row = cursor.fetchone()
    return None if row is None else _read(rule["today"], row[1:], person, row[0] or [])


def standings(establishment: int) -> list[Standing]:
    """Everybody's standing in the establishment in scope, by name, in one statement: accounts, then delegates' own.

    Whoever waits for a password stands too (`person_id` 0).
    """
    rule = values()
    with prepared() as cursor:
        cursor.execute(EVERYBODY_SQL, {**rule, "establishment": establishment})
        rows = cursor.fetchall()
    found = (_read(rule["today"], row[:-1], row[-1] or 0) for row in rows)
    return [who for who in found if who is not None]


def _read(today: datetime.date, row: tuple[Any, ...], person: int, administrators: Any = ()) -> Standing | None:
    place, account, mandates = row[:_OF_PLACE], row[_OF_PLACE:-1], read_mandates(read_list(row[-1]))
    common: dict[str, Any] = {
        "today": today,
        "establishment_id": place[0],
        "siret": place[1],
        "establishment_name": place[2],
        "funds": frozenset(place[3].split(",")) if place[3] else frozenset(),
        "person_id": person,
        "terms": read_terms(today, *place[4:6]),
        "mandates": mandates,
        "acts_for_others": place[6],
        "deputyship": _deputyship(place[7]),
        "closed": place[8],
        "administrators": {one[0]: Administrator(*one[1:]) for one in read_list(administrators)},
    }
    if account[0] is not None:
        own = _own(common, account)
        if own.account_opens or not mandates:
            return own
    return _delegate(common, mandates) if mandates else None


def _own(common: dict[str, Any], account: tuple[Any, ...]) -> Standing:
    return Standing(
        **common,
        membership_id=account[0],
        ref=account[2],
        identifier=account[3],
        name=account[4],
        function=account[5],
        profile=account[6],
        status=Status.of(account[7]),
        starts_on=account[8],
        ends_on=account[9],
        expires_on=account[10],
        last_visit_at=account[11],
        proposals=account[12],
        holdings=_holdings(account[13]),
        factor_reset_at=account[14],
        covers=_covers(read_list(account[15])),
        limited_until=account[16],
    )


def _holdings(told: str | None) -> dict[str, Holding]:
    held = {}
    for right in told.split("\x1e") if told else ():
        service, level, starts_on, ends_on, granted_at, granted_by, origin = right.split("\x1f")
        first, last = _on(starts_on) if starts_on else None, _on(ends_on) if ends_on else None
        by = _reference(granted_by) if granted_by else None
        held[service] = Holding._make((_LEVELS[level], first, last, _moment(granted_at), by, origin))
    return held


def _covers(rows: list[Any]) -> tuple[Cover, ...]:
    return tuple(
        Cover(service, Level(level), _on(starts_on), _on(ends_on), _moment(since), _reference(by), absent)
        for service, level, starts_on, ends_on, since, by, absent in rows
    )


def _deputyship(value: Any) -> Deputising | None:
    if value is None:
        return None
    deputy, named_at, accepted, since, replaced, name = read_list(value)
    return Deputising(deputy, _moment(named_at), accepted, _moment(since) if since else None, replaced, name)


def _delegate(common: dict[str, Any], mandates: tuple[Mandate, ...]) -> Standing:
    first = mandates[0]
    return Standing(
        **common,
        membership_id=0,
        ref=first.member,
        identifier="",
        name=first.member_name,
        function=first.member_function,
        profile="",
        status=Status.ACTIVE,
        starts_on=None,
        ends_on=None,
        expires_on=max(one.ends_on for one in mandates),
        last_visit_at=None,
        proposals=0,
    )
