"""Many agents at once, from a file: affiliated, gone, corrected. The number of statements does not depend on theirs.

Each function judges nothing: the file was previewed line by line, and is judged again under the establishment's lock by
who calls (`services/affiliations/files/`). All or nothing: the caller's action is one transaction.
"""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from parvis.agents import numbers
from parvis.agents.actions.claiming import claim
from parvis.agents.actions.leaving import posts_end
from parvis.agents.actions.writing import made_agent, post_said, write_identity
from parvis.agents.entries import OFFICIALS, Declaration, Identity
from parvis.agents.models import Affiliation, Agent, Leaving, Post, Scheme, Status
from parvis.ground import clock
from parvis.journal.actions import Actor, Change, record_changes, remember_names

ONE_DAY = datetime.timedelta(days=1)


def affiliate_many(
    *, establishment: int, told: Sequence[tuple[Declaration, Agent | None]], actor: Actor, by: uuid.UUID, rafp: bool
) -> list[Affiliation]:
    """Affiliate each, a known agent or a new one, with a number and a post. What they held of the Ircantec ends the day
    before an affiliation to the CNRACL, a post the day before the next one."""
    new = [made_agent(establishment, one.identity) for one, agent in told if agent is None]
    made = iter(Agent.objects.bulk_create(new))
    pairs = [(one, agent if agent is not None else next(made)) for one, agent in told]
    known = {agent.pk: one.entered_on for one, agent in told if agent is not None}
    before = _make_room(known, {agent.pk for one, agent in pairs if one.scheme == Scheme.CNRACL})
    held = set(
        Affiliation.objects.filter(agent_id__in=list(known), scheme=Scheme.RAFP, left_on=None).values_list(
            "agent_id", flat=True
        )
    )
    wanted = [(one, agent, one.scheme) for one, agent in pairs]
    wanted += [
        (one, agent, Scheme.RAFP.value)
        for one, agent in pairs
        if rafp and one.scheme == Scheme.CNRACL and one.status in OFFICIALS and agent.pk not in held
    ]
    written = Affiliation.objects.bulk_create(
        [
            _affiliation(establishment, one, agent, scheme, number, by)
            for (one, agent, scheme), number in zip(
                wanted, numbers.draw([scheme for _, _, scheme in wanted]), strict=True
            )
        ]
    )
    # A mandate has no hours.
    Post.objects.bulk_create(
        [_post(establishment, one, agent, by) for one, agent in pairs if one.status != Status.ELECTED]
    )
    main = written[: len(pairs)]
    record_changes(
        "affiliation.declared", actor=actor, changes=[_event(one, before.get(one.agent_id, {})) for one in main]
    )
    remember_names({agent.ref: agent.name for _, agent in pairs})
    claim([one.pk for one in main])
    return main


def _make_room(known: Mapping[int, datetime.date], of_cnracl: set[int]) -> dict[int, dict[str, Any]]:
    """End what the new affiliations and posts follow; by agent, what the journal keeps of it."""
    said: dict[int, dict[str, Any]] = {}
    if not known:
        return said
    lasting = Post.objects.filter(agent_id__in=list(known)).filter(
        Q(ends_on=None) | Q(ends_on__gte=min(known.values()))
    )
    posts = [post for post in lasting if post.ends_on is None or post.ends_on >= known[post.agent_id]]
    for post in posts:
        said[post.agent_id] = {"post": post_said(post)}
        post.ends_on = known[post.agent_id] - ONE_DAY
    Post.objects.bulk_update(posts, ["ends_on"])
    ending = list(
        Affiliation.objects.filter(
            agent_id__in=[pk for pk in known if pk in of_cnracl], scheme=Scheme.IRCANTEC, left_on=None
        )
    )
    for one in ending:
        one.left_on, one.leaving = known[one.agent_id] - ONE_DAY, Leaving.OTHER_SCHEME
        one.state = Affiliation.State.ENDED
        said.setdefault(one.agent_id, {})["ends"] = [one.scheme]
    Affiliation.objects.bulk_update(ending, ["left_on", "leaving", "state"])
    return said


def _affiliation(
    establishment: int, told: Declaration, agent: Agent, scheme: str, number: str, by: uuid.UUID
) -> Affiliation:
    return Affiliation(
        establishment_id=establishment,
        agent=agent,
        scheme=scheme,
        number=number,
        status=told.status,
        state=Affiliation.State.ACTIVE,
        entry=told.entry,
        entered_on=told.entered_on,
        elsewhere=told.elsewhere,
        declared_at=clock.now(),
        declared_by=by,
    )


def _post(establishment: int, told: Declaration, agent: Agent, by: uuid.UUID) -> Post:
    entry = told.post
    return Post(
        establishment_id=establishment,
        agent=agent,
        starts_on=told.entered_on,
        minutes=entry.minutes,
        full_minutes=entry.full_minutes,
        part_time=entry.part_time,
        category=entry.category,
        permanent=entry.permanent,
        grade=entry.grade,
        gross_index=entry.gross_index,
        major_index=entry.major_index,
        declared_at=clock.now(),
        declared_by=by,
    )


def _event(one: Affiliation, before: Mapping[str, Any]) -> Change:
    after = {
        "scheme": one.scheme,
        "number": one.number,
        "entry": one.entry,
        "on": one.entered_on.isoformat(),
    }
    return Change(one.agent.ref, before, after)


def leave_many(*, agents: Sequence[Agent], leaving: str, last_day: datetime.date, actor: Actor) -> int:
    """Each agent's last day here: all that is open ends with it. How many affiliations ended."""
    numbers_of = [one.pk for one in agents]
    held = list(Affiliation.objects.filter(agent_id__in=numbers_of, left_on=None).order_by("pk"))
    schemes: dict[int, list[str]] = {}
    for one in held:
        one.left_on, one.leaving, one.state = last_day, leaving, Affiliation.State.ENDED
        schemes.setdefault(one.agent_id, []).append(one.scheme)
    Affiliation.objects.bulk_update(held, ["left_on", "leaving", "state"])
    before = posts_end(numbers_of, last_day)
    changes = [
        Change(
            one.ref,
            before.get(one.pk, {}),
            {"why": leaving, "on": last_day.isoformat(), "schemes": schemes[one.pk]},
        )
        for one in agents
        if one.pk in schemes
    ]
    record_changes("agent.left", actor=actor, changes=changes)
    remember_names({one.ref: one.name for one in agents})
    return len(held)


def correct_many(*, told: Sequence[tuple[Agent, Identity, list[str]]], actor: Actor) -> None:
    """Say anew who each is; the names of the fields that changed go to the journal."""
    for agent, identity, _ in told:
        write_identity(agent, identity)
        agent.version += 1
    Agent.objects.bulk_update(
        [agent for agent, _, _ in told],
        [
            *("nir_sealed", "nir_key", "provisional", "surname", "used_name", "first_names", "born_on", "birth_place"),
            *("nationality", "payroll_number", "sort_key", "search_key", "version", "changed_at"),
        ],
        batch_size=500,
    )
    record_changes(
        "agent.corrected", actor=actor, changes=[Change(agent.ref, {}, {"fields": fields}) for agent, _, fields in told]
    )
    remember_names({agent.ref: agent.name for agent, _, _ in told})
