"""Agents whom a declaration names and nobody declared before: entered in one go, as the declaration says them.

A contract agent is affiliated to the Ircantec by being declared. The CNRACL wants an affiliation of its own: with
`incomplete`, one is prepared for the employer to complete.
"""

import datetime
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from parvis.agents import nir, numbers
from parvis.agents.keys import search_of, sort_of
from parvis.agents.models import Entry
from parvis.ground import clock
from parvis.ground.database.arrays import plain, texts
from parvis.ground.database.prepared import prepared
from parvis.ground.tenancy import action
from parvis.journal.actions import SYSTEM, record

# What only the employer may say of somebody who was seen in a declaration.
ASKED_OF_CNRACL = ("nationality", "permanent")
# A week: of a full post, and the longest that a post may say (constraint `post_hours`).
FULL_MINUTES, MOST_MINUTES = 2100, 2880


@dataclass(frozen=True, slots=True)
class Declared:
    """An individual of a declaration. `nir`: 13 characters or 15; `ntt` where there is none. `minutes`: weekly."""

    nir: str
    surname: str
    first_names: str
    scheme: str
    status: str
    entered_on: datetime.date
    ntt: str = ""
    used_name: str = ""
    born_on: datetime.date | None = None
    birth_place: str = ""
    payroll_number: str = ""
    minutes: int = 2100
    full_minutes: int = 2100
    part_time: Decimal = Decimal(100)
    category: str = ""
    grade: str = ""
    gross_index: str = ""
    major_index: int | None = None

    def __post_init__(self) -> None:
        """Hours that no post has (monthly ones where weekly ones belong) are a full post's: payroll may write them."""
        full = self.full_minutes if 1 <= self.full_minutes <= MOST_MINUTES else FULL_MINUTES
        object.__setattr__(self, "full_minutes", full)
        object.__setattr__(self, "minutes", min(max(1, self.minutes), full))
        if not 0 < self.part_time <= 100:
            object.__setattr__(self, "part_time", Decimal(100))

    @property
    def key(self) -> str:
        """By which the agent is found."""
        return nir.key(self.nir) if self.nir else nir.ntt_key(self.ntt)


@action
def enrol(
    *, establishment: int, people: Sequence[Declared], declaration: uuid.UUID, incomplete: bool = False
) -> dict[str, int]:
    """Enter who is not known yet, with an affiliation and a post. Returns the agents' ids by key, known ones included.

    `incomplete`: an affiliation to the CNRACL waits for the employer; without it whoever is of the CNRACL is left out.
    A constant number of statements. The caller's scope is the establishment's.
    """
    wanted = {one.key: one for one in people if incomplete or one.scheme != "cnracl"}
    with prepared() as cursor:
        known = _ids(cursor, establishment, wanted)
        new = {key: one for key, one in wanted.items() if key not in known}
        if new:
            now = clock.now()
            entered = _enter(cursor, establishment, new, now)
            if len(entered) < len(new):
                # Somebody entered them meanwhile.
                entered |= _ids(cursor, establishment, [key for key in new if key not in entered])
            known |= entered
            affiliate(cursor, establishment, {entered[key]: one for key, one in new.items()}, now)
            record("agents.enrolled", actor=SYSTEM, object=declaration, after={"count": len(new)})
    return known


_IDS_SQL = """SELECT nir_key, id FROM agents_agent
WHERE establishment_id = %s AND nir_key = ANY(%s::text[]) AND nir_key <> '' AND same_as_id IS NULL"""
_AGENTS_SQL = """INSERT INTO agents_agent (ref, establishment_id, nir_sealed, nir_key, provisional, surname, used_name,
  first_names, born_on, birth_place, nationality, payroll_number, sort_key, search_key, version, created_at, changed_at)
SELECT gen_random_uuid(), %(where)s, g.nir_sealed, g.nir_key, g.provisional, g.surname, g.used_name, g.first_names,
  g.born_on, g.birth_place, '', g.payroll_number, g.sort_key, g.search_key, 1, %(now)s, %(now)s
FROM unnest(%(sealed)s::text[], %(keys)s::text[], %(provisional)s::boolean[], %(surnames)s::text[], %(used)s::text[],
  %(first)s::text[], %(born)s::date[], %(places)s::text[], %(payroll)s::text[], %(sort)s::text[], %(search)s::text[])
  AS g (nir_sealed, nir_key, provisional, surname, used_name, first_names, born_on, birth_place, payroll_number,
    sort_key, search_key)
ON CONFLICT DO NOTHING RETURNING nir_key, id"""
_AFFILIATIONS_SQL = """INSERT INTO agents_affiliation (ref, establishment_id, agent_id, scheme, number, status, state,
  missing, entry, entered_on, leaving, elsewhere, declared_at)
SELECT gen_random_uuid(), %(where)s, g.agent_id, g.scheme, g.number, g.status,
  CASE WHEN g.number = '' THEN 'incomplete' ELSE 'active' END,
  CASE WHEN g.number = '' THEN %(missing)s::jsonb ELSE '[]' END, %(entry)s::text, g.entered_on, '', false, %(now)s
FROM unnest(%(agents)s::bigint[], %(schemes)s::text[], %(numbers)s::text[], %(statuses)s::text[], %(entered)s::date[])
  AS g (agent_id, scheme, number, status, entered_on)
ON CONFLICT DO NOTHING"""
_POSTS_SQL = """INSERT INTO agents_post (ref, establishment_id, agent_id, starts_on, minutes, full_minutes, part_time,
  category, permanent, grade, gross_index, major_index, declared_at)
SELECT gen_random_uuid(), %(where)s, g.agent_id, g.starts_on, g.minutes, g.full_minutes, g.part_time, g.category,
  g.permanent, g.grade, g.gross_index, g.major_index, %(now)s
FROM unnest(%(agents)s::bigint[], %(entered)s::date[], %(minutes)s::smallint[], %(full)s::smallint[],
  %(part)s::numeric[], %(categories)s::text[], %(permanent)s::boolean[], %(grades)s::text[], %(gross)s::text[],
  %(major)s::smallint[])
  AS g (agent_id, starts_on, minutes, full_minutes, part_time, category, permanent, grade, gross_index, major_index)
ON CONFLICT DO NOTHING"""


def _ids(cursor: Any, establishment: int, keys: Iterable[str]) -> dict[str, int]:
    cursor.execute(_IDS_SQL, [establishment, plain(list(keys))])
    return dict(cursor.fetchall())


def _enter(cursor: Any, establishment: int, people: Mapping[str, Declared], now: datetime.datetime) -> dict[str, int]:
    several = people.values()
    cursor.execute(
        _AGENTS_SQL,
        {
            "where": establishment,
            "now": now,
            "sealed": texts([nir.sealed(one.nir) if one.nir else nir.sealed_ntt(one.ntt) for one in several]),
            "keys": plain(list(people)),
            "provisional": plain([not one.nir for one in several]),
            "surnames": texts([one.surname[:80] for one in several]),
            "used": texts([one.used_name[:80] for one in several]),
            "first": texts([one.first_names[:80] for one in several]),
            "born": plain([one.born_on for one in several]),
            "places": texts([one.birth_place[:80] for one in several]),
            "payroll": texts([one.payroll_number[:30] for one in several]),
            "sort": texts([sort_of(one.surname, one.used_name, one.first_names) for one in several]),
            "search": texts(
                [search_of(one.surname, one.used_name, one.first_names, one.payroll_number) for one in several]
            ),
        },
    )
    return dict(cursor.fetchall())


def affiliate(cursor: Any, establishment: int, people: Mapping[int, Declared], now: datetime.datetime) -> None:
    """An affiliation and a post for each of these agents (by id), as a declaration says them."""
    several = people.values()
    given = iter(numbers.draw([one.scheme for one in several if one.scheme != "cnracl"]))
    agents, entered = plain(list(people)), plain([one.entered_on for one in several])
    cursor.execute(
        _AFFILIATIONS_SQL,
        {
            "where": establishment,
            "now": now,
            "missing": json.dumps(ASKED_OF_CNRACL),
            "entry": str(Entry.DECLARED),
            "agents": agents,
            "schemes": texts([one.scheme for one in several]),
            "numbers": texts(["" if one.scheme == "cnracl" else next(given) for one in several]),
            "statuses": texts([one.status for one in several]),
            "entered": entered,
        },
    )
    cursor.execute(
        _POSTS_SQL,
        {
            "where": establishment,
            "now": now,
            "agents": agents,
            "entered": entered,
            "minutes": plain([one.minutes for one in several]),
            "full": plain([one.full_minutes for one in several]),
            "part": plain([one.part_time for one in several]),
            "categories": texts([one.category for one in several]),
            "permanent": plain([one.scheme == "cnracl" for one in several]),
            "grades": texts([one.grade[:80] for one in several]),
            "gross": texts([one.gross_index[:4] for one in several]),
            "major": plain([one.major_index for one in several]),
        },
    )
