"""An establishment whose civil servants are affiliated, under the owner's connection."""

from collections.abc import Iterator
from typing import Any

import pytest

from parvis.access.levels import Level
from parvis.agents import nir, numbers
from parvis.agents.keys import search_of, sort_of
from parvis.agents.models import Affiliation, Agent, Entry, Post
from parvis.dsn.generation.posts import CNRACL, staff
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from tests.services.declarations.papers import AGENTS, SEED, TOWN
from tests.world import Someone, World, someone


def affiliated(place: Establishment) -> None:
    """The town's civil servants, as « Agents et affiliations » would have them."""
    now = clock.now()
    for one in staff(TOWN, seed=SEED, agents=AGENTS):
        if one.regime != CNRACL:
            continue
        who = one.identity
        agent = Agent.objects.create(
            establishment=place,
            nir_sealed=nir.sealed(who.nir),
            nir_key=nir.key(who.nir),
            surname=who.surname,
            used_name=who.used_name or "",
            first_names=who.first_names,
            born_on=who.born,
            sort_key=sort_of(who.surname, who.used_name or "", who.first_names),
            search_key=search_of(who.surname, who.used_name or "", who.first_names, ""),
            created_at=now,
            changed_at=now,
        )
        for scheme, number in zip(("cnracl", "rafp"), numbers.draw(["cnracl", "rafp"]), strict=True):
            Affiliation.objects.create(
                establishment=place, agent=agent, scheme=scheme, number=number, status="tenured", state="active",
                entry=Entry.APPOINTED, entered_on=one.entered, declared_at=now,
            )  # fmt: skip
        Post.objects.create(
            establishment=place, agent=agent, starts_on=one.entered, minutes=int(one.hours * 60), declared_at=now
        )


@pytest.fixture
def town(world: World, as_owner: Any) -> Iterator[Establishment]:
    """Nothing is committed: the rows of agents are the test's own."""
    with tenancy.scope(role="parvis_owner"):
        affiliated(world.here)
    yield world.here


@pytest.fixture
def writer(town: Establishment) -> Someone:
    return someone(town, "Awa", "Bonnefoy", rights={"declarations": Level.WRITE, "agents": Level.WRITE})


@pytest.fixture
def reader(town: Establishment) -> Someone:
    return someone(town, "Loïc", "Marchal", rights={"declarations": Level.READ})
