"""The list of agents: searched, filtered, sorted, by pages; whole for a file; one agent found by NIR."""

import datetime
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.agents import nir, numbers
from parvis.agents.filters import SORTS, Filters
from parvis.agents.models import Agent, Scheme, Status
from parvis.agents.words import category_label, percent
from parvis.ground import tenancy
from parvis.ground.pages.filters import date_short
from parvis.regulations.affiliation import hours
from parvis.regulations.identifiers.persons import nir_masked


@dataclass(frozen=True, slots=True)
class Row:
    """An agent of the list, strings ready to show. `state`: incomplete, claimed, active, left or none."""

    ref: uuid.UUID
    name: str
    birth_name: str
    nir: str
    born_on: datetime.date | None
    payroll_number: str
    schemes: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    status: str
    category: str
    hours: str
    grade: str
    gross_index: str
    major_index: int | None
    entered_on: datetime.date | None
    left_on: datetime.date | None
    state: str
    surname: str
    used_name: str
    first_names: str
    birth_place: str
    part_time: str
    version: int

    @property
    def when(self) -> str:
        """« Depuis le 01/09/2019 », « Du … au … »."""
        if self.entered_on is None:
            return ""
        if self.left_on is not None:
            return f"Du {date_short(self.entered_on)} au {date_short(self.left_on)}"
        return f"Depuis le {date_short(self.entered_on)}"

    def number(self, scheme: str) -> str:
        """The affiliation number of a scheme, as it is shown; "" where there is none."""
        return dict(self.numbers).get(scheme, "")


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list; `anybody`: there is an agent at all, whatever the filters; `waiting`: to be completed."""

    rows: tuple[Row, ...]
    total: int
    page: int
    anybody: bool
    waiting: int
    claimed: int

    @property
    def pages(self) -> int:
        """At least one."""
        return max(1, -(-self.total // settings.PARVIS_AGENTS_PAGE))


_SQL = """WITH found AS (
  SELECT a.id, count(*) OVER () AS total, (SELECT max(f.entered_on) FROM agents_affiliation f WHERE f.agent_id = a.id)
    AS entered, a.sort_key
  FROM agents_agent a WHERE a.establishment_id = %(where)s AND {conditions}
  ORDER BY {order}, a.id {pages})
SELECT a.ref, a.first_names, a.surname, a.used_name, a.nir_sealed, a.provisional, a.born_on, a.birth_place,
  a.payroll_number, a.version, f.list, p.minutes, p.full_minutes, p.part_time, p.category, p.grade, p.gross_index,
  p.major_index, found.total
FROM found JOIN agents_agent a ON a.id = found.id
LEFT JOIN LATERAL (SELECT json_agg(json_build_array(f.scheme, f.number, f.status, f.state, f.entered_on, f.left_on,
    f.claimed_on IS NOT NULL) ORDER BY f.left_on DESC NULLS FIRST, f.scheme = 'rafp', f.entered_on DESC) AS list
  FROM agents_affiliation f WHERE f.agent_id = a.id) f ON true
LEFT JOIN LATERAL (SELECT p.* FROM agents_post p WHERE p.agent_id = a.id ORDER BY p.starts_on DESC LIMIT 1) p ON true
ORDER BY {outer}, a.id"""
_COUNTS_SQL = """SELECT EXISTS (SELECT FROM agents_agent WHERE establishment_id = %(where)s),
  (SELECT count(*) FROM agents_affiliation WHERE establishment_id = %(where)s AND state = 'incomplete'),
  (SELECT count(*) FROM agents_affiliation WHERE establishment_id = %(where)s AND left_on IS NULL
    AND claimed_on IS NOT NULL)"""


def _fetched(filters: Filters, *, whole: bool) -> list[tuple[Any, ...]]:
    conditions, values = filters.conditions()
    size = settings.PARVIS_AGENTS_PAGE
    way = " DESC NULLS LAST" if filters.descending else " NULLS LAST"
    order = (
        "a.sort_key"
        if filters.sort == "nom"
        else ("(SELECT max(f.entered_on) FROM agents_affiliation f WHERE f.agent_id = a.id)")
    )
    outer = "found.sort_key" if filters.sort == "nom" else f"found.{SORTS[filters.sort]}"
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(
                conditions=" AND ".join(conditions),
                order=order + way,
                outer=outer + way,
                pages="" if whole else "LIMIT %(limit)s OFFSET %(offset)s",
            ),
            values
            | {
                "where": tenancy.current().establishment,
                "limit": size,
                "offset": (filters.page - 1) * size,
            },
        )
        return list(cursor.fetchall())


def listed(filters: Filters) -> Listed:
    """A page of the agents of the establishment in scope; two statements, three past the last page."""
    found = _fetched(filters, whole=False)
    page = filters.page
    if not found and page > 1:
        found, page = _fetched(Filters.of(dict(filters.pairs())), whole=False), 1
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS_SQL, {"where": tenancy.current().establishment})
        anybody, waiting, claimed = cursor.fetchone()
    return Listed(tuple(_row(one) for one in found), found[0][-1] if found else 0, page, anybody, waiting, claimed)


def everybody(filters: Filters) -> list[Row]:
    """All agents that the filters keep, for a file; one statement."""
    return [_row(one) for one in _fetched(filters, whole=True)]


def _row(row: tuple[Any, ...]) -> Row:
    ref, first, surname, used, sealed, provisional, born_on, place, payroll, version, held, minutes, *post = row
    full, part, category, grade, gross, major, _ = post
    affiliations = (json.loads(held) if isinstance(held, str) else held) or []
    current = [one for one in affiliations if one[5] is None]
    shown = current or affiliations[:1]
    days = [datetime.date.fromisoformat(one[4]) for one in shown]
    gone = [datetime.date.fromisoformat(one[5]) for one in affiliations if one[5]] if not current else []
    return Row(
        ref=ref,
        name=f"{first} {used or surname}".strip(),
        birth_name=surname if used and used != surname else "",
        nir="" if provisional else nir_masked(nir.unsealed(sealed)),
        born_on=born_on,
        payroll_number=payroll,
        schemes=tuple(str(Scheme(one[0]).label) for one in shown),
        numbers=tuple((one[0], numbers.grouped(one[1])) for one in shown if one[1]),
        status=str(Status(shown[0][2]).label) if shown else "",
        category=category_label(category or ""),
        hours=_hours(minutes, full),
        grade=grade or "",
        gross_index=gross or "",
        major_index=major,
        entered_on=min(days) if days else None,
        left_on=max(gone) if gone else None,
        state=_state(affiliations, current),
        surname=surname,
        used_name=used,
        first_names=first,
        birth_place=place,
        part_time=percent(part) if part is not None and part < 100 else "",
        version=version,
    )


def _hours(minutes: int | None, full: int | None) -> str:
    if minutes is None or full is None:
        return ""
    return hours(minutes) if minutes == full else f"{hours(minutes)} sur {hours(full)}"


def _state(affiliations: list[Any], current: list[Any]) -> str:
    if any(one[3] == "incomplete" for one in current):
        return "incomplete"
    if any(one[6] for one in current):
        return "claimed"
    if current:
        return "active"
    return "left" if affiliations else "none"


def by_nir(written: str) -> Agent | None:
    """The agent of the establishment in scope with that NIR, written in any grouping; one statement."""
    return Agent.objects.filter(
        establishment_id=tenancy.current().establishment, nir_key=nir.key(written), same_as=None
    ).first()


def by_number(typed: str) -> Agent | None:
    """The agent with that affiliation number."""
    wanted = "".join(typed.split()).upper()
    if not numbers.right(wanted):
        return None
    return Agent.objects.filter(establishment_id=tenancy.current().establishment, affiliations__number=wanted).first()
