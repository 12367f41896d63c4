"""The agents of the demo: the people whom its declarations are made of, in every state that their pages show.

The same people as `parvis dsn generate` invents for the town, so that a declaration finds them: `staff_of`. A few are
missing on purpose, or waiting to be completed.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from parvis.agents import nir, numbers
from parvis.agents.keys import search_of, sort_of
from parvis.agents.models import Affiliation, Agent, Entry, Leaving, Post, Status
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.dsn.generation.posts import CNRACL, ELECTED, Employer, staff
from parvis.dsn.generation.posts import Agent as Invented
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.actions import remember_names
from parvis.journal.models import Event

SEED = 1
# How many work there, elected members apart.
TOWNS = {people.ANNECY: 60, people.ENTREVERNES: 10}
# By rank: whom declarations name and nobody entered; who was seen in one and waits to be completed; whose NIR is not
# known; whom another employer has affiliated since.
UNKNOWN, WAITING, WITHOUT_NIR, CLAIMED = (7, 23), (11, 31), (42,), (18,)
_WHY = {"039": Leaving.RETIREMENT, "059": Leaving.RESIGNATION, "100": Leaving.MUTATION}


def employer_of(establishment: Establishment) -> Employer:
    """The town as the generator of declarations wants it."""
    return Employer(
        establishment.siret[:9],
        establishment.siret[9:],
        establishment.name,
        establishment.postcode,
        establishment.commune or establishment.name,
        establishment.department,
        establishment.population or 1000,
    )


def staff_of(establishment: Establishment) -> tuple[Invented, ...]:
    """Everybody who works, worked or will work there, as declarations say them."""
    return staff(employer_of(establishment), seed=SEED, agents=TOWNS[establishment.siret])


def seed_agents(establishments: dict[str, Establishment]) -> None:
    """Write the agents of both towns."""
    for siret in TOWNS:
        where = establishments[siret]
        with tenancy.scope(establishment=where.pk, role="parvis_owner"):
            _town(where, siret == people.ANNECY)


def _town(where: Establishment, odd: bool) -> None:
    today = clock.today()
    skipped = UNKNOWN if odd else ()
    known = [one for one in staff_of(where) if one.entered <= today and one.rank not in skipped]
    agents = Agent.objects.bulk_create([_agent(where, one, odd) for one in known])
    pairs = list(zip(known, agents, strict=True))
    wanted = [(one, agent, scheme) for one, agent in pairs for scheme in _schemes(one)]
    given = iter(numbers.draw([scheme for one, _, scheme in wanted if not _waits(one, odd)]))
    held = [
        _affiliation(where, one, agent, scheme, "" if _waits(one, odd) else next(given), odd)
        for one, agent, scheme in wanted
        if not (_waits(one, odd) and scheme == "rafp")
    ]
    Affiliation.objects.bulk_create(held)
    Post.objects.bulk_create(
        post for one, agent in pairs if one.regime != ELECTED for post in _posts(where, one, agent)
    )
    remember_names({agent.ref: agent.name for agent in agents})
    _told(where, pairs, held)


def _waits(one: Invented, odd: bool) -> bool:
    return odd and one.rank in WAITING


def _schemes(one: Invented) -> tuple[str, ...]:
    return ("cnracl", "rafp") if one.regime == CNRACL else ("ircantec",)


def _agent(where: Establishment, one: Invented, odd: bool) -> Agent:
    person = one.identity
    surname, used = (name.title().replace("'", "’") for name in (person.surname, person.used_name or ""))
    hidden = odd and one.rank in WITHOUT_NIR
    payroll = f"A{one.rank:04d}"
    return Agent(
        establishment=where,
        ref=ref_of(f"agent {where.siret} {one.rank}"),
        nir_sealed="" if hidden else nir.sealed(person.nir),
        nir_key="" if hidden else nir.key(person.nir),
        surname=surname,
        used_name=used,
        first_names=person.first_names,
        born_on=person.born,
        birth_place=person.birth_place,
        nationality="" if odd and one.rank in WAITING else "french",
        payroll_number=payroll,
        sort_key=sort_of(surname, used, person.first_names),
        search_key=search_of(surname, used, person.first_names, payroll),
        created_at=_at(one.entered),
        changed_at=_at(one.entered),
    )


def _at(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(10, 20), clock.PARIS)


def _status(one: Invented) -> Status:
    if one.regime == ELECTED:
        return Status.ELECTED
    if one.trainee:
        return Status.TRAINEE
    # Below the threshold an official is of the Ircantec too; the others there are under contract.
    return Status.TENURED if one.regime == CNRACL or one.rank % 5 == 0 else Status.CONTRACT


def _affiliation(where: Establishment, one: Invented, agent: Agent, scheme: str, number: str, odd: bool) -> Affiliation:
    waits, status = not number, _status(one)
    gone = one.left if one.left is not None and one.left < clock.today() else None
    entry = Entry.MANDATE if status == Status.ELECTED else Entry.APPOINTED
    if status == Status.CONTRACT:
        entry = Entry.CONTRACT
    elif one.rank % 9 == 4 and status == Status.TENURED:
        entry = Entry.MUTATION
    return Affiliation(
        establishment=where,
        agent=agent,
        scheme=scheme,
        number=number,
        status=status,
        state=Affiliation.State.ENDED
        if gone
        else (Affiliation.State.INCOMPLETE if waits else Affiliation.State.ACTIVE),
        missing=["nationality", "permanent"] if waits and not gone else [],
        entry=Entry.DECLARED if waits else entry,
        entered_on=one.entered,
        left_on=gone,
        leaving=_WHY.get(one.leaves_by or "", Leaving.RESIGNATION) if gone else "",
        claimed_on=clock.today().replace(day=1) if odd and one.rank in CLAIMED and not gone else None,
        declared_at=_at(one.entered),
        declared_by=None if waits else ref_of("administrateur-2" if odd else "entrevernes-1"),
    )


def _posts(where: Establishment, one: Invented, agent: Agent) -> list[Post]:
    """One post, or two where the hours rose on the way."""
    gone = one.left if one.left is not None and one.left < clock.today() else None
    minutes = int(one.hours * 60)
    gross, major = one.step_in(clock.today().year)
    common = {
        "establishment": where,
        "agent": agent,
        "full_minutes": max(2100, minutes),
        "category": "active" if one.grade.active else "sedentary",
        "permanent": one.regime == CNRACL,
        "grade": one.grade.label[:80],
    }
    rose = datetime.date(2022, 1, 1)
    early = one.regime == CNRACL and minutes == 2100 and one.rank % 8 == 3 and one.entered < rose and gone is None
    posts = []
    if early:
        first_gross, first_major = one.step_in(2021)
        posts.append(
            Post(
                starts_on=one.entered,
                ends_on=rose - datetime.timedelta(days=1),
                minutes=1680,
                part_time=100,
                gross_index=str(first_gross),
                major_index=first_major,
                declared_at=_at(one.entered),
                **common,
            )
        )
    posts.append(
        Post(
            starts_on=rose if early else one.entered,
            ends_on=gone,
            minutes=minutes,
            part_time=one.part_time,
            gross_index=str(gross),
            major_index=major,
            declared_at=_at(rose if early else one.entered),
            **common,
        )
    )
    return posts


def _told(where: Establishment, pairs: Sequence[tuple[Invented, Agent]], held: Sequence[Affiliation]) -> None:
    """What the journal keeps of the latest: entries and departures of a year."""
    since = clock.today() - datetime.timedelta(days=365)
    refs = {agent.pk: agent.ref for _, agent in pairs}
    events = []
    for one in held:
        if one.scheme == "rafp" or not one.number:
            continue
        by, object_ref = one.declared_by, refs[one.agent_id]
        if one.entered_on >= since:
            after = {"scheme": one.scheme, "number": one.number, "entry": one.entry, "on": one.entered_on.isoformat()}
            events.append(_event(where, "affiliation.declared", one.entered_on, by, object_ref, after))
        if one.left_on is not None and one.left_on >= since:
            said = {"why": one.leaving, "on": one.left_on.isoformat(), "schemes": [one.scheme]}
            events.append(_event(where, "agent.left", one.left_on, by, object_ref, said))
    Event.objects.bulk_create(sorted(events, key=lambda event: event.at))


def _event(
    where: Establishment, kind: str, day: datetime.date, by: uuid.UUID | None, about: uuid.UUID, after: dict[str, Any]
) -> Event:
    return Event(
        at=_at(day),
        kind=kind,
        establishment_id=where.pk,
        actor=by,
        object=about,
        before={},
        after=after,
        origin="web",
    )
