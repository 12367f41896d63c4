"""Agents whom a declaration names and nobody declared before: entered in one go, as the declaration says them.

A contract agent is affiliated to the Ircantec by being declared. The CNRACL wants an affiliation of its own: with
`incomplete`, one is prepared for the employer to complete.
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parvis.agents import nir, numbers
from parvis.agents.keys import search_of, sort_of
from parvis.agents.models import Affiliation, Agent, Entry, Post
from parvis.ground import clock
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
    rows = Agent.objects.filter(establishment_id=establishment, same_as=None)
    known = dict(rows.filter(nir_key__in=list(wanted)).values_list("nir_key", "pk"))
    new = {key: one for key, one in wanted.items() if key not in known}
    if new:
        now = clock.now()
        Agent.objects.bulk_create(
            [_agent(establishment, key, one, now) for key, one in new.items()], ignore_conflicts=True
        )
        entered = dict(rows.filter(nir_key__in=list(new)).values_list("nir_key", "pk"))
        known |= entered
        _affiliate(establishment, {entered[key]: one for key, one in new.items()}, now)
        record("agents.enrolled", actor=SYSTEM, object=declaration, after={"count": len(new)})
    return known


def _agent(establishment: int, key: str, one: Declared, now: datetime.datetime) -> Agent:
    return Agent(
        establishment_id=establishment,
        nir_sealed=nir.sealed(one.nir) if one.nir else nir.sealed_ntt(one.ntt),
        nir_key=key,
        provisional=not one.nir,
        surname=one.surname[:80],
        used_name=one.used_name[:80],
        first_names=one.first_names[:80],
        born_on=one.born_on,
        birth_place=one.birth_place[:80],
        payroll_number=one.payroll_number[:30],
        sort_key=sort_of(one.surname, one.used_name, one.first_names),
        search_key=search_of(one.surname, one.used_name, one.first_names, one.payroll_number),
        created_at=now,
        changed_at=now,
    )


def _affiliate(establishment: int, people: dict[int, Declared], now: datetime.datetime) -> None:
    given = iter(numbers.draw([one.scheme for one in people.values() if one.scheme != "cnracl"]))
    affiliations = []
    for agent, one in people.items():
        waits = one.scheme == "cnracl"
        affiliations.append(
            Affiliation(
                establishment_id=establishment,
                agent_id=agent,
                scheme=one.scheme,
                number="" if waits else next(given),
                status=one.status,
                state=Affiliation.State.INCOMPLETE if waits else Affiliation.State.ACTIVE,
                missing=list(ASKED_OF_CNRACL) if waits else [],
                entry=Entry.DECLARED,
                entered_on=one.entered_on,
                declared_at=now,
            )
        )
    Affiliation.objects.bulk_create(affiliations, ignore_conflicts=True)
    Post.objects.bulk_create(
        [
            Post(
                establishment_id=establishment,
                agent_id=agent,
                starts_on=one.entered_on,
                minutes=min(one.minutes, one.full_minutes),
                full_minutes=one.full_minutes,
                part_time=one.part_time,
                category=one.category,
                permanent=one.scheme == "cnracl",
                grade=one.grade[:80],
                gross_index=one.gross_index[:4],
                major_index=one.major_index,
                declared_at=now,
            )
            for agent, one in people.items()
        ],
        ignore_conflicts=True,
    )
