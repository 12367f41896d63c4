"""An affiliation being declared: what was typed so far, sealed, and what it makes."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import QueryDict

from parvis.access.standing import Standing
from parvis.agents.actions.changing import entry_of, identity_of
from parvis.agents.entries import Declaration
from parvis.agents.models import Affiliation, Agent, Post
from parvis.ground import clock
from parvis.ground.sealing import Unsealable, seal, unseal
from parvis.ground.tenancy import Refused, action
from parvis.regulations.affiliation import hours
from parvis.services.affiliations.forms import KINDS_BY_HOURS, ORDINARY, AgentForm, PostForm
from parvis.services.affiliations.models import Draft

_PURPOSE = "affiliation-draft"
GONE = "Cette affiliation n’est plus en cours : elle a été déclarée ou abandonnée."


@dataclass(frozen=True, slots=True)
class Content:
    """What was typed on each page, by field."""

    agent: Mapping[str, str] = field(default_factory=dict)
    post: Mapping[str, str] = field(default_factory=dict)

    def agent_form(self) -> AgentForm:
        """The first page again."""
        return AgentForm(_data(self.agent))

    def post_form(self) -> PostForm:
        """The second page again."""
        return PostForm(_data(self.post))

    @property
    def name(self) -> str:
        """Whom it is about, as typed."""
        last = self.agent.get("used_name") or self.agent.get("surname", "")
        return f"{self.agent.get('first_names', '')} {last}".strip()

    def declaration(self, *, hospital: bool, distinct: bool = False) -> Declaration | None:
        """What both pages say; None while one of them lacks something. Its scheme is the one that follows."""
        agent, post = self.agent_form(), self.post_form()
        if not agent.is_valid() or not post.is_valid():
            return None
        data = post.cleaned_data
        told = Declaration(
            identity=agent.identity(),
            post=post.post(permanent=data["permanent"] == "yes"),
            scheme="",
            status=data["status"],
            entry=data["entry"],
            entered_on=data["entered_on"],
            other_minutes=data["other_minutes"],
            distinct=distinct,
        )
        scheme = told.answer(hospital=hospital).scheme
        return Declaration(
            **{name: getattr(told, name) for name in Declaration.__dataclass_fields__} | {"scheme": scheme}
        )


def _data(values: Mapping[str, str]) -> QueryDict:
    found = QueryDict(mutable=True)
    found.update(values)
    return found


def sealed(content: Content) -> str:
    """As kept."""
    return seal(json.dumps([dict(content.agent), dict(content.post)]), purpose=_PURPOSE)


def unsealed(draft: Draft) -> Content:
    """What was kept; nothing where the key is gone."""
    try:
        agent, post = json.loads(unseal(draft.content, purpose=_PURPOSE))
        return Content(agent, post)
    except Unsealable:
        return Content()


def own(who: Standing, draft_id: uuid.UUID) -> Draft | None:
    """The person's own draft of that number."""
    return Draft.objects.filter(pk=draft_id, person_id=who.person_id, establishment_id=who.establishment_id).first()


def all_own(who: Standing) -> list[tuple[Draft, Content]]:
    """What the person has begun here, the latest first."""
    rows = Draft.objects.filter(person_id=who.person_id, establishment_id=who.establishment_id)
    return [(one, unsealed(one)) for one in rows.order_by("-updated_at")]


def typed_in(form: Any) -> dict[str, str]:
    """What a form was sent, by its own fields."""
    return {name: str(form.data.get(name, "")) for name in form.fields}


@action
def begin(*, who: Standing, agent: Mapping[str, str]) -> Draft:
    """A new draft, with its first page. The oldest goes where there are too many."""
    now = clock.now()
    rows = Draft.objects.filter(person_id=who.person_id, establishment_id=who.establishment_id)
    for old in rows.order_by("-updated_at")[settings.PARVIS_AGENT_DRAFTS - 1 :]:
        old.delete()
    return Draft.objects.create(
        establishment_id=who.establishment_id,
        person_id=who.person_id,
        content=sealed(Content(agent)),
        created_at=now,
        updated_at=now,
    )


@action
def begin_completing(*, who: Standing, affiliation: Affiliation) -> Draft:
    """A draft that completes an affiliation, with all that is known; the person's own where it was begun already."""
    known = Draft.objects.filter(
        person_id=who.person_id, establishment_id=who.establishment_id, affiliation=affiliation.pk
    ).first()
    if known is not None:
        return known
    draft = begin(who=who, agent=_typed_agent(affiliation.agent))
    post = Post.objects.filter(agent_id=affiliation.agent_id).order_by("-starts_on").first()
    draft.affiliation = affiliation.pk
    draft.content = sealed(Content(_typed_agent(affiliation.agent), _typed_post(affiliation, post)))
    draft.save(update_fields=["affiliation", "content"])
    return draft


@action
def begin_again(*, who: Standing, agent: Agent) -> Draft:
    """A draft for somebody known who comes back, with who they are and their last post; how and when is to be said."""
    last = Affiliation.objects.filter(agent=agent).order_by("-entered_on").first()
    draft = begin(who=who, agent=_typed_agent(agent))
    if last is not None:
        post = Post.objects.filter(agent=agent).order_by("-starts_on").first()
        draft.content = sealed(Content(_typed_agent(agent), _typed_post(last, post) | {"entry": "", "entered_on": ""}))
        draft.save(update_fields=["content"])
    return draft


def _typed_agent(agent: Agent) -> dict[str, str]:
    identity = identity_of(agent)
    return {
        "nir": identity.nir,
        "surname": identity.surname,
        "used_name": identity.used_name,
        "first_names": identity.first_names,
        "born_on": f"{identity.born_on:%d/%m/%Y}" if identity.born_on else "",
        "birth_place": identity.birth_place,
        "nationality": identity.nationality,
        "payroll_number": identity.payroll_number,
    }


def _typed_post(affiliation: Affiliation, post: Post | None) -> dict[str, str]:
    typed = {
        "status": affiliation.status,
        "entry": affiliation.entry if affiliation.entry in ("appointed", "mutation", "contract", "mandate") else "",
        "entered_on": f"{affiliation.entered_on:%d/%m/%Y}",
    }
    if post is not None:
        entry = entry_of(post)
        typed |= {
            "kind": KINDS_BY_HOURS.get(entry.full_minutes, ORDINARY),
            "minutes": hours(entry.minutes),
            "part_time": str(int(entry.part_time)) if entry.part_time < 100 else "",
            "category": entry.category,
            "grade": entry.grade,
            "gross_index": entry.gross_index,
            "major_index": str(entry.major_index or ""),
        }
    return typed


@action
def keep(*, who: Standing, draft_id: uuid.UUID, agent: Any = None, post: Any = None) -> Draft:
    """Keep a page of a draft. Raises Refused where it is no longer there."""
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .filter(pk=draft_id, person_id=who.person_id, establishment_id=who.establishment_id)
        .first()
    )
    if draft is None:
        raise Refused(GONE)
    before = unsealed(draft)
    draft.content = sealed(
        Content(agent if agent is not None else before.agent, post if post is not None else before.post)
    )
    draft.updated_at = clock.now()
    draft.save(update_fields=["content", "updated_at"])
    return draft


@action
def give_up(*, who: Standing, draft_id: uuid.UUID) -> None:
    """Erase a draft."""
    Draft.objects.filter(pk=draft_id, person_id=who.person_id, establishment_id=who.establishment_id).delete()
