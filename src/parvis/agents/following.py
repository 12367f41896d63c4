"""Agents go to the establishment that takes another's place, with their affiliations, posts and bases.

The rows themselves change hands in one statement (`crossings.agents_succeed`), however many there are.
"""

from collections.abc import Sequence

from django.db import connection

from parvis.access.succession.followers import Follower, register
from parvis.agents.models import Agent
from parvis.ground import tenancy
from parvis.ground.pages.filters import plural
from parvis.journal.actions import Actor, record


def _listed() -> list[str]:
    count = Agent.objects.filter(establishment_id=tenancy.current().establishment).count()
    return [plural(count, "agent", "agents")] if count else []


def _taken() -> list[int]:
    """The predecessor: its rows change hands from the successor's side."""
    return [tenancy.current().establishment]


def _given(rows: Sequence[int], place: str, actor: Actor) -> int:
    came = 0
    for old in rows:
        with connection.cursor() as cursor:
            cursor.execute("SELECT agents_succeed(%s)", [old])
            came += cursor.fetchone()[0]
    if came:
        record("agents.arrived", actor=actor, after={"from": place, "count": came})
    return came


register(Follower("agents", "agent", "agents", _listed, _taken, _given))
