"""The rows themselves: an agent, a post, what an action changes of them. Called inside actions."""

import datetime
import uuid
from typing import Any

from parvis.agents import nir
from parvis.agents.entries import Identity, PostEntry
from parvis.agents.keys import search_of, sort_of
from parvis.agents.models import Agent, Post
from parvis.ground import clock
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused

_OWN = ("surname", "used_name", "first_names", "born_on", "birth_place", "nationality", "payroll_number")


def made_agent(establishment: int, identity: Identity) -> Agent:
    """An agent that is not saved yet."""
    now = clock.now()
    agent = Agent(establishment_id=establishment, created_at=now, changed_at=now)
    write_identity(agent, identity)
    return agent


def write_identity(agent: Agent, identity: Identity) -> None:
    """Set who somebody is, with the keys by which they are found. Not saved."""
    for name in _OWN:
        setattr(agent, name, getattr(identity, name))
    if identity.nir:
        # Without one the provisional number stays, and what cannot be unsealed today: nothing erases them.
        agent.nir_key, agent.nir_sealed, agent.provisional = nir.key(identity.nir), nir.sealed(identity.nir), False
    agent.sort_key = sort_of(agent.surname, agent.used_name, agent.first_names)
    agent.search_key = search_of(agent.surname, agent.used_name, agent.first_names, agent.payroll_number)
    agent.changed_at = clock.now()


def fill_in(agent: Agent, identity: Identity) -> list[str]:
    """Write what was not known yet, and return the names of those fields; what is known stays, and is changed from the
    agent's own page."""
    changed = [name for name in _OWN if getattr(identity, name) and not getattr(agent, name)]
    for name in changed:
        setattr(agent, name, getattr(identity, name))
    if changed:
        agent.search_key = search_of(agent.surname, agent.used_name, agent.first_names, agent.payroll_number)
        agent.sort_key = sort_of(agent.surname, agent.used_name, agent.first_names)
        agent.changed_at = clock.now()
        agent.version += 1
        agent.save()
    return changed


def post_said(post: Post) -> dict[str, Any]:
    """What the journal keeps of a post that is about to change."""
    return {
        "from": post.starts_on.isoformat(),
        "until": post.ends_on.isoformat() if post.ends_on is not None else None,
        "minutes": post.minutes,
        "full": post.full_minutes,
        "part_time": str(post.part_time),
        "category": post.category,
        "grade": post.grade,
        "gross_index": post.gross_index,
        "major_index": post.major_index,
    }


def new_post(
    establishment: int, agent: Agent, entry: PostEntry, on: datetime.date, *, by: uuid.UUID | None
) -> tuple[Post, dict[str, Any]]:
    """A post from a day on; the one held until then ends the day before. Raises Refused where a later one stands.

    A post that begins on that very day is said anew. Returns the post, and for the journal what another one said before
    it changed (`post_said`); nothing where none did.
    """
    last = Post.objects.filter(agent=agent).order_by("-starts_on").first()
    values = {
        "minutes": entry.minutes,
        "full_minutes": entry.full_minutes,
        "part_time": entry.part_time,
        "category": entry.category,
        "permanent": entry.permanent,
        "grade": entry.grade,
        "gross_index": entry.gross_index,
        "major_index": entry.major_index,
        "ends_on": None,
        "declared_at": clock.now(),
        "declared_by": by,
    }
    if last is not None and last.starts_on > on:
        raise Refused(
            f"Un poste est déjà déclaré à compter du {date_long(last.starts_on)} : choisissez ce jour ou un jour "
            "après.",
            field="starts_on",
        )
    if last is not None and last.starts_on == on:
        before = post_said(last)
        for name, value in values.items():
            setattr(last, name, value)
        last.save()
        return last, before
    before = {}
    if last is not None and (last.ends_on is None or last.ends_on >= on):
        before = post_said(last)
        last.ends_on = on - datetime.timedelta(days=1)
        last.save(update_fields=["ends_on"])
    return Post.objects.create(establishment_id=establishment, agent=agent, starts_on=on, **values), before
