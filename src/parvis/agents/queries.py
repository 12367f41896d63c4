"""Reading agents: those of a batch by NIR, an agent's page, who was declared in a month."""

import datetime
import json
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from parvis.ground.database.arrays import plain
from parvis.ground.database.prepared import prepared


class Held(NamedTuple):
    """An affiliation of somebody known: `left_on` is its last day."""

    id: int
    scheme: str
    number: str
    state: str
    status: str
    entered_on: datetime.date
    left_on: datetime.date | None

    def covers(self, day: datetime.date) -> bool:
        """Whether it is in force on a day."""
        return self.entered_on <= day and (self.left_on is None or day <= self.left_on)


class HeldPost(NamedTuple):
    """A post of somebody known, as `models.Post` says it."""

    id: int
    starts_on: datetime.date
    ends_on: datetime.date | None
    minutes: int
    full_minutes: int
    part_time: Decimal
    category: str
    gross_index: str
    major_index: int | None

    def covers(self, day: datetime.date) -> bool:
        """Whether it is held on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class Known(NamedTuple):
    """An agent as a declaration is compared with them."""

    id: int
    ref: uuid.UUID
    key: str
    surname: str
    used_name: str
    first_names: str
    born_on: datetime.date | None
    affiliations: tuple[Held, ...]
    posts: tuple[HeldPost, ...]

    def affiliation(self, scheme: str, day: datetime.date) -> Held | None:
        """The one in force on a day, to a scheme."""
        return next((one for one in self.affiliations if one.scheme == scheme and one.covers(day)), None)

    def post(self, day: datetime.date) -> HeldPost | None:
        """The post held on a day."""
        return next((one for one in self.posts if one.covers(day)), None)


# That no key is empty is said for the index, which holds no other: without it all agents of the employer are read.
_KNOWN_SQL = """SELECT a.id, a.ref, a.nir_key, a.surname, a.used_name, a.first_names, a.born_on,
  (SELECT json_agg(json_build_array(f.id, f.scheme, f.number, f.state, f.status, f.entered_on, f.left_on)
    ORDER BY f.entered_on) FROM agents_affiliation f WHERE f.agent_id = a.id),
  (SELECT json_agg(json_build_array(p.id, p.starts_on, p.ends_on, p.minutes, p.full_minutes, p.part_time::text,
    p.category, p.gross_index, p.major_index) ORDER BY p.starts_on) FROM agents_post p WHERE p.agent_id = a.id)
FROM agents_agent a WHERE a.establishment_id = %s AND a.nir_key = ANY(%s::text[]) AND a.nir_key <> ''
  AND a.same_as_id IS NULL"""


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _list(value: Any) -> list[list[Any]]:
    return (json.loads(value) if isinstance(value, str) else value) or []


def _held(one: list[Any]) -> Held:
    number, scheme, given, state, status, entered, left = one
    return Held(number, scheme, given, state, status, datetime.date.fromisoformat(entered), _day(left))


def _post(one: list[Any]) -> HeldPost:
    number, starts, ends, minutes, full, part, category, gross, major = one
    first = datetime.date.fromisoformat(starts)
    return HeldPost(number, first, _day(ends), minutes, full, Decimal(part), category, gross, major)


def _known(row: tuple[Any, ...]) -> Known:
    number, ref, key, surname, used, first, born, affiliations, posts = row
    held = tuple(_held(one) for one in _list(affiliations))
    return Known(number, ref, key, surname, used, first, born, held, tuple(_post(one) for one in _list(posts)))


def by_nir_keys(establishment: int, keys: Iterable[str]) -> dict[str, Known]:
    """Those of a batch who are known, by `agents.nir.key` (or `ntt_key`), with all that is held; one statement."""
    with prepared() as cursor:
        cursor.execute(_KNOWN_SQL, [establishment, plain(list(keys))])
        return {row[2]: _known(row) for row in cursor}


_NO_LONGER_SQL = """SELECT b.agent_id FROM agents_monthlybase b
WHERE b.establishment_id = %(place)s AND b.month = %(before)s AND b.fund = ANY(%(funds)s::text[]) AND NOT b.withdrawn
  AND NOT EXISTS (SELECT FROM agents_monthlybase n WHERE n.supersedes_id = b.id)
EXCEPT SELECT b.agent_id FROM agents_monthlybase b
WHERE b.establishment_id = %(place)s AND b.month = %(month)s AND b.fund = ANY(%(funds)s::text[]) AND NOT b.withdrawn
  AND NOT EXISTS (SELECT FROM agents_monthlybase n WHERE n.supersedes_id = b.id)"""


def declared_no_longer(
    establishment: int, before: datetime.date, month: datetime.date, funds: Sequence[str]
) -> set[int]:
    """The ids of the agents of whom a month (`before`) says something for one of the funds and another says nothing;
    what was superseded or withdrawn does not count. Months by their first day; one statement."""
    with prepared() as cursor:
        cursor.execute(
            _NO_LONGER_SQL, {"place": establishment, "before": before, "month": month, "funds": plain(list(funds))}
        )
        return {row[0] for row in cursor}
