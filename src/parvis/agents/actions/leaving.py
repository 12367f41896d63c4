"""Leaving: a mutation to another employer, a radiation; one agent, with all that is open."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from parvis.access.actions.guards import actor_of, locked
from parvis.access.standing import Standing
from parvis.agents import days
from parvis.agents.actions.changing import agent_for_update
from parvis.agents.actions.declaring import SERVICE
from parvis.agents.actions.writing import post_said
from parvis.agents.models import Affiliation, Agent, Leaving, Post
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name

NOT_HERE = "Cet agent n’est plus affilié par votre établissement : son départ est déjà déclaré."
# Of an agent of the CNRACL with less service than that, the rights pass to the general scheme (rétablissement).
RESTORING_DAYS = 730


@action
def leave(*, who: Standing, ref: uuid.UUID, leaving: str, last_day: datetime.date) -> list[Affiliation]:
    """The agent's last day here: every affiliation ends with it, and the post. Returns what ended.

    Raises Refused where nothing is open any more, or the day makes no sense.
    """
    locked(who.establishment_id)
    agent = agent_for_update(who, ref)
    if leaving not in Leaving.values or leaving in (Leaving.OTHER_SCHEME, Leaving.HOURS):
        raise Refused("Choisissez le motif du départ.", field="leaving")
    held = list(Affiliation.objects.filter(agent=agent, left_on=None).order_by("pk"))
    if not held:
        raise Refused(NOT_HERE)
    first = max(one.entered_on for one in held)
    if last_day < first:
        raise Refused(
            f"L’agent est entré le {date_long(first)} : son dernier jour ne peut être avant.", field="left_on"
        )
    days.not_too_far(last_day, "Un départ", field="left_on")
    before = ended(agent, held, leaving, last_day)
    remember_name(agent.ref, agent.name)
    record(
        "agent.left",
        actor=actor_of(who, service=SERVICE),
        object=agent.ref,
        before=before,
        after={"why": leaving, "on": last_day.isoformat(), "schemes": [one.scheme for one in held]},
    )
    return held


def ended(agent: Agent, held: list[Affiliation], leaving: str, last_day: datetime.date) -> dict[str, Any]:
    """Write the end. A post that would only begin later is not kept: it never was. Returns what it takes of the posts,
    for the journal (`posts_end`)."""
    for one in held:
        one.left_on, one.leaving, one.state = last_day, leaving, Affiliation.State.ENDED
    Affiliation.objects.bulk_update(held, ["left_on", "leaving", "state"])
    return posts_end([agent.pk], last_day).get(agent.pk, {})


def posts_end(agents: Sequence[int], last_day: datetime.date) -> dict[int, dict[str, Any]]:
    """End the posts of agents on a day; three statements whatever their number. By agent, for the journal: `dropped`,
    those that were to begin later, `post`, the one whose end was later (`post_said`)."""
    posts = Post.objects.filter(agent_id__in=agents)
    said: dict[int, dict[str, Any]] = {}
    for post in posts.filter(Q(starts_on__gt=last_day) | Q(ends_on__gt=last_day)).order_by("starts_on"):
        if post.starts_on > last_day:
            said.setdefault(post.agent_id, {}).setdefault("dropped", []).append(post_said(post))
        else:
            said.setdefault(post.agent_id, {})["post"] = post_said(post)
    posts.filter(starts_on__gt=last_day).delete()
    posts.filter(Q(ends_on=None) | Q(ends_on__gt=last_day)).update(ends_on=last_day)
    return said


def to_restore(held: list[Affiliation]) -> bool:
    """Whether a radiation leads to « rétablissement »: the CNRACL left after less than two years of service here."""
    return any(
        one.scheme == "cnracl"
        and one.left_on is not None
        and (one.left_on - one.entered_on).days < RESTORING_DAYS
        and one.leaving not in (Leaving.MUTATION, Leaving.MASS, Leaving.DEATH, Leaving.RETIREMENT)
        for one in held
    )


@action
def cancel_leaving(*, who: Standing, ref: uuid.UUID) -> None:
    """Take back a departure that has not come yet, or was said by mistake: what ended with it is open again.

    Raises Refused where there is none, or the agent was affiliated anew since.
    """
    locked(who.establishment_id)
    agent = agent_for_update(who, ref)
    if Affiliation.objects.filter(agent=agent, left_on=None).exists():
        raise Refused("Cet agent est affilié aujourd’hui : il n’y a pas de départ à annuler.")
    last = Affiliation.objects.filter(agent=agent).order_by("-left_on").values_list("left_on", flat=True).first()
    if last is None:
        raise Refused("Aucun départ n’est déclaré pour cet agent.")
    held = Affiliation.objects.filter(agent=agent, left_on=last)
    again = [one for one in held if one.leaving not in (Leaving.OTHER_SCHEME, Leaving.HOURS)]
    if not again:
        raise Refused("Aucun départ n’est déclaré pour cet agent : son dernier régime a laissé la place à un autre.")
    before = {"on": last.isoformat(), "why": again[0].leaving}
    for one in again:
        one.left_on, one.leaving = None, ""
        one.state = Affiliation.State.ACTIVE if one.number else Affiliation.State.INCOMPLETE
    Affiliation.objects.bulk_update(again, ["left_on", "leaving", "state"])
    Post.objects.filter(agent=agent, ends_on=last).update(ends_on=None)
    remember_name(agent.ref, agent.name)
    record("agent.leaving_cancelled", actor=actor_of(who, service=SERVICE), object=agent.ref, before=before)
